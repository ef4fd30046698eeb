"""The line of an hour counts what the hour brought, once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.store import Run
from scheduler.jobs.hourly_log import Hourly
from scheduler.ledger.ledger import Ledger
from tests.crawler.store.test_store import page, release
from tests.database import open_store
from tests.scheduler.mail.case import DESK, hit

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def test_an_hour_is_one_line_and_the_next_begins_at_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    store = open_store(tmp_path)
    ledger = Ledger(store.engine)
    hourly = Hourly(store, ledger)
    for number, (source, verdict, new) in enumerate((("a", "ok", 3), ("a", "quiet", 0), ("b", "blocked", 0))):
        at = NOW - timedelta(minutes=50 - number)
        store.begin_run(Run(id=f"r{number}", source=source, started_at=at))
        store.finish_run(f"r{number}", at=at, verdict=verdict, report={"new": new, "revised": 1})
    store.begin_run(Run(id="runs", source="c", started_at=NOW - timedelta(minutes=1)))
    store.collect(release(), page(release()))
    ledger.enrol([DESK], NOW - timedelta(hours=2))
    ledger.record([hit(1)], NOW - timedelta(minutes=30))
    ledger.plan([DESK], domain="example.org", now=NOW - timedelta(minutes=20))
    mail = ledger.claim(NOW - timedelta(minutes=20))
    assert mail is not None
    ledger.accepted(mail, "250 ok", NOW - timedelta(minutes=20))

    assert hourly.tell(NOW) == {
        "sources_read": 1, "sources_in_trouble": 1, "new": 3, "revised": 3, "mails": 1, "to_index": 1, "to_match": 0,
        "to_mail": 0,
    }  # fmt: skip
    assert [one.message for one in caplog.records if one.name == "scheduler.jobs.hourly_log"] == ["the last hour"]
    quiet = hourly.tell(NOW + timedelta(hours=1))
    assert {name: quiet[name] for name in ("sources_read", "new", "mails")} == {"sources_read": 0, "new": 0, "mails": 0}
    assert quiet["to_index"] == 1, "what waits goes on being told"
    store.engine.dispose()
