"""Statistics: facts of runs become numbers, each with one definition."""
