"""The evidence that is shown is what decided: it adds up to the probability, the strongest comes first."""

from __future__ import annotations

import math

import pytest

from scheduler.language import weighed_evidence as room
from scheduler.language.glossary import Glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader, Reading
from scheduler.language.weighed_evidence import explained
from tests.scheduler.mail.case import release

TITLE = "Komdigi dan Pemerintah Guangxi Teken Nota Kesepahaman"
TEXT = "Komdigi dan pemerintah Guangxi menandatangani nota kesepahaman tentang pusat data."


@pytest.fixture(scope="module")
def reader(glossary: Glossary) -> Reader:
    return Reader(glossary, load_judge())


def reading(reader: Reader, title: str = TITLE, text: str = TEXT) -> Reading:
    return reader.read(release(title=title, text=text, source="komdigi"))


def test_each_decision_comes_with_its_evidence_the_strongest_first(reader: Reader) -> None:
    found = {one.cooperation: one for one in explained(reader.glossary, reader.judge, reading(reader))}
    assert found["any"].level == "sure"
    assert found["indonesia-guangxi"].level in ("sure", "likely")
    for name in ("any", "indonesia-guangxi"):
        adds = [abs(much) for _, much in found[name].evidence]
        assert adds == sorted(adds, reverse=True)
        assert 0 < len(adds) <= room.MOST
    assert any(name.startswith(('title: "', 'text: "')) for name, _ in found["any"].evidence)


def test_all_the_evidence_adds_up_to_the_probability(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 100_000)
    decision = reader.judge.cooperation
    (whole, *_) = explained(reader.glossary, reader.judge, reading(reader))
    total = decision.bias + math.fsum(much for _, much in whole.evidence)
    assert decision.probability(total) == pytest.approx(whole.probability, abs=0.02)


def test_the_probabilities_are_those_of_the_marks(reader: Reader) -> None:
    read = reading(reader)
    for one in explained(reader.glossary, reader.judge, read):
        if one.level:
            assert (read.marks.likelihood[one.cooperation], read.marks.levels[one.cooperation]) == (
                one.probability,
                one.level,
            )
        else:
            assert one.cooperation not in read.marks.levels


def test_an_ending_is_told_by_its_sentences(reader: Reader) -> None:
    read = reading(
        reader, "Komdigi dan Guangxi Akhiri Kerja Sama Pusat Data", "Kerja sama Komdigi dan Guangxi itu dibatalkan."
    )
    names = [one.cooperation for one in explained(reader.glossary, reader.judge, read)]
    assert "ended" in names
    assert "any" not in names


def test_what_stands_for_actors_is_said_in_words(reader: Reader) -> None:
    shown = explained(reader.glossary, reader.judge, reading(reader, text=f"Jakarta – {TEXT}"))
    names = [name for one in shown for name, _ in one.evidence]
    assert any("(a body)" in name or "(a country)" in name for name in names), names
    assert not any(word in name for name in names for word in ("ORG", "NAT", "PLC", "^")), names
