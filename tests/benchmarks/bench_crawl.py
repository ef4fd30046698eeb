"""A crawl of many pages, end to end into the store with evidence, beside what a user might pick instead.

    python -m tests.benchmarks.bench_crawl [--pages N]

Processor time of the crawl process alone, its start included; the site is another process's work. Goal: at most 0.8
times the processor time of bare Scrapy with trafilatura, which keeps no evidence, no state and no dates of its own, and
five times the rate of news-please. That one and the fetching threads get the addresses handed and walk no listing.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.result import run, show
from tests.chaos.news import DEEDS, THINGS
from tests.crawler.crawling import Crawling
from tests.crawler.extraction.corpus import GoldPage, gold_pages
from tests.crawler.small_site import Answer, SmallSite, article

Run = tuple[float, float, float]
BARE, THREADS, NEWS_PLEASE = "bare Scrapy + trafilatura", "four threads + trafilatura", "news-please"
PEER = Path(sys.prefix) / "newsplease" / "bin" / "python"
ROUNDS = 3
EACH = 25  # releases a page of the listing


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print: small pages of our own, then real ones where the corpus is beside the checkout."""
    parser = argparse.ArgumentParser(description="Measure a crawl.")
    parser.add_argument("--pages", type=int, default=500)
    pages = parser.parse_args(arguments).pages
    real = list(gold_pages())
    with SmallSite() as site:
        fill(site, pages)
        show("crawl", f"{pages} small pages, no delay (medians of {ROUNDS})", measure(site, pages))
    if real:
        with SmallSite() as site:
            fill(site, pages, real)
            rows = measure(site, pages, rounds=1)
            show("crawl-real", f"{pages} real pages ({len(real)} over and over), no delay (one round)", rows)


def measure(site: SmallSite, pages: int, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row a crawler."""
    runs: dict[str, list[Run]] = {BARE: [], THREADS: [], NEWS_PLEASE: [], "Pantau": []}
    kept: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        addresses = Path(name) / "addresses"
        addresses.write_text("\n".join(f"{site.base}/berita/{number}" for number in range(pages)), encoding="utf-8")
        for number in range(rounds):
            folder = Path(name) / str(number)
            crawling = Crawling(folder)
            crawling.source("desa", site.base, site.host, max_listing_pages=pages, time_limit=30)
            out = folder / "bare.jsonl"
            runs[BARE].append(run("-m", "tests.benchmarks.bare_spider", f"{site.base}/berita", str(out)))
            kept[BARE] = with_text(out)
            runs[THREADS].append(run("-m", "tests.benchmarks.fetched_pages", str(addresses), str(out)))
            kept[THREADS] = with_text(out)
            if PEER.exists():
                script = str(Path(__file__).with_name("newsplease_pages.py"))
                runs[NEWS_PLEASE].append(run(script, str(addresses), str(out), python=PEER))
                kept[NEWS_PLEASE] = with_text(out)
            words = ["-m", "crawler.run", "desa", "--config", str(crawling.config), "--var", str(crawling.var)]
            runs["Pantau"].append(run(*words, "--state-url", crawling.state_url, "--run-id", f"r{number}"))
            kept["Pantau"] = sum(bool(one.release.text) for one in crawling.store.owing("indexed", limit=pages))
    floor = statistics.median(one[1] for one in runs[BARE])
    rows = []
    for what, measured in runs.items():
        if not measured:  # the peer is not installed: `make bench` does it
            continue
        cpu = statistics.median(one[1] for one in measured)
        rows.append(
            {
                "what": what,
                "with text": kept[what],
                "pages/s": pages / statistics.median(one[0] for one in measured),
                "CPU s a 1,000 pages": 1000 * cpu / pages,
                "ratio": cpu / floor,
                "peak MB": max(one[2] for one in measured),
            }
        )
    return rows


def with_text(out: Path) -> int:
    """How many pages a peer has found a text in."""
    return sum(bool(json.loads(line)["text"]) for line in out.read_text(encoding="utf-8").splitlines())


def fill(site: SmallSite, pages: int, real: Sequence[GoldPage] = ()) -> None:
    """Publish so many releases, listed in pages of 25; real ones each with a mark that makes it another page."""
    chance = random.Random(3)
    for start in range(0, pages, EACH):
        rows = []
        for number in range(start, min(start + EACH, pages)):
            title, day = f"Kabar ke-{number} tentang {chance.choice(THINGS)}", f"2026-03-{number % 28 + 1:02}"
            rows.append(f'<li><a href="/berita/{number}">{title}</a> <span>{day}</span></li>')
            lines = " ".join(
                f"Petugas {chance.choice(DEEDS)} {chance.choice(THINGS)} yang bernomor {chance.randrange(10**6)} di"
                " dermaga itu, dan mencatat hasilnya untuk warga."
                for _ in range(15)
            )
            site.show(f"/berita/{number}", article(title, day, text=lines))
            if real:
                body = real[number % len(real)].body.replace(b"canonical", b"canonicus")
                site.pages[f"/berita/{number}"] = Answer(
                    200, body + b"<!-- %d -->" % number, {"Content-Type": "text/html"}
                )
        following = start // EACH + 2
        more = f'<a class="next" href="/berita?page={following}">Selanjutnya</a>' if start + EACH < pages else ""
        path = f"/berita?page={following - 1}" if start else "/berita"
        site.show(path, f"<html><body><ul class='news'>{''.join(rows)}</ul>{more}</body></html>")


if __name__ == "__main__":
    main()
