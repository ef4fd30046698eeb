"""The base of all errors whose message is made for the operator; the crawler's derive from it too."""

from crawler.errors import PantauError
from scheduler.safe_text import safe_line

__all__ = ["PantauError", "one_line"]


LONGEST = 1000  # characters that are kept of an error


def one_line(error: BaseException) -> str:
    """An error as one harmless line; an error that says nothing is named."""
    return safe_line(str(error), LONGEST) or type(error).__name__
