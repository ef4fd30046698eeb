"""Bytes to characters: what the bytes themselves say comes before what a label claims."""

from __future__ import annotations

import codecs
import re
from itertools import islice

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A label may be misspelt around the word (httpequiv, ContentType); only the word and its value are looked for.
LABEL = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,24})", re.I)
HEADER_LABEL = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,24})", re.I)
LABEL_WITHIN = 4096
# gb2312 and gbk are subsets that pages outgrow without changing their label.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
LATIN = {"iso8859-1", "latin-1", "ascii", "cp1252"}
# What pages are written in. Python knows other codecs by name (hex, base64, idna, undefined), which raise or are none.
WRITTEN_IN = re.compile(
    r"gb18030|gbk|gb2312|hz|big5(?:hkscs)?|euc_(?:jp|kr|jis_2004|jisx0213)|shift_jis\w{0,8}|iso2022_\w{2,8}|johab|tis-620"
    r"|iso8859-\d{1,2}|cp(?:125\d|874|932|936|949|950)|koi8-[rtu]|mac-\w{4,12}"
)
SAMPLE = 200_000


def decode(body: bytes, *, content_type: str | None = None) -> str:
    """Decode a page; bytes that fit no encoding become U+FFFD, nothing is raised.

    Order: byte-order mark; UTF-8, a few broken bytes allowed (a page cut in mid-character); the label where the bytes
    fit it; GB 18030 where that gives common Chinese; Windows-1252.
    """
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if wide := _without_mark(body):
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in islice(text, SAMPLE) if character > "\x7f" and character != "\ufffd")
    if broken * 20 <= sound:
        return text
    for name in _candidates(body, content_type):
        text = body.decode(name, "replace")
        if _plausible(text, name):
            return text
    return body.decode("cp1252", "replace")


def _without_mark(body: bytes) -> str | None:
    """Tell UTF-16 without a mark by where its zero bytes stand."""
    head = body[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 3 < len(head) or len(head) < 8:
        return None
    return "utf-16-be" if even > odd * 4 else "utf-16-le" if odd > even * 4 else None


def _candidates(body: bytes, content_type: str | None) -> list[str]:
    found = HEADER_LABEL.findall(content_type or "")
    found += [label.decode("ascii", "replace") for label in LABEL.findall(body[:LABEL_WITHIN])]
    names = []
    for label in found:
        try:
            name = codecs.lookup(WIDER.get(label.lower(), label)).name
        except (LookupError, ValueError):
            continue
        # Latin labels are the servers' default and say nothing; they are tried last anyway.
        if name not in LATIN and WRITTEN_IN.fullmatch(name):
            names.append(WIDER.get(name, name))
    return [*dict.fromkeys([*names, "gb18030", "big5hkscs"])]


def _plausible(text: str, name: str) -> bool:
    """Whether the text looks like what is written in that encoding, rather than like its bytes read askew."""
    broken = text.count("\ufffd")
    if broken * 50 > len(text):
        return False
    if name not in ("gb18030", "big5hkscs"):
        return True
    sample = [character for character in islice(text, SAMPLE) if character > "\x7f"]
    if not sample:
        return True
    # Latin text with a few accented letters reads as rare characters, each having swallowed the letter after it.
    common = 0
    for character in sample:
        if "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef":
            common += 1
        elif "\u4e00" <= character <= "\u9fff":
            common += _is_everyday(character, name)
    return common * 3 >= len(sample) * 2


def _is_everyday(character: str, name: str) -> bool:
    """Whether a character is of the first level of its standard, where the common ones are."""
    try:
        lead = character.encode("gb2312" if name == "gb18030" else "big5")[0]
    except UnicodeEncodeError:
        return False
    return lead <= 0xD7 if name == "gb18030" else lead <= 0xC6
