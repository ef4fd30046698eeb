"""Many rules over one batch."""

from __future__ import annotations

import pytest

from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, SearchError
from scheduler.search.index import setup
from scheduler.search.queries import run_rules
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import SYNONYMS, document, rows

COOPERATION = {"match_phrase": {"text": "合作"}}
EVERYTHING = {"match_all": {}}


@pytest.fixture
def newsroom(es: Client, alias: str) -> str:
    setup(es, alias, SYNONYMS, CONFIG / "elasticsearch")
    index_documents(es, alias, rows())
    return alias


def test_rules_see_only_the_ids_of_the_batch(es: Client, newsroom: str) -> None:
    matched = run_rules(es, newsroom, {"coop": COOPERATION, "all": EVERYTHING}, ["ai-zh", "tour-zh", "not-there"])

    assert matched == {"ai-zh": ["coop", "all"], "tour-zh": ["all"]}


@pytest.mark.slow
def test_more_rules_and_ids_than_fit_in_one_request(es: Client, newsroom: str) -> None:
    many = [(f"m{number}", 1, document(f"m{number}", "id", "Judul", "Isi.")) for number in range(1100)]
    index_documents(es, newsroom, many)

    matched = run_rules(es, newsroom, {f"r{number}": EVERYTHING for number in range(130)}, [one[0] for one in many])

    assert len(matched) == 1100
    assert {len(rules) for rules in matched.values()} == {130}


def test_nothing_to_do_is_nothing(es: Client, newsroom: str) -> None:
    assert run_rules(es, newsroom, {}, ["ai-zh"]) == {}
    assert run_rules(es, newsroom, {"all": EVERYTHING}, []) == {}


def test_a_rule_that_cannot_run_is_named_and_does_not_pass_for_one_without_hits(es: Client, newsroom: str) -> None:
    broken = {"range": {"published": {"gte": "not a day"}}}

    with pytest.raises(SearchError, match="rule broken"):
        run_rules(es, newsroom, {"all": EVERYTHING, "broken": broken}, ["ai-zh"])
