class PantauError(Exception):
    """Base of every error that is told in one sentence."""
