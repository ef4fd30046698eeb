"""From bytes to kind, title, date, text and language: pure functions, no network."""
