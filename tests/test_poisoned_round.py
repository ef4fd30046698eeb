"""A first round of the real command over pages made to stop it: the good are told, and no process grows large."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.release import LONGEST_TEXT
from crawler.store.database import open_engine
from crawler.store.tables import releases
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.database import state_url
from tests.forked import PANTAU
from tests.patience import patient
from tests.peak_memory import PeakMemory
from tests.replica import Replica
from tests.replica.release import MONTHS
from tests.workplace import Workplace, links_in

MOST = 600  # MB, of each process
SECONDS = 2.0  # of processor time for a page
PROCESSES = {
    "pantau",
    "crawler.run",
    "fork of crawler.run",  # the page reader
    "scheduler.language.reading_process",
}
WORKS = ("pusat data di Batam", "pelatihan guru di Solo", "kabel laut ke Natuna", "benih padi di Subang")
NOW = datetime.now(UTC)
TODAY = f"{NOW.day} {MONTHS[NOW.month - 1]} {NOW.year}"
TABLE = "<tr><td rowspan=50 colspan=50>a<td rowspan=50 colspan=49>b<td>c" + "<tr><td>c" * 49
# What was seen to stop the crawl, the reading or the index, or to fill a disk or a memory; at the size that did it.
POISON: dict[str, Callable[[str], str]] = {
    "inisial": lambda title: article(title, TODAY, "A. B. C. D. " * 25_000),
    "tabel": lambda title: article(title, TODAY, f"<table>{TABLE * 7_000}</table>"),
    "penolakan": lambda title: f"<html><body><a href=/x>{'access to this page ' * 30_000}</a></body></html>",
    "bingkai": lambda title: f"<html><body><p>x</p><!-- {'<iframe' * 29_000}--></body></html>",
    "han": lambda title: article(title, TODAY, "印度尼西亚政府与广西签署了人工智能合作谅解备忘录并举行会谈。" * 80_000),
    "derau": lambda title: article(title, TODAY) + f"<!--{os.urandom(3_900_000).hex()}-->",
    "judul": lambda title: article(f"{title} {'kerja sama ' * 200_000}", TODAY),
    "tanda": lambda title: article(title, TODAY, "e\u0301\u0316" * 300_000),
    "suntingan": lambda title: article(title, TODAY, "satu dua<br>tiga empat<br>" * 60_000),
    "tanggal": lambda title: article(title, "jan 2020 " * 20_000),
    "unsur": lambda title: article(title, TODAY, "<p>" + "<b>kata</b> <i>lain</i> 12 Maret 2026, " * 90_000),
    "alinea": lambda title: article(title, TODAY, "<p>x" * 1_000_000),
}


@pytest.fixture
def sites() -> Iterator[tuple[SmallSite, SmallSite]]:
    with SmallSite() as mixed, SmallSite() as good:
        yield mixed, good


def good_news(site: SmallSite, place: str) -> list[tuple[str, str, str]]:
    entries = [
        (f"/b/{place}-{n}", f"Indonesia dan Guangxi menandatangani nota kesepahaman {work} ({place})", TODAY)
        for n, work in enumerate(WORKS)
    ]
    for path, title, day in entries:
        words = " ".join(f"{place}{path[-1]}kata{n}" for n in range(60))
        text = f"Pemerintah Indonesia dan Guangxi menandatangani nota kesepahaman kerja sama di Nanning. {words}"
        site.show(path, article(title, day, text))
    return entries


def poisoned(site: SmallSite) -> list[tuple[str, str, str]]:
    entries = [(f"/b/{name}", f"Halaman tentang {name} yang berat sekali", TODAY) for name in POISON]
    for (path, title, _), make in zip(entries, POISON.values(), strict=True):
        body = gzip.compress(make(title).encode(), 1)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
        site.pages[path] = Answer(200, body, headers)
    return entries


@pytest.fixture
def place(tmp_path: Path, sites: tuple[SmallSite, SmallSite], elasticsearch_url: str) -> Workplace:
    with Replica() as replica:
        place = Workplace(tmp_path, replica, elasticsearch_url)
    shutil.rmtree(place.config / "sources")
    crawling = Crawling(tmp_path)
    for name, site in zip(("campur", "baik"), sites, strict=True):
        crawling.source(name, site.base, site.host, page_seconds=SECONDS, timeout=int(patient(20)), time_limit=10.0)
    return place


def run(place: Workplace) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """One round; gives the runs' reports, and what each kind of process held at most, in MB."""
    process = subprocess.Popen(  # the real command line: what a fork holds it shares with others
        [PANTAU, "once", "--json"], env=place.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with PeakMemory(process.pid) as peak:
        out, errors = process.communicate(timeout=patient(240))
    assert "Traceback" not in errors
    return [json.loads(line) for line in out.splitlines()], peak.held


@pytest.mark.chaos  # `tests/scheduler/jobs/test_poison.py` has the same without the command line
def test_a_first_round_over_poisoned_pages_tells_all_good_ones_and_no_process_grows_large(
    place: Workplace, sites: tuple[SmallSite, SmallSite]
) -> None:
    mixed, good = sites
    bad, fine = poisoned(mixed), good_news(mixed, "campur")
    mixed.show("/berita", listing([*bad[:6], *fine[:3], *bad[6:], *fine[3:]]))
    other = good_news(good, "baik")
    good.show("/berita", listing(other))

    reports, held = run(place)

    wanted = {mixed.base + path for path, *_ in fine} | {good.base + path for path, *_ in other}
    assert wanted <= {link for mail in place.mails() for link in links_in(mail)}
    engine = open_engine(state_url(place.folder / "var"))
    with engine.connect() as connection:
        kept = {row.url: row for row in connection.execute(select(releases)).all()}
    engine.dispose()
    assert {url for url, row in kept.items() if row.indexed_revision != row.revision} == set(), "all are indexed"
    assert max(len(row.text) for row in kept.values()) <= LONGEST_TEXT
    named = {error["url"] for report in reports for error in report["errors"]}
    assert named <= {mixed.base + path for path, *_ in bad} <= named | kept.keys(), "an offender is read or named"
    assert named, "some can be read by nobody within their time and memory"
    assert held.keys() >= PROCESSES
    assert {kind: most for kind, most in held.items() if most > MOST} == {}
