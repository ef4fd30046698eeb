"""What is said of a source is said in the reader's language, whatever it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.source import Source
from crawler.store import Run
from crawler.verdict import Verdict
from scheduler.health.baseline import Silence, Week
from scheduler.health.finding import Finding
from scheduler.health.verdict import judge_source
from scheduler.web.render import Renderer
from tests.scheduler.web.content import sources
from tests.scheduler.web.room import Room

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
SOURCE: Source = sources()["komdigi"]


def run(verdict: Verdict, minutes: int = 5, **report: float) -> Run:
    at = NOW - timedelta(minutes=minutes)
    return Run(id=f"{minutes}", source="komdigi", started_at=at, finished_at=at, verdict=verdict, report=report)


def timed(seconds: float, minutes: int) -> Run:
    return run(Verdict.OK, minutes, seconds=seconds, requests=5)


def weighing(megabytes: float, minutes: int) -> Run:
    return run(Verdict.OK, minutes, unpacked=megabytes * 1024**2)


def findings() -> dict[str, Finding]:
    """One of each kind that `judge_source` can come to."""
    well = [run(Verdict.QUIET)]
    found = {f"crawl {verdict}": judge_source(SOURCE, [run(verdict)], None, NOW) for verdict in Verdict}
    return found | {
        "unread": judge_source(SOURCE, [], None, NOW),
        "ahead": judge_source(SOURCE, [run(Verdict.OK, -60)], None, NOW),
        "late": judge_source(SOURCE, [run(Verdict.OK, 60 * 24 * 3)], None, NOW),
        "silent": judge_source(SOURCE, well, Silence(working_days=5, usual=2.5), NOW),
        "few": judge_source(SOURCE, well, None, NOW, week=Week(count=2, usual=1200)),
        "slow": judge_source(SOURCE, [timed(300, 5), *(timed(10, 30 + back) for back in range(5))], None, NOW),
        "heavy": judge_source(SOURCE, [weighing(400, 5), *(weighing(2, 30 + back) for back in range(5))], None, NOW),
    }


@pytest.mark.parametrize("language", ["en", "id", "zh"])
def test_each_finding_on_a_source_has_its_words_in_each_language(room: Room, language: str) -> None:
    tongues = Renderer(room.backend).tongues
    told = {name: tongues[language].said(finding.said) for name, finding in findings().items()}
    assert len(set(told.values())) == len(told)
    english = {name: tongues["en"].said(finding.said) for name, finding in findings().items()}
    assert all((told[name] == english[name]) is (language == "en") for name in told)


def test_figures_and_moments_are_written_as_the_reader_writes_them(room: Room) -> None:
    found, tongues = findings(), Renderer(room.backend).tongues
    assert tongues["id"].said(found["silent"].said) == (
        "dibaca, tidak ada yang baru (2026-03-05 14:55); "
        "tidak ada yang baru selama 5 hari kerja; biasanya 2,5 siaran per hari"
    )
    assert tongues["zh"].said(found["few"].said).endswith("；七天内只有2篇；通常为1,200篇")
    assert tongues["id"].said(found["few"].said).endswith("2 siaran dalam tujuh hari; biasanya 1.200")


def test_no_finding_on_a_source_goes_without_its_parts() -> None:
    for name, finding in findings().items():
        assert finding.said[-1].key == name.removeprefix("crawl "), name
