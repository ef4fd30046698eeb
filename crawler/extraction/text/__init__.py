"""The running text of a page: which element holds it, and what in it is none."""
