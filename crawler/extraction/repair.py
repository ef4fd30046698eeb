"""Repairs on the characters of a page, before it is parsed: what would make a parser lose the text."""

from __future__ import annotations

import re

from crawler.extraction.normal_form import normal_form

# A header template that closes the document makes parsers drop all that follows; the end is known without these.
CLOSED = re.compile(r"</\s*(?:html|body)\s*>", re.I)
REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")
SURROGATES = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Joiners stay between characters that they join (👩‍🔬) and in scripts that need them (Arabic, Javanese, Thai, …).
_JOINED = "\u0600-\u1cff\u2190-\u2bff\ua8e0-\uabff\ufe0f\U0001f000-\U0001faff"
INVISIBLE = re.compile(
    r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
    rf"|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"
)
BLANK = re.compile(r"[\s\u00a0\u3000]+")
NO_LETTER = re.compile(r"[\W_]+")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*>", re.I)
# Parsing takes the square of the number of attributes; pictures written into a page make long tags, too.
LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,30})(?=[\s/])[^<>]{20000,}(?:>|(?=<)|$)")
MAX_CHARACTERS = 4_000_000


def repair(html: str) -> str:
    """Take out early ends of the document, control characters and references to them; join split surrogates.

    Tags of monstrous length lose their attributes. A page longer than MAX_CHARACTERS is cut there: no release comes
    near it.
    """
    html = LONG_TAG.sub(r"<\1>", html)[:MAX_CHARACTERS]
    html = DECLARATION.sub("", html.lstrip("\ufeff"), count=1)
    if "&#" in html:
        html = REFERENCE.sub(_resolved, html)
    html = SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), html)
    html = UNWANTED.sub("", html)
    return CLOSED.sub("", html)


def clean(text: str) -> str:
    """One line of text: no invisible characters, every run of blanks one blank, none at the ends."""
    return BLANK.sub(" ", INVISIBLE.sub("", text)).strip()


def same(text: str) -> str:
    """The letters and figures of a text alone, to compare by."""
    return NO_LETTER.sub("", normal_form(text)).casefold()


def _resolved(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    if 0xD800 <= number <= 0xDFFF:
        return chr(number)  # one half; its partner follows
    if number in (0x09, 0x0A, 0x0D):
        return " "
    if number < 0x20 or number in (0x7F, 0xFFFE, 0xFFFF) or number > 0x10FFFF:
        return ""
    return reference[0]
