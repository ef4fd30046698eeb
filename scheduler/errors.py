"""The base of all errors whose message is made for the operator; the crawler's derive from it too."""

from crawler.errors import PantauError

__all__ = ["PantauError"]
