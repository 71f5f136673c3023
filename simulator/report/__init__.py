"""What people and machines read about a run: the results folder, its files, the figures, the page and the summary."""
