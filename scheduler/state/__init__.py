"""The state as a whole: backup, copy, move."""
