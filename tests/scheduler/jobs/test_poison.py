"""Releases that nobody can read, index or match, among good ones: those are told within one round (issue 16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler.jobs import match as match_job
from scheduler.jobs.index import MOST_SLOW
from scheduler.language import reading_process
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.language.reading_process import GuardedReader
from scheduler.mail.coverage import coverage_line
from scheduler.mail.words import Titles, words
from scheduler.search.client import Client
from tests.conftest import CONFIG
from tests.patience import patient
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.language.test_reading_process import SECONDS, Hostile
from tests.scheduler.mail.case import DESK, SENTENCE, collect, release
from tests.scheduler.search.newsroom import count

# What a page may bring by accident or by malice; it is read or cut, and costs little.
HEAVY = {
    901: {"text": f"{SENTENCE} " + "A. B. C. D. " * 8_000},
    902: {"text": f"{SENTENCE} " + "e\u0301\u0316" * 60_000},
    903: {"title": "Kerja sama " + "A. " * 500_000},
    904: {"text": f"{SENTENCE} Senilai " + "9" * 310 + " rupiah."},
    905: {"text": f"{SENTENCE}\n" + "x\ny\n" * 30_000},
    906: {"text": f"{SENTENCE} " + "合作，" * 60_000},
}
# What nothing can be done about: reading it never ends, or kills, or the index refuses it.
POISON = {
    951: {"text": f"{SENTENCE} berputar-abadi"},
    952: {"text": f"{SENTENCE} mati-seketika"},
}


@pytest.fixture
def rounds(tmp_path: Path, elasticsearch_url: str, alias: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeRound]:
    monkeypatch.setattr(reading_process, "WALL", patient(reading_process.WALL))  # the heavy ones take some seconds
    rounds = WholeRound(tmp_path, elasticsearch_url, alias, readers=(DESK,))
    glossary = load_glossary(CONFIG / "glossary.toml")
    glossary = replace(glossary, fold=Hostile(glossary.fold), version="hostile")
    rounds.newsroom.__dict__["reader"] = GuardedReader(Reader(glossary, load_judge()), seconds=SECONDS * 3)
    yield rounds
    rounds.close()


def poison(rounds: WholeRound, kinds: dict[int, dict[str, str]]) -> list[str]:
    """Let them come in, before all that comes later; returns their ids."""
    made = [release(number, collected_at=rounds.now - timedelta(minutes=1), **facts) for number, facts in kinds.items()]
    collect(rounds.newsroom.store, *made)
    return [one.id for one in made]


@pytest.mark.slow
def test_the_good_are_indexed_and_told_within_one_round_and_the_offenders_named(
    rounds: WholeRound, es: Client, alias: str
) -> None:
    rounds.go()
    heavy, bad = poison(rounds, HEAVY), poison(rounds, POISON)
    rounds.collect(1, 2, 3)
    rounds.later(minutes=2)
    rounds.go()
    assert {url: often for url, often in rounds.told()["desk@example.org"].items() if url in rounds.collected} == (
        Counter(rounds.collected)
    )
    indexed = {hit["_id"] for hit in es.search(index=alias, size=100)["hits"]["hits"]}
    assert indexed == {"r0001", "r0002", "r0003", *heavy}
    rounds.later(minutes=2)
    rounds.go()
    found = {finding.subject: finding for finding in rounds.newsroom.verdict().findings}
    for one in bad:
        named = found[f"release {one}"]
        assert (named.level, named.remedy != "") == ("warning", True)
        assert named.sentence.count("https://komdigi.example/") == 1
    assert "was not read within" in found["release r0951"].sentence
    assert found["job index"].level == found["job match"].level == found["releases"].level == "well"
    assert found["releases"].sentence == "all others are indexed and looked through"
    assert "index" not in found
    assert "2 releases could not be looked through" in coverage_line(rounds.newsroom.coverage(), words("en"), Titles())
    rounds.later(minutes=40)
    rounds.go()
    assert {f"release {one}" for one in bad} <= rounds.operator_knows()


def test_what_cannot_be_read_is_shown_without_its_marks(rounds: WholeRound) -> None:
    [one] = poison(rounds, {952: POISON[952]})
    for _ in range(2):  # at the second look it is known for that, and not read again
        shown = rounds.newsroom.backend.reading(one)
        assert shown is not None
        assert shown.marks.concepts == ()
        rounds.newsroom.index()


@pytest.mark.slow
def test_what_is_set_aside_is_asked_again_more_and_more_seldom_and_at_once_when_it_was_edited(
    rounds: WholeRound,
) -> None:
    store = rounds.newsroom.store
    [one] = poison(rounds, {952: POISON[952]})
    tries = []
    for _ in range(24 * 6):
        before = store.aside(1)[1]
        rounds.newsroom.index()
        if store.aside(1)[1] != before:
            tries.append(rounds.now)
        rounds.later(minutes=10)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == sorted(waits)
    assert 3 <= len(tries) <= 6, "some tries in a day, and not one a round"
    collect(store, release(952, text="Sembuh.", collected_at=rounds.now))
    assert rounds.newsroom.index().indexed == 1
    assert store.aside(1) == (0, [])
    assert one in store.releases([one])


@pytest.mark.slow
def test_one_source_of_endless_releases_does_not_take_the_time_of_the_others(
    rounds: WholeRound, es: Client, alias: str
) -> None:
    reader = rounds.newsroom.__dict__["reader"]
    rounds.newsroom.__dict__["reader"] = GuardedReader(Reader(reader.glossary, reader.judge), seconds=SECONDS)
    poison(rounds, {n: {"text": "berputar-abadi", "source": "gxzf"} for n in range(900, 910)})
    rounds.collect(1, 2)
    tally = rounds.newsroom.index()
    assert tally.indexed == 2
    assert len(tally.rejected) == MOST_SLOW
    rounds.later(minutes=2)
    assert len(rounds.newsroom.index().rejected) == MOST_SLOW
    assert count(es, alias) == 2


@pytest.mark.slow
def test_a_release_that_cannot_be_matched_keeps_no_other_from_its_readers(
    rounds: WholeRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.go()
    real = match_job.explained

    def broken(matcher: object, reading: object, one: object, rule: object) -> object:
        if one.release.id == "r0002":  # type: ignore[attr-defined]
            raise OverflowError("too large")
        return real(matcher, reading, one, rule)  # type: ignore[arg-type]

    monkeypatch.setattr(match_job, "explained", broken)
    rounds.collect(1, 2, 3)
    for _ in range(2):
        rounds.later(minutes=2)
        rounds.newsroom.index()
        rounds.newsroom.match()
        rounds.newsroom.deliver()
    told = set(rounds.told()["desk@example.org"])
    assert told == {url for url in rounds.collected if not url.endswith("/2")}
    named = {finding.subject: finding for finding in rounds.newsroom.verdict().findings}["release r0002"]
    assert "cannot be matched: too large" in named.sentence
    monkeypatch.setattr(match_job, "explained", real)
    rounds.later(hours=1)
    rounds.go()
    rounds.assert_complete()
