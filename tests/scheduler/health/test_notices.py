"""The operator hears once that a thing is bad, once that it is well again, and once a week in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.health import Finding, Verdict
from scheduler.health.notices import PATIENCE, REMINDER, Notices
from tests.database import open_store

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def notices(tmp_path: Path) -> Iterator[Notices]:
    store = open_store(tmp_path)
    yield Notices(store.engine)
    store.engine.dispose()


def heard(notices: Notices, level: str, after: timedelta) -> list[str]:
    finding = Finding(subject="source situs", level=level, sentence="why")  # type: ignore[arg-type]
    verdict = Verdict(at=NOW + after, findings=(finding,))
    news = notices.of(verdict)
    notices.told(news, verdict.at)
    return [notice.kind for notice in news]


def test_one_mail_when_bad_one_when_well_again_and_a_reminder_a_week(notices: Notices) -> None:
    assert heard(notices, "bad", timedelta(0)) == []
    assert heard(notices, "bad", PATIENCE) == ["bad"]
    assert heard(notices, "bad", PATIENCE * 2) == []
    assert heard(notices, "bad", PATIENCE + REMINDER) == ["still bad"]
    assert heard(notices, "bad", PATIENCE + REMINDER + timedelta(hours=1)) == []
    assert heard(notices, "well", PATIENCE + REMINDER * 2) == ["well"]
    assert heard(notices, "well", REMINDER * 3) == []


def test_a_fault_that_is_gone_soon_is_not_told(notices: Notices) -> None:
    assert heard(notices, "bad", timedelta(0)) == []
    assert heard(notices, "warning", PATIENCE / 2) == []
    assert heard(notices, "bad", PATIENCE) == []
    assert heard(notices, "well", PATIENCE * 3) == []


def test_what_was_not_accepted_is_told_again(notices: Notices) -> None:
    bad = Finding(subject="job index", level="bad", sentence="why")
    notices.of(Verdict(at=NOW, findings=(bad,)))
    later = Verdict(at=NOW + PATIENCE, findings=(bad,))
    assert [notice.kind for notice in notices.of(later)] == ["bad"]
    assert [notice.kind for notice in notices.of(later)] == ["bad"]  # nobody said that it was told
