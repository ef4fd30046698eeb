"""Text from a page made harmless: for a header, for a line of a mail or page, for a link."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

# Besides control characters: marks that turn the reading direction or are not seen at all. Cf is kept only for the
# joiners that scripts need (U+200C, U+200D).
KEPT_FORMATS = {"\u200c", "\u200d"}
NOT_SIGNS = {"\ufffe", "\uffff"}  # XML has no place for them
IN_A_LINK = "/%:=&?~#+!$,;@()*"


def safe_line(text: str, limit: int | None = None) -> str:
    """One line without control, direction and invisible characters; cut at a length with an ellipsis."""
    if limit is not None and len(text) > 20 * limit:  # the rest would be cut, whatever is in it
        text = text[: 20 * limit]
    line = " ".join("".join(_seen(sign) for sign in text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_text(text: str) -> str:
    """Text as `safe_line` has it, but with its line ends and blanks as they are."""
    return "".join(sign if sign == "\n" else _seen(sign) for sign in text)


def safe_header(text: str, limit: int | None = None) -> str:
    """A line for a header, where `=?` would begin an encoded word: the mail library would decode it, line ends too."""
    return safe_line(safe_line(text).replace("=?", "= ?"), limit)


def safe_link(url: str) -> str | None:
    """The address if a reader may be sent there (http or https, a host, nobody's login), else None."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    if not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        return None
    path, query, fragment = (quote(part, safe=IN_A_LINK) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))


def _seen(sign: str) -> str:
    if sign.isspace():
        return " "
    if sign in NOT_SIGNS:
        return ""
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and sign not in KEPT_FORMATS:
        return ""
    return sign
