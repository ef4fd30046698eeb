"""Small jobs, each safe to run again at any time."""
