"""The forked crawl is as good as the real command line: own process, own exit code, own words; it can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import Answer, SmallSite, listing
from tests.patience import patient

ENTRIES = [(f"/berita/{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 4)]


@pytest.fixture
def site():
    with SmallSite() as site:
        site.show_news(ENTRIES)
        yield site


def test_both_ways_give_the_same_report(tmp_path: Path, site: SmallSite) -> None:
    told = []
    for way in ("start", "command"):
        crawling = Crawling(tmp_path / way)
        crawling.source("desa", site.base, site.host)
        done = getattr(crawling, way)("desa")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        *progress, report = map(json.loads, done.stdout.splitlines())
        facts = [report[name] for name in ("verdict", "new", "requests", "http", "kinds")]
        told.append(([line["event"] for line in progress], facts))
    assert told[0] == told[1]


def test_a_crawl_that_hangs_can_be_killed_and_the_next_is_a_process_of_its_own(tmp_path: Path, site: SmallSite) -> None:
    crawling, asked, go = Crawling(tmp_path), threading.Event(), threading.Event()
    crawling.source("desa", site.base, site.host)

    def hang(_: dict[str, str]) -> Answer:
        asked.set()
        go.wait(patient(60))
        return Answer(200, listing(ENTRIES).encode())

    site.pages["/berita"] = hang
    process = crawling.fork("desa")
    assert asked.wait(patient(60))
    assert process.pid != os.getpid()
    assert process.returncode is None
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=patient(30))
    assert process.returncode == -signal.SIGKILL
    go.set()
    site.show("/berita", listing(ENTRIES))
    assert crawling.run("desa")["new"] == len(ENTRIES)


def test_a_plain_script_may_crawl_and_is_run_once(tmp_path: Path, site: SmallSite) -> None:
    script = tmp_path / "crawls.py"
    script.write_text(
        f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.crawler.crawling import Crawling
print("begins")
crawling = Crawling(Path({str(tmp_path)!r}) / "of-script")
crawling.source("desa", {site.base!r}, {site.host!r})
print("new", crawling.run("desa")["new"])
""",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, timeout=patient(120))
    assert done.stdout.split() == ["begins", "new", str(len(ENTRIES))], done.stderr
