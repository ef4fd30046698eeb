"""Status and reading page."""
