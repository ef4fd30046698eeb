"""Elasticsearch down, slow, busy, read-only, wrongly set up: whole rounds in which nothing is lost or told twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.search import bulk
from scheduler.search.client import Client
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.search.proxy import Garble, Proxy, proxy
from tests.tiers import in_chaos

FAULTS = {
    "it is down": ("cut", ""),
    "it hangs": ("hang", ""),
    "writing hangs": ("hang", "/_bulk"),
    "it answers 429 to writes": ("429", "/_bulk"),
    "it answers 429 to everything": ("429", ""),
    "it answers 503 to searches": ("503", "/_msearch"),
    "it stores and the answer is lost": ("lost answer", "/_bulk"),
    "it searches and the answer is lost": ("lost answer", "/_msearch"),
}
KINDS = ("it is down", "it stores and the answer is lost")  # one of each; chaos has all
HASTE = 1.0  # seconds; how long a server is waited for that never answers


def changed(change: Callable[[Any], object]) -> Garble:
    """The server's answer with a change; what has no place for it stays."""

    def garble(words: bytes) -> bytes:
        answer = json.loads(words)
        change(answer)
        return json.dumps(answer).encode()

    return garble


def each_hit(change: Callable[[Any], object]) -> Garble:
    return changed(lambda answer: [change(h) for r in answer["responses"] for h in r["hits"]["hits"]])


GARBLED: dict[str, tuple[Garble, str]] = {
    "writes without their outcome": (changed(lambda answer: answer.pop("items")), "/_bulk"),
    "fewer outcomes than writes": (changed(lambda answer: answer["items"].pop()), "/_bulk"),
    "outcomes of other documents": (
        changed(lambda answer: [one["index"].update(_id="another") for one in answer["items"]]), "/_bulk"
    ),
    "outcomes that are none": (changed(lambda answer: answer.update(items=[5] * len(answer["items"]))), "/_bulk"),
    "outcomes of another kind": (
        changed(lambda answer: answer.update(items=[{"create": one["index"]} for one in answer["items"]])), "/_bulk"
    ),
    "a status that is no number": (
        changed(lambda answer: [one["index"].update(status="201") for one in answer["items"]]), "/_bulk"
    ),
    "searches without their answers": (changed(lambda answer: answer.pop("responses")), "/_msearch"),
    "fewer answers than searches": (changed(lambda answer: answer["responses"].pop()), "/_msearch"),
    "answers that found nothing, not even nothing": (
        changed(lambda answer: answer.update(responses=[{}] * len(answer["responses"]))), "/_msearch"
    ),
    "hits without a document": (each_hit(lambda hit: hit.pop("_id")), "/_msearch"),
    "hits of other releases": (each_hit(lambda hit: hit.update(_id="another")), "/_msearch"),
    "no JSON": (lambda _: b"<html><h1>504 Gateway Time-out</h1></html>", ""),
    "half of the JSON": (lambda words: words[: len(words) // 2], ""),
    "half of the outcomes": (lambda words: words[: len(words) // 2], "/_bulk"),
    "nothing": (lambda _: b"", ""),
    "a list": (lambda _: b"[]", ""),
    "an object of nothing": (lambda _: b"{}", "/_bulk"),
    "levels without end": (lambda _: b"[" * 100_000, ""),
}  # fmt: skip
GARBLED_KINDS = ("fewer outcomes than writes", "hits of other releases", "no JSON")


@pytest.fixture
def way(elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr(bulk, "ATTEMPTS", 3)  # half a minute of patience is more than these tests have
    with proxy(elasticsearch_url) as way:
        yield way


@pytest.fixture
def rounds(tmp_path: Path, way: Proxy, alias: str) -> Iterator[WholeRound]:
    rounds = WholeRound(tmp_path, way.url, alias)
    yield rounds
    way.mend()
    rounds.close()


@pytest.mark.sample(1)
@pytest.mark.parametrize("fault", [*KINDS, *in_chaos(*(one for one in FAULTS if one not in KINDS))])
def test_what_comes_in_while_it_is_in_trouble_is_told_once_when_it_is_well_again(
    rounds: WholeRound, way: Proxy, fault: str
) -> None:
    rounds.collect(1, 2)
    rounds.go()
    kind, where = FAULTS[fault]
    way.break_(kind, where)
    if kind == "hang":
        rounds.give_up_after(HASTE)
    for number in (3, 4):
        rounds.collect(number)
        rounds.later(minutes=2)
        assert rounds.try_to_go() is not None, "the operator would not hear of it"
    assert way.refused > 0
    levels = rounds.levels()
    assert "bad" in (levels["job index"], levels["job match"]), levels
    way.mend()
    rounds.reopen()
    rounds.later(minutes=2)
    rounds.go()
    rounds.assert_complete()
    levels = rounds.levels()
    assert {levels["job index"], levels["job match"], levels["elasticsearch"]} == {"well"}


@pytest.mark.sample(1)
@pytest.mark.parametrize("garbled", [*GARBLED_KINDS, *in_chaos(*(one for one in GARBLED if one not in GARBLED_KINDS))])
def test_what_is_no_answer_of_elasticsearch_is_one_sentence_and_nothing_is_lost_by_it(
    rounds: WholeRound, way: Proxy, garbled: str
) -> None:
    rounds.collect(1, 2)
    rounds.go()
    way.break_(*GARBLED[garbled])
    for number in (3, 4):
        rounds.collect(number)
        rounds.later(minutes=2)
        trouble = rounds.try_to_go()
        assert trouble is not None, "the operator would not hear of it"
        assert f"what {way.url} answers to " in trouble
        assert "\n" not in trouble
    assert way.refused > 0
    levels = rounds.levels()
    assert "bad" in (levels["job index"], levels["job match"]), levels
    way.mend()
    rounds.later(minutes=2)
    rounds.go()
    rounds.assert_complete()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["", *in_chaos("/_bulk", "/_msearch")])
def test_a_moment_of_429_is_waited_out_within_the_round(rounds: WholeRound, way: Proxy, where: str) -> None:
    rounds.collect(1, 2)
    way.break_("429", where, times=2)
    rounds.go()
    assert way.refused == 2
    rounds.assert_complete()


# The first one is what the server sets itself when its disk is full.
@pytest.mark.slow
@pytest.mark.parametrize("block", ["read_only_allow_delete", *in_chaos("read_only", "write")])
def test_an_index_that_takes_no_writes_says_so_and_takes_up_again(
    rounds: WholeRound, es: Client, alias: str, block: str
) -> None:
    rounds.collect(1)
    rounds.go()
    es.indices.put_settings(index=alias, settings={f"index.blocks.{block}": True})
    rounds.collect(2, 3)
    rounds.later(minutes=2)
    trouble = rounds.try_to_go()
    assert trouble is not None
    assert "takes no writes; usually its disk is full" in trouble
    assert rounds.levels()["job index"] == "bad"
    es.indices.put_settings(index=alias, settings={f"index.blocks.{block}": None})
    rounds.go()
    rounds.assert_complete()


@pytest.mark.slow
def test_an_index_with_another_mapping_is_replaced_by_one_with_ours(rounds: WholeRound, es: Client, alias: str) -> None:
    es.indices.create(index=f"{alias}-000001", mappings={"properties": {"title": {"type": "integer"}}})
    es.indices.put_alias(index=f"{alias}-000001", name=alias)
    rounds.collect(1, 2)
    rounds.go()
    rounds.assert_complete()


@pytest.mark.slow
def test_an_index_in_the_place_of_the_alias_is_named_and_left_alone(rounds: WholeRound, es: Client, alias: str) -> None:
    es.index(index=alias, document={"mine": 1}, refresh=True)
    rounds.collect(1)
    trouble = rounds.try_to_go()
    assert trouble is not None
    assert "an index of its own, not an alias; delete it, or set elasticsearch.index" in trouble
    assert es.count(index=alias)["count"] == 1
    es.indices.delete(index=alias)
    rounds.go()
    rounds.assert_complete()
