"""The rules on the real engine: their examples, the labelled releases, and what stands near what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.rules.explanation import why
from scheduler.rules.matching import examples_hold, match
from scheduler.rules.rule import Rule, load_rule
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.document import Marks, document
from scheduler.search.index import temporary
from tests.conftest import CONFIG

LABELLED = Path(__file__).with_name("examples.jsonl")
RULES = {
    "cooperation": "cooperation", "indonesia-guangxi": "indonesia_guangxi", "indonesia-china": "indonesia_china",
}  # fmt: skip
WANTED = {"cooperation": 0.92, "indonesia-guangxi": 0.95, "indonesia-china": 0.92}


def release(fields: dict[str, Any]) -> Release:
    day = date.fromisoformat(fields["published"])
    return Release(
        id=fields["id"],
        key=fields["id"],
        url=f"https://example.org/{fields['id']}",
        source=fields["source"],
        kind=Kind.ARTICLE,
        title=fields["title"],
        text=fields["text"],
        lang=fields["lang"],
        published=datetime.combine(day, time(), UTC),
        precision=Precision.DAY,
        date_source=None,
        date_conflict=None,
        number=None,
        canonical=None,
        attachments=(),
        collected_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def labelled() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def reader(glossary: Glossary) -> Reader:
    return Reader(glossary, load_judge())


@pytest.fixture(scope="module")
def indexed(es: Client, reader: Reader) -> Iterator[str]:
    """An index with the labelled releases."""
    with temporary(es, reader.glossary.synonyms(), CONFIG / "elasticsearch") as alias:
        rows = []
        for fields in labelled():
            one = release(fields)
            stored = StoredRelease(release=one, revision=1, withdrawn_at=None)
            rows.append((one.id, 1, document(stored, reader.marks(stored))))
        index_documents(es, alias, rows)
        yield alias


def test_every_example_of_the_shipped_rules_holds(es: Client, rules: tuple[Rule, ...], reader: Reader) -> None:
    assert examples_hold(es, rules, reader, CONFIG / "elasticsearch") == []


def test_an_example_that_does_not_hold_is_named(es: Client, rules: tuple[Rule, ...], reader: Reader) -> None:
    rule = next(rule for rule in rules if rule.id == "energy")
    turned = rule.model_copy(update={"must_match": rule.must_not_match, "must_not_match": rule.must_match})

    complaints = examples_hold(es, [turned], reader, CONFIG / "elasticsearch")

    assert len(complaints) == len(rule.must_match) + len(rule.must_not_match)
    assert all(complaint.startswith("energy.toml: must_") for complaint in complaints)


def test_a_rule_that_matches_everything_is_found_out_by_the_engine(es: Client, reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "sly.toml").write_text(
        'title = "Sly"\nall = [{ query = { exists = { field = "title" } } }]\n'
        '[[must_match]]\ntitle = "A"\ntext = "B"\n[[must_not_match]]\ntitle = "C"\ntext = "D"\n',
        encoding="utf-8",
    )

    rule = load_rule(tmp_path / "sly.toml", reader.glossary)
    complaints = examples_hold(es, [rule], reader, CONFIG / "elasticsearch")

    assert "sly.toml: it matches releases about nothing" in complaints


def test_labelled_releases_raise_the_right_rules_at_least_likely(
    es: Client, indexed: str, reader: Reader, rules: tuple[Rule, ...]
) -> None:
    by_id = {rule.id: rule for rule in rules}
    live = {fields["id"]: fields for fields in labelled() if fields["labels"]["stage"] != "ended"}
    raised = match(es, indexed, rules, list(live))

    for rule, label in RULES.items():
        true = {name for name, fields in live.items() if fields["labels"][label]}
        hits = [name for name, ids in raised.items() if rule in ids]
        said = {name for name in hits if by_id[rule].strength(_marks(reader, live[name]))[1] != "possible"}
        print(f"{rule}: missed {sorted(true - said)}, false {sorted(said - true)}")
        assert len(true & said) / len(said) >= WANTED[rule]
        assert len(true & said) / len(true) >= WANTED[rule]


def _marks(reader: Reader, fields: dict[str, Any]) -> Marks:
    return reader.marks(StoredRelease(release=release(fields), revision=1, withdrawn_at=None))


def test_what_is_over_raises_its_own_rule_and_that_of_its_pair(
    es: Client, indexed: str, rules: tuple[Rule, ...]
) -> None:
    over = [fields["id"] for fields in labelled() if fields["labels"]["stage"] == "ended"]

    raised = match(es, indexed, rules, over)

    told = [set(raised[release_id]) for release_id in over if release_id in raised]
    assert len(told) >= 0.9 * len(over)
    assert all("cooperation-ended" in rules and "cooperation" not in rules for rules in told)
    assert any("indonesia-guangxi" in rules for rules in told)


def test_matching_sees_only_the_ids_it_is_given(es: Client, indexed: str, rules: tuple[Rule, ...]) -> None:
    assert match(es, indexed, rules, []) == {}
    assert set(match(es, indexed, rules, ["b-001"])) == {"b-001"}


NEAR = [
    ("Satu kalimat: Komdigi di Nanning membahas AI.", {"sentence", "paragraph"}),
    ("Komdigi di Nanning. Rapat membahas AI.", {"paragraph"}),
    ("Komdigi di Nanning.\nRapat membahas AI.", set()),
]


@pytest.mark.parametrize(("text", "found"), NEAR)
def test_concepts_are_near_within_a_sentence_or_a_paragraph(
    es: Client, glossary: Glossary, reader: Reader, tmp_path: Path, text: str, found: set[str]
) -> None:
    near = []
    for within in ("sentence", "paragraph"):
        path = tmp_path / f"{within}.toml"
        path.write_text(
            f'title = "Near"\nall = [{{ near = {{ concepts = ["nanning", "ai"], within = "{within}" }} }}]\n'
            '[[must_match]]\ntitle = "A"\ntext = "B"\n[[must_not_match]]\ntitle = "C"\ntext = "D"\n',
            encoding="utf-8",
        )
        near.append(load_rule(path, glossary))
    fields = {"id": "x", "title": "Judul", "text": text, "lang": "id", "source": "komdigi", "published": "2025-01-01"}
    one = release(fields)
    with temporary(es, reader.glossary.synonyms(), CONFIG / "elasticsearch") as alias:
        stored = StoredRelease(release=one, revision=1, withdrawn_at=None)
        index_documents(es, alias, [("x", 1, document(stored, reader.marks(stored)))])

        assert set(match(es, alias, near, ["x"]).get("x", [])) == found


@pytest.mark.parametrize(("within", "hit"), [(0, False), (2, True)])
def test_words_are_near_within_a_number_of_words(
    es: Client, indexed: str, glossary: Glossary, tmp_path: Path, within: int, hit: bool
) -> None:
    path = tmp_path / "words.toml"
    path.write_text(
        f'title = "Words"\nall = [{{ near = {{ words = ["radio 5G", "Kalimantan Timur"], within = {within} }} }}]\n'
        '[[must_match]]\ntitle = "A"\ntext = "B"\n[[must_not_match]]\ntitle = "C"\ntext = "D"\n',
        encoding="utf-8",
    )

    raised = match(es, indexed, [load_rule(path, glossary)], ["b-004"])

    assert raised == ({"b-004": ["words"]} if hit else {})


def test_why_gives_the_sentences_with_the_words_that_made_a_rule_fire(
    glossary: Glossary, reader: Reader, rules: tuple[Rule, ...]
) -> None:
    by_id = {rule.id: rule for rule in rules}
    one = release(next(fields for fields in labelled() if fields["id"] == "b-001"))

    told = why(glossary, reader.read(one), by_id["indonesia-guangxi"])

    words = {t["sentence"][start:end] for t in told for start, end in t["spans"]}
    assert {
        "membubuhkan tanda tangan",
        "Guangxi",
    } <= words  # the whole name of the academy would be a third of the title
    assert "tanda tangan" in told[0]["sentence"]
    assert all(len(t["spans"]) <= 4 for t in told)
    assert all(t["sentence"] in f"{one.title}\n{one.text}" and t["spans"] for t in told)
    assert 0 < len(told) <= 3


def test_no_more_than_a_third_of_a_sentence_is_marked(
    glossary: Glossary, reader: Reader, rules: tuple[Rule, ...]
) -> None:
    seen = 0
    for fields in labelled():
        reading = reader.read(release(fields))
        for rule in rules:
            for told in why(glossary, reading, rule):
                spans = told["spans"]
                marked = sum(end - start for start, end in spans)
                assert len(spans) == 1 or marked <= len(told["sentence"]) / 3, told
                assert spans == sorted(spans)
                assert all(one[1] <= other[0] for one, other in pairwise(spans)), told
                seen += len(spans) > 1
    assert seen > 100  # so the limit was put to the test


def test_why_of_an_ended_cooperation_shows_the_ending(
    glossary: Glossary, reader: Reader, rules: tuple[Rule, ...]
) -> None:
    rule = next(rule for rule in rules if rule.id == "cooperation-ended")
    one = release(next(fields for fields in labelled() if fields["id"] == "b-013"))

    told = why(glossary, reader.read(one), rule)

    words = {t["sentence"][start:end] for t in told for start, end in t["spans"]}
    assert "mengakhiri" in words
