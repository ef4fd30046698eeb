"""From the moment a site publishes until the mail server has accepted the alert, step by step, in one cycle.

    python -m tests.benchmarks.bench_freshness [--url URL]

On the replica sites without delays between requests, a real mail server on loopback, and a state that holds what the
sites had published before. A release that raises no alert, or is a copy of one told before, has no mail.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawler.source import load_sources
from scheduler.newsroom import Newsroom
from scheduler.search.client import Client
from scheduler.settings import ROOT, Elasticsearch, Mail, Settings, Smtp, Subscription
from tests.benchmarks.bench_search import forget, node
from tests.benchmarks.result import show
from tests.replica import Replica
from tests.scheduler.mail.server import smtp_server

INDEX = "pantau-bench-freshness"
READER = Subscription(name="desk", to=("desk@example.org",), rules=("*",))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the way from a site to the mail server.")
    parser.add_argument("--url", help="an Elasticsearch that runs")
    chosen = parser.parse_args(arguments)
    with (
        node(chosen.url) as client,
        Replica() as replica,
        tempfile.TemporaryDirectory() as name,
        smtp_server(Path(name), starttls=False) as server,
    ):
        try:
            rows = measure(client, chosen.url, replica, Path(name), server.port)
        finally:
            forget(client, INDEX)
    show("freshness", "from publication to acceptance by the mail server, seconds", rows)


def measure(client: Client, url: str | None, replica: Replica, folder: Path, port: int) -> list[dict[str, Any]]:
    """One row a published release, and the medians."""
    sources = folder / "config" / "sources"
    sources.mkdir(parents=True)
    for part in (ROOT / "config").iterdir():
        if part.name != "sources":
            (folder / "config" / part.name).symlink_to(part)
    replica.write_sources(ROOT / "config" / "sources", sources)
    settings = Settings(
        config=folder / "config", var=folder / "var",
        elasticsearch=Elasticsearch(url=url or client.address, index=f"{INDEX}-releases", timeout=60),
        mail=Mail(
            sender="pantau@example.org", subscriptions=(READER,),
            smtp=Smtp(host="127.0.0.1", port=port, security="none"),
        ),
    )  # fmt: skip
    newsroom = Newsroom(settings)
    for source in newsroom.sources.values():
        if source.enabled:
            newsroom.crawl(source)
    newsroom.index(), newsroom.match(), newsroom.deliver()
    by_host = {host: name for name, one in load_sources(sources).items() for host in one.allowed_hosts}
    rows = []
    while published := replica.publish_held(1):
        name = next(name for host, name in by_host.items() if host in published[0].url and name in newsroom.sources)
        row: dict[str, Any] = {"source": name}
        began = time.perf_counter()
        for step, work in (
            ("crawl", lambda name=name: newsroom.crawl(newsroom.sources[name])),
            ("index", newsroom.index),
            ("match", newsroom.match),
            ("deliver", newsroom.deliver),
        ):
            started = time.perf_counter()
            done = work()  # type: ignore[operator]
            row[step] = time.perf_counter() - started
            if step == "crawl":
                row["requests"] = done["requests"]
        row["all"] = time.perf_counter() - began
        row["mails"] = done.accepted
        rows.append(row)
    newsroom.store.engine.dispose()
    medians = {key: statistics.median(row[key] for row in rows) for key in rows[0] if key != "source"}
    return [*rows, {"source": "median", **medians}]


if __name__ == "__main__":
    main()
