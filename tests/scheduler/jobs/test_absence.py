"""Absence alerts: told once when nothing was heard for the days that a source or rule names, and once at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from crawler.store import Page
from scheduler.health import Verdict
from scheduler.health.notices import PATIENCE, REMINDER, Notices
from scheduler.jobs.absence import absence_findings
from scheduler.rules.rule import Example, Rule
from tests.scheduler.health.test_verdict import source
from tests.scheduler.mail.case import NOW, hit, open_state, release

DAY = timedelta(days=1)
EXAMPLE = Example(title="Judul", text="Isi.")
PAIR = Rule(id="indonesia-guangxi", title="Guangxi", silent_days=30, must_match=(EXAMPLE,), must_not_match=(EXAMPLE,))


class Watching:
    """Looks for absences at moments of a test, and says what the operator is told."""

    def __init__(self, folder: Path, silent_days: int | None = 14, rule: Rule = PAIR) -> None:
        self.store, self.ledger = open_state(folder)
        self.notices = Notices(self.store.engine)
        self.sources = [source(silent_days=silent_days)]
        self.rules = [rule]

    def heard(self, at: datetime) -> list[str]:
        told = []
        for moment in (at, at + PATIENCE):
            found = tuple(absence_findings(self.sources, self.rules, self.store, self.ledger, moment))
            news = self.notices.of(Verdict(at=moment, findings=found))
            self.notices.told(news, moment)
            told += [f"{one.kind}: {one.finding.subject}" for one in news]
        return told

    def collect(self, number: int, at: datetime) -> None:
        one = replace(release(number), source="situs", collected_at=at)
        page = Page(key=one.key, url=one.url, source="situs", kind=one.kind, fetched_at=at)
        self.store.collect(one, page)


def test_a_silence_is_told_once_and_its_end_once(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    watching.collect(1, NOW)
    watching.ledger.record([replace(hit(1, "indonesia-guangxi"), matched_at=NOW)], NOW)
    assert watching.heard(NOW + 13 * DAY) == []
    assert watching.heard(NOW + 14 * DAY) == ["bad: silence of source situs"]
    assert watching.heard(NOW + 14 * DAY + REMINDER * 2) == [], "no reminder"
    assert watching.heard(NOW + 30 * DAY) == ["bad: silence of rule indonesia-guangxi"]
    watching.collect(2, NOW + 40 * DAY)
    watching.ledger.record([replace(hit(2, "indonesia-guangxi"), matched_at=NOW + 40 * DAY)], NOW + 40 * DAY)
    ends = ["well: silence of source situs", "well: silence of rule indonesia-guangxi"]
    assert sorted(watching.heard(NOW + 40 * DAY)) == sorted(ends)
    assert watching.heard(NOW + 41 * DAY) == []


def test_where_nothing_was_ever_heard_the_days_count_from_the_first_look(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    assert watching.heard(NOW) == []
    assert watching.heard(NOW + 13 * DAY) == []
    assert watching.heard(NOW + 14 * DAY) == ["bad: silence of source situs"]


def test_who_names_no_days_and_a_draft_are_not_watched(tmp_path: Path) -> None:
    watching = Watching(tmp_path, silent_days=None, rule=PAIR.model_copy(update={"draft": True}))
    assert list(absence_findings(watching.sources, watching.rules, watching.store, watching.ledger, NOW)) == []


def test_a_weak_hit_ends_no_silence(tmp_path: Path) -> None:
    watching = Watching(tmp_path, silent_days=None)
    watching.heard(NOW)
    weak = replace(hit(1, "indonesia-guangxi", level="possible"), matched_at=NOW + 29 * DAY)
    watching.ledger.record([weak], NOW + 29 * DAY)
    assert watching.heard(NOW + 30 * DAY) == ["bad: silence of rule indonesia-guangxi"]
