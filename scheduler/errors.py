"""The base of all errors whose message is made for the operator; the crawler's derive from it too."""

from crawler.errors import PantauError

__all__ = ["PantauError", "one_line"]


def one_line(error: BaseException) -> str:
    """An error as one line; an error that says nothing is named."""
    return " ".join(str(error).split()) or type(error).__name__
