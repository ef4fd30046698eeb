"""Extraction on the shared corpus beside other libraries: text F1, titles, dates, pages a second.

Run `python -m tests.benchmarks.bench_extraction` from the project's folder; `make bench` installs the peers first. One
that is not installed is named and left out. The corpus lies beside the checkout.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from crawler.extraction.decode import decode
from crawler.extraction.page import extract
from tests.benchmarks.result import show
from tests.crawler.extraction.corpus import GoldPage, bare, f1, gold_pages

Reading = tuple[str | None, str | None, str]  # title, date, text
ROUNDS = 3
PEERS = Path(sys.prefix) / "peers"


@dataclass
class Score:
    """What one reader came to on all pages."""

    name: str
    f1: float
    worst: float
    titles: int
    right: int
    wrong: int
    missing: int
    per_second: float


def by_pantau(body: bytes) -> Reading:
    """Pantau, from bytes."""
    got = extract(body)
    return got.title, got.date, got.text


def by_trafilatura(body: bytes) -> Reading:
    """Trafilatura as it comes, with metadata."""
    from trafilatura import bare_extraction

    got = bare_extraction(body, with_metadata=True)
    return (got.title, got.date, got.text or "") if got is not None and not isinstance(got, dict) else (None, None, "")


def by_readability(body: bytes) -> Reading:
    """readability-lxml; it reads no dates."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(decode(body))
    summary = fromstring(document.summary())
    return document.short_title(), None, "\n".join(text.strip() for text in summary.itertext() if text.strip())


def by_newspaper(body: bytes) -> Reading:
    """newspaper4k, without its look-ups in the network."""
    import tldextract
    from newspaper import Article

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
    article = Article("https://contoh.go.id/", language="zh", fetch_images=False)
    article.download(input_html=decode(body))
    article.parse()
    date = article.publish_date
    return article.title, date.strftime("%Y-%m-%d") if date else None, article.text


def by_gne(body: bytes) -> Reading:
    """GeneralNewsExtractor."""
    from gne import GeneralNewsExtractor

    got = GeneralNewsExtractor().extract(decode(body))
    return got["title"], (got["publish_time"] or "")[:10] or None, got["content"]


READERS: dict[str, tuple[str, Callable[[bytes], Reading]]] = {
    "Pantau": ("crawler", by_pantau),
    "trafilatura": ("trafilatura", by_trafilatura),
    "readability-lxml": ("readability", by_readability),
    "newspaper4k": ("newspaper", by_newspaper),
    "gne": ("gne", by_gne),
}


def measure(name: str, read: Callable[[bytes], Reading], pages: list[GoldPage]) -> Score:
    """Read all pages some times over; the fastest round counts, a page that raises counts as empty."""
    readings: list[Reading] = []
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        readings = [_guarded(read, page.body) for page in pages]
        fastest = min(fastest, time.perf_counter() - started)
    scores = [f1(page.text, text) for page, (_, _, text) in zip(pages, readings, strict=True)]
    titles = sum(bare(title) == bare(page.title) for page, (title, _, _) in zip(pages, readings, strict=True))
    dated = [(page.date, date) for page, (_, date, _) in zip(pages, readings, strict=True) if page.date]
    return Score(
        name=name,
        f1=sum(scores) / len(scores),
        worst=min(scores),
        titles=titles,
        right=sum(date == gold for gold, date in dated),
        wrong=sum(date is not None and date != gold for gold, date in dated),
        missing=sum(date is None for _, date in dated),
        per_second=len(pages) / fastest,
    )


def _guarded(read: Callable[[bytes], Reading], body: bytes) -> Reading:
    try:
        return read(body)
    except Exception as error:  # noqa: BLE001 - other libraries raise what they like; the page counts as empty
        print(f"  {read.__name__}: {type(error).__name__}: {error}", file=sys.stderr)
        return None, None, ""


def main() -> int:
    """Print the table; 1 when Pantau is slower than trafilatura."""
    pages = list(gold_pages())
    if not pages:
        print("the corpus of real pages is not here: nothing is measured", file=sys.stderr)
        return 0
    sys.path.append(str(PEERS))  # behind what the project itself uses
    scores = []
    for name, (module, read) in READERS.items():
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"{name}: not installed, left out", file=sys.stderr)
            continue
        scores.append(measure(name, read, pages))
    show("extraction", f"{len(pages)} real pages", [asdict(score) for score in scores])
    speeds = {score.name: score.per_second for score in scores}
    return 0 if speeds["Pantau"] >= speeds["trafilatura"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
