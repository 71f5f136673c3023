"""The questions, one a file."""
