"""The sites that are played, one file a family."""
