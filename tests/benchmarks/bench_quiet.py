"""A cycle with nothing new, source by source, beside the first one: requests, bytes, processor seconds.

    python -m tests.benchmarks.bench_quiet

Goal: one request a listing, under 1.5 processor seconds a source, the start of the process included.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from crawler.source import load_sources
from scheduler.settings import ROOT
from tests.benchmarks.result import run, show
from tests.crawler.crawling import Crawling
from tests.replica import Replica

ROUNDS = 3


def main() -> None:
    """Measure and print."""
    rows = []
    with Replica() as replica, tempfile.TemporaryDirectory() as folder:
        crawling = Crawling(Path(folder))
        replica.write_sources(ROOT / "config" / "sources", crawling.config / "sources")
        for name, source in load_sources(crawling.config / "sources").items():
            if not source.enabled:
                continue
            words = ["-m", "crawler.run", name, "--config", str(crawling.config), "--var", str(crawling.var)]
            words += ["--state-url", crawling.state_url, "--run-id"]
            first = run(*words, f"first-{name}")[1]
            quiet = [run(*words, f"quiet-{number}-{name}") for number in range(ROUNDS)]
            report = crawling.store.run(f"quiet-0-{name}")
            assert report is not None
            assert report.verdict == "quiet"
            rows.append(
                {
                    "source": name,
                    "listings": len(source.listings),
                    "requests": report.report["requests"] - 1,  # robots.txt aside
                    "bytes": report.report["bytes"],
                    "CPU s": statistics.median(one[1] for one in quiet),
                    "wall s": statistics.median(one[0] for one in quiet),
                    "peak MB": max(one[2] for one in quiet),
                    "first cycle CPU s": first,
                }
            )
    show("quiet", "a cycle with nothing new (medians of 3; robots.txt aside)", rows)


if __name__ == "__main__":
    main()
