"""No word can hang the reading: each compiled pattern of the date, title, listing and feed readers is bounded."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

import crawler.extraction.dates
import crawler.extraction.listing

SECONDS = 0.15  # of the processor: other work on the machine does not count
SIZE = 12_000  # characters; a pattern whose time grows with their square takes longer
NAMES = (
    "publication_date", "shown_date", "title", "files", "release_number", "feed_entries", "sitemap",
)  # fmt: skip
# What the patterns are about, and what their quantifiers run over; each is repeated and ended by what fits nothing.
PIECES = (
    " ", "\n", "0", "a", "A", "字", "-", ".", ":", "/", "|", "(", "[", "<", "&", "_", "»",
    "a ", "12 ", "字 ", "- ", "1-", "1.", "1/", "(1", "a-", "Ab ", "2024-03-25 ", "25 Maret 2024 ", "25 Mar ",
    "March 25, ", "2024年3月25日", "二〇二四年", "三月", "25/3/", "10:15 ", "T", "pukul ", "(WIB) ", "WIB ", "Senin, ",
    "星期一", "发布时间：", "发布 ", "terbit pada ", "tanggal ", "last ", "hari ini ", "3 hari ", "3天", "kemarin ",
    "createPage(", "createPage(1,", "var a=1", "href=a", "a_", "/2024/03", "/2024", "No. 1/", "No.1/A/", "〔2024〕",
    "<link>", "<link ", "&amp;", "&a", "<?xml ", "<a:urlset", "文号 ", "title-", "—", "--", "::",
)  # fmt: skip


def modules() -> Iterator[ModuleType]:
    for package in (crawler.extraction.dates, crawler.extraction.listing):
        yield package
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)
    for name in NAMES:
        yield importlib.import_module(f"crawler.extraction.{name}")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in modules():
        for name, value in vars(module).items():
            several = value if isinstance(value, tuple) else (value,)
            for place, pattern in enumerate(several):
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                    yield f"{module.__name__.removeprefix('crawler.')}.{name}{place or ''}", pattern


PATTERNS = list(dict(patterns()).items())


def longest_search(pattern: re.Pattern[str]) -> tuple[float, str]:
    worst = (0.0, "")
    for piece in PIECES:
        text = "2024-03-25" + (piece * (SIZE // len(piece)))[:SIZE] + "\x00"
        started = time.process_time()
        pattern.search(text)
        worst = max(worst, (time.process_time() - started, piece))
    return worst


@pytest.mark.parametrize(("name", "pattern"), PATTERNS, ids=[name for name, _ in PATTERNS])
def test_a_pattern_reads_any_repetition_in_bounded_time(name: str, pattern: re.Pattern[str]):
    seconds, piece = longest_search(pattern)
    assert seconds < SECONDS, f"{name} takes {seconds:.1f} s for {piece!r} repeated"


@pytest.mark.parametrize("slow", [r"\s*x", r"\d+\s*\s*x", r"[\s(]+$"])
def test_a_pattern_without_bound_would_be_found(slow: str):
    assert longest_search(re.compile(slow))[0] >= SECONDS


def test_all_rooms_have_patterns():
    assert len(PATTERNS) > 60
