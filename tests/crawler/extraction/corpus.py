"""The shared corpus of real pages with gold, and how an extraction of them is scored.

Text: F1 over 4-grams, a Han character or a Latin word being one token; lines of credits in the gold do not count.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff_]+")
CREDIT = re.compile(r"^(?:本文来源|责任编辑|[（(]责任编辑|【编辑|编辑：|（?原标题|来源：|相关资讯请关注)")
SIZE = 4


@dataclass(frozen=True)
class GoldPage:
    """A saved page and what a reader says it holds."""

    name: str
    body: bytes
    title: str
    date: str
    text: str


def gold_pages() -> Iterator[GoldPage]:
    """All pages of the corpus; none where it is absent."""
    for path in sorted(CORPUS.glob("gold/*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        body = gzip.decompress((CORPUS / "pages" / f"{gold['id']}.html.gz").read_bytes())
        yield GoldPage(gold["id"], body, gold["title"], gold["date"], gold["text"])


def f1(gold: str, got: str) -> float:
    """How much two texts have in common, from 0 to 1."""
    one, other = _grams(gold), _grams(got)
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


def bare(text: str | None) -> str:
    """A title without blanks and signs, to compare by."""
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", text or "").lower())


def _grams(text: str) -> Counter[tuple[str, ...]]:
    kept = "\n".join(line for line in text.split("\n") if not CREDIT.match(line.strip()))
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", kept).lower())
    if len(tokens) < SIZE:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(tuple(tokens[place : place + SIZE]) for place in range(len(tokens) - SIZE + 1))
