"""Releases that tell of one event: copies, and the other side."""
