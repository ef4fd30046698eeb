"""Days of work in one process: what grows is the data, and nothing else. `make chaos DAYS=30` simulates thirty."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.store import Store
from scheduler.newsroom import Newsroom
from scheduler.settings import load_settings
from tests.chaos.news import news
from tests.crawler.crawling import later
from tests.replica import Replica
from tests.workplace import Workplace, items_in

pytestmark = pytest.mark.chaos
DAYS = int(os.environ.get("PANTAU_SOAK_DAYS", "2"))
ROUNDS = 2  # a day; each reads all sources
NEWS = 2  # releases a round
WARM = 1  # days until all that is loaded once is loaded
GROWTH = 40  # MB of memory; caches and fragments, over any number of days


@dataclass(frozen=True)
class Size:
    """How large everything is; bytes in MB."""

    memory: float
    handles: int
    threads: int
    database: float
    evidence: float

    @classmethod
    def of(cls, var: Path) -> Size:
        status = Path("/proc/self/status").read_text()
        rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        state = sum(path.stat().st_size for path in (var / "state").iterdir())
        kept = sum(path.stat().st_size for path in (var / "evidence").rglob("*.warc.gz"))
        handles = len(list(Path("/proc/self/fd").iterdir()))
        return cls(round(rss / 1024, 1), handles, threading.active_count(), round(state / 1e6, 2), round(kept / 1e6, 2))


@pytest.mark.timeout(120 + 60 * DAYS)
def test_days_of_work_leave_nothing_behind_but_their_data(
    tmp_path: Path, elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, clock, published = random.Random(5), [datetime.now(UTC)], []
    with Replica() as replica:
        place = Workplace(tmp_path, replica, elasticsearch_url)
        for name, value in place.env.items():
            if name.startswith("PANTAU_"):
                monkeypatch.setenv(name, value)
        newsroom = Newsroom(load_settings(demo=False), now=lambda: clock[0])
        sources = [source for source in newsroom.sources.values() if source.enabled]
        sizes: list[Size] = []
        for day in range(DAYS + WARM):
            for _ in range(ROUNDS):
                for _ in range(NEWS):
                    published.append(replica.publish("web.komdigi.go.id", news(len(published), chance)).url)
                for source in sources:
                    assert newsroom.crawl(source)["verdict"] in ("ok", "quiet")
                newsroom.index()
                newsroom.match()
                newsroom.deliver()
                newsroom.publish()
                newsroom.watch()
                clock[0] += timedelta(hours=24 / ROUNDS)
                later(newsroom.store, 24 / ROUNDS)
            newsroom.sweep()
            newsroom.housekeeping()
            if day + 1 >= WARM:
                sizes.append(Size.of(newsroom.settings.var))
        everything(place, newsroom.store, published)
        newsroom.store.engine.dispose()
        newsroom.client.close()
    first, last = sizes[0], sizes[-1]
    print(f"\n{DAYS} days, {len(published)} releases published\n  at first {asdict(first)}\n  at last  {asdict(last)}")
    assert last.handles <= first.handles + 2
    assert last.threads <= first.threads
    assert last.memory <= first.memory + GROWTH


def everything(place: Workplace, store: Store, published: list[str]) -> None:
    """All that was published is stored, and in exactly one mail."""
    with store.engine.connect() as connection:
        stored = {url for (url,) in connection.exec_driver_sql("select url from releases")}
    assert [url for url in published if url not in stored] == []
    items = Counter(item for mail in place.mails() for item in items_in(mail))
    assert [url for url in published if items[url] != 1] == []
