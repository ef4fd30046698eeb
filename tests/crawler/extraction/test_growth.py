"""Nothing takes longer to read than its size allows: whatever is repeated, twice as much takes about twice as long.

No list of monsters: every unit of markup and every kind of word that the readers look for is repeated, alone, and read
at two sizes.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.crawling.redirect_target import is_about
from crawler.extraction import feed_entries
from crawler.extraction.listing import links
from crawler.extraction.page import extract
from crawler.extraction.result import Extract
from crawler.extraction.text.lines import BLOCKS, SKIPPED
from crawler.release import Kind, Release
from crawler.store.edits import is_other_text
from crawler.store.twins import adds
from tests.crawler.store.test_store import release
from tests.scaling import TooSlow, limit
from tests.tiers import in_chaos

ROOT = Path(__file__).resolve().parents[3]
NORMALIZE = re.compile(r"\bnormalize\(([^()]+)\)")
SIZE = 10_000  # characters
WORTH_A_LOOK = 0.06  # seconds of processor time, below which nothing is told from noise
STEEP = 3  # times as long for twice as much; a square takes four times
MOST = 6.0  # seconds after which a reading is broken off
URL = "https://contoh.go.id/a"
AT = datetime(2026, 4, 1, tzinfo=UTC)
HEAD = (
    "<html><head><title>Judul berita hari ini</title></head><body><h1>Judul berita hari ini</h1>"
    f"<p>{'Isi berita dari desa yang baik. ' * 8}</p>"
)
INLINE = ("a", "b", "span", "font", "i", "small", "label", "x-y", "time", "img", "br", "iframe", "video", "embed")
TAGS = sorted(BLOCKS | SKIPPED | set(INLINE))
# Each once more, so that what is compared with what differs; `#` stands for the number of the unit.
MARKUP = (
    "<iframe", "<iframe src=x ", "<!--", "<![CDATA[", "<?xml ", "&#", "<meta name=a content=b>",
    "<a href=/x>a</a>", "<a href=/x#.html>a</a>", "<a href=/x#.html>more</a>", "<a href=/x>baca selengkapnya</a>",
    "<a href=/b/#>Judul berita nomor #</a>", "<li><a href=/b/#>Judul berita nomor #</a> 3 Mei 2024</li>",
    "<a href=/x>#</a>", "<a href=/x rel=next>", "<a href=/x#.pdf>x</a>", "<a href='/v?file=/a#.pdf'>x</a>",
    "<div class=content>a", "<div class=content>kata #</div>", "<div class=title>Judul berita hari #</div>",
    "<td class=article>a", "<div itemprop=articleBody>a", "<div class=related>a</div>", "<div id=zoom>kata #</div>",
    "<p hidden>x</p>", "<div style=display:none>", "<span hidden>kata kata kata kata kata kata kata kata #.</span>",
    "<table><tr><td>x</td><td>#</td></tr></table>", "<tr><td>x<td>#", "<table><tr><td>", "<ul><li>x</ul>",
    "<tr><td rowspan=50 colspan=50>a<td rowspan=50 colspan=49>b<td>#", "<td colspan=50 rowspan=50>",
    "<p>12</p><p>06-2023</p>", "<p>2025-01-0#</p>", "<p>1</p>", "<p>Jakarta, 12 Maret 2025 - kata #.</p>",
    "<time datetime=2024-03-25>", "<link rel=next href=/x>", "<base href=/x>", "<button class=pagination>",
    "<script>createPageHTML(9,0,'a','html')</script>", "<script>location='/y'</script>",
    "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"Judul #\"}</script>",
    "<meta http-equiv=refresh content='0;url=/z'>", "<h2>Judul berita hari</h2>", "<h2>Judul berita hari ini #</h2>",
)  # fmt: skip
FEED = (
    "<item><title>Berita #</title><link>https://contoh.go.id/#</link></item>",
    "<item><link>https://contoh.go.id/#</link>", "<item>", "<link>", "<guid>abc-#</guid>",
    "<item><guid>/a/#</guid></item>", "<item><link>x</link></item>", "&amp;", "&a", "<![CDATA[", "<![CDATA[]]>",
    "<entry><link href='/#'/></entry>", "<item><pubDate>Mon, 25 Mar 2024 10:15:00 WIB</pubDate></item>", "<a:b>",
    "<title>", "<!--",
)  # fmt: skip
# What dates, titles and listings are read by.
WORDS = (
    " ", "\n", "0", "a", "A", "字", "-", ".", ":", "/", "|", "(", "[", "<", "&", "_", "»",
    "a ", "12 ", "字 ", "- ", "1-", "1.", "1/", "(1", "a-", "Ab ", "2024-03-25 ", "25 Maret 2024 ", "25 Mar ",
    "March 25, ", "2024年3月25日", "二〇二四年", "三月", "25/3/", "10:15 ", "T", "pukul ", "(WIB) ", "WIB ", "Senin, ",
    "星期一", "发布时间：", "发布 ", "terbit pada ", "tanggal ", "last ", "hari ini ", "3 hari ", "3天", "kemarin ",
    "createPage(", "createPage(1,", "var a=1", "href=a", "a_", "/2024/03", "/2024", "No. 1/", "No.1/A/", "〔2024〕",
    "<link>", "<link ", "&amp;", "&a", "<?xml ", "<a:urlset", "文号 ", "title-", "—", "--", "::",
    "e\u0301\u0316", "\u0301\u0316",
)  # fmt: skip
LINES = ("Kata #.", "Kalimat yang panjang dan berisi nomor # untuk warga desa.", "a. ", "数字经济合作第#项。", "#")


def some(units: Sequence[str]) -> list[Any]:
    """Every third in each run of the tests, the others in `make chaos`."""
    return [*units[::3], *in_chaos(*units[1::3], *units[2::3])]


def repeated(unit: str, size: int) -> str:
    """A unit in a row, up to a size."""
    return "".join(unit.replace("#", str(number)) for number in range(size // len(unit) + 1))


def seconds(read: Callable[[], Any]) -> float:
    """How much processor time a reading takes; see `scaling.seconds`."""
    started = time.thread_time()
    try:
        with limit(MOST):
            read()
    except TooSlow:
        pass
    return time.thread_time() - started


def growth(read: Callable[[str], Any], text: Callable[[int], str]) -> str | None:
    """What is wrong with how the time grows with the size; None if nothing is."""
    small, large = text(SIZE), text(2 * SIZE)
    took = seconds(lambda: read(small))
    if took < WORTH_A_LOOK:
        return None
    twice = seconds(lambda: read(large))
    for _ in range(3):  # other work on the machine and the collector of garbage disturb one measure, hardly four
        if twice <= STEEP * took:
            return None
        took, twice = min(took, seconds(lambda: read(small))), min(twice, seconds(lambda: read(large)))
    if twice <= STEEP * took:
        return None
    return f"{len(small)} characters took {took:.2f} s, {len(large)} took {twice:.2f} s"


def page(text: str) -> None:
    extract(text.encode("utf-8", "replace"), url=URL, at=AT)


def listing(text: str) -> None:
    links(text.encode("utf-8", "replace"), url=URL, at=AT)


def feed(text: str) -> None:
    whole = f"<rss version='2.0'><channel><title>x</title>{text}</channel></rss>"
    feed_entries.entries(feed_entries.xml_text(whole.encode()), url=URL, zone=UTC, at=AT)


@pytest.mark.slow
@pytest.mark.parametrize("tag", some(TAGS))
@pytest.mark.parametrize("read", ["page", "listing"])
def test_no_tag_takes_longer_than_its_size(tag: str, read: str) -> None:
    def told(size: int) -> str:
        return HEAD + repeated(f"<{tag}>kata #</{tag}>", size // 2) + repeated(f"<{tag}>", size // 2)

    assert growth(page if read == "page" else listing, told) is None


@pytest.mark.slow
@pytest.mark.parametrize("unit", some(MARKUP))
def test_no_unit_of_markup_takes_a_page_longer_than_its_size(unit: str) -> None:
    assert growth(page, lambda size: HEAD + repeated(unit, size)) is None


@pytest.mark.slow
@pytest.mark.parametrize("unit", some(MARKUP))
def test_no_unit_of_markup_takes_a_listing_longer_than_its_size(unit: str) -> None:
    assert growth(listing, lambda size: f"<html><body><div>{repeated(unit, size)}") is None


@pytest.mark.slow
@pytest.mark.parametrize("word", some(WORDS))
def test_no_word_takes_a_page_longer_than_its_size(word: str) -> None:
    def told(size: int) -> str:
        words = word * (2 * size // len(word))
        facts = json.dumps({"@type": "NewsArticle", "headline": words, "datePublished": f"2024 {words}"})
        shown = html.escape(words[: size // 2])
        return (
            f"<html><head><meta name=pubdate content='x {shown}'><title>{shown}</title>"
            f"<script type='application/ld+json'>{facts}</script></head><body><h1>Judul</h1><a href=/x>{shown}</a>"
            f"<p>{shown}</p><time datetime='{shown}'>{shown}</time></body></html>"
        )

    assert growth(page, told) is None


def test_no_title_takes_its_comparison_with_the_headings_longer_than_their_size() -> None:
    """Many titles in the head over many headings: each is compared with each."""
    many = '<script type=application/ld+json>{"@type":"Article","headline":"Kata #"}</script>'

    def told(size: int) -> str:
        heads = repeated("<h2>ab #</h2>", size // 8)
        return f"<html><head>{repeated(many, size)}</head><body>{heads}<p>{'Isi. ' * 99}</p>"

    assert growth(page, told) is None


@pytest.mark.slow
@pytest.mark.parametrize("unit", FEED)
def test_no_unit_takes_a_feed_longer_than_its_size(unit: str) -> None:
    assert growth(feed, lambda size: repeated(unit, size)) is None


def test_what_nests_does_not_take_a_feed_longer_than_its_size() -> None:
    def nested(size: int) -> str:
        depth = size // 100
        return "<item><link>https://contoh.go.id/0</link>" * depth + "x" * size + "</item>" * depth

    assert growth(feed, nested) is None


@pytest.mark.parametrize("unit", LINES)
def test_no_line_takes_the_comparison_of_texts_longer_than_their_size(unit: str) -> None:
    def with_lines(text: str) -> Release:
        return release(title="Judul berita yang cukup panjang", text=text)

    def compare(text: str) -> None:
        other = text.replace("a", "e").replace("1", "2").replace("数", "文")
        adds(with_lines(text), with_lines(other))
        is_other_text(text, other)
        is_other_text(text.replace(" ", "\n"), other.replace(" ", "\n"))

    assert growth(compare, lambda size: repeated(f"{unit}\n", 4 * size)) is None


@pytest.mark.parametrize("word", ["e\u0301\u0316", "\u0301\u0316", "kata ", "字", "kata", "…"])
def test_no_word_takes_the_comparison_with_a_listing_longer_than_its_size(word: str) -> None:
    def compare(text: str) -> None:
        is_about(text, Extract(kind=Kind.ARTICLE, title=text[::-1], text=text.replace("k", "t")))

    assert growth(compare, lambda size: repeated(word, 2 * size)) is None


def test_what_puts_signs_in_one_form_stands_in_one_place() -> None:
    """Python's own way takes the square of a run of marks; of a single sign it may be used."""
    code = {path: path.read_text(encoding="utf-8") for path in (ROOT / "crawler").rglob("*.py")}
    code |= {path: path.read_text(encoding="utf-8") for path in (ROOT / "scheduler").rglob("*.py")}
    found = {(path.stem, call) for path, text in code.items() for call in NORMALIZE.findall(text)}
    signs = {("document_text", '"NFKC", radical[0]'), ("folding", '"NFD", letter')}
    assert {name for name, _ in found - signs} == {"normal_form"}


@pytest.mark.slow
def test_the_check_sees_what_takes_the_square() -> None:
    def slow(text: str) -> int:
        return sum(one == other for one in text[::6] for other in text[::6])

    assert growth(slow, lambda size: repeated("Kata #. ", size)) is not None
