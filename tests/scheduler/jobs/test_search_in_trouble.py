"""Elasticsearch down, slow, busy, read-only, wrongly set up: whole rounds in which nothing is lost or told twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.search import indexing
from scheduler.search.client import Client
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.search.proxy import Proxy, proxy
from tests.workplace import wait_for

FAULTS = {
    "it is down": ("cut", "", 0),
    "it hangs": ("slow", "", 1.5),
    "writing hangs": ("slow", "/_bulk", 1.5),
    "it answers 429 to writes": ("429", "/_bulk", 0),
    "it answers 429 to everything": ("429", "", 0),
    "it answers 503 to searches": ("503", "/_msearch", 0),
    "it stores and the answer is lost": ("lost answer", "/_bulk", 0),
    "it searches and the answer is lost": ("lost answer", "/_msearch", 0),
}


@pytest.fixture
def way(elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr(indexing, "ATTEMPTS", 3)  # half a minute of patience is more than these tests have
    with proxy(elasticsearch_url) as way:
        yield way


@pytest.fixture
def rounds(tmp_path: Path, way: Proxy, alias: str) -> Iterator[WholeRound]:
    rounds = WholeRound(tmp_path, way.url, alias, timeout=0.5)
    yield rounds
    way.mend()
    rounds.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_comes_in_while_it_is_in_trouble_is_told_once_when_it_is_well_again(
    rounds: WholeRound, way: Proxy, fault: str
) -> None:
    rounds.collect(1, 2)
    rounds.go()
    kind, where, seconds = FAULTS[fault]
    way.break_(kind, where, seconds=seconds)
    for number in (3, 4):
        rounds.collect(number)
        rounds.later(minutes=2)
        assert rounds.try_to_go() is not None, "the operator would not hear of it"
    assert way.refused > 0
    levels = rounds.levels()
    assert "bad" in (levels["job index"], levels["job match"]), levels
    way.mend()
    rounds.later(minutes=2)
    rounds.go()
    rounds.is_complete()
    levels = rounds.levels()
    assert {levels["job index"], levels["job match"], levels["elasticsearch"]} == {"well"}


@pytest.mark.parametrize("where", ["/_bulk", "/_msearch", ""])
def test_a_moment_of_429_is_waited_out_within_the_round(rounds: WholeRound, way: Proxy, where: str) -> None:
    rounds.collect(1, 2)
    way.break_("429", where, times=2)
    rounds.go()
    assert way.refused == 2
    rounds.is_complete()


def test_the_flood_stage_of_its_disk_is_named_and_all_goes_on_when_there_is_room_again(
    rounds: WholeRound, es: Client, alias: str
) -> None:
    rounds.collect(1)
    rounds.go()
    stages = [f"cluster.routing.allocation.disk.watermark.{stage}" for stage in ("low", "high", "flood_stage")]
    full: dict[str, str | bool] = dict.fromkeys(stages, "0.1%")  # more than so much is used on any disk
    full |= {f"{stage}.max_headroom": "100tb" for stage in stages}
    full |= {"cluster.routing.allocation.disk.threshold_enabled": True, "cluster.info.update.interval": "10s"}

    def is_blocked() -> bool:
        return any(fact["settings"] for fact in es.indices.get_settings(index=alias, name="index.blocks.*").values())

    try:
        es.cluster.put_settings(persistent=full)
        wait_for(is_blocked, seconds=60)
        rounds.collect(2, 3)
        rounds.later(minutes=2)
        trouble = rounds.try_to_go()
        assert trouble is not None
        assert "takes no writes; as a rule its disk is full: free some space" in trouble
        assert rounds.levels()["job index"] == "bad"
    finally:
        es.cluster.put_settings(persistent=dict.fromkeys(full, None))
    wait_for(lambda: not is_blocked(), seconds=90)
    rounds.go()
    rounds.is_complete()


@pytest.mark.parametrize("block", ["read_only", "write"])
def test_an_index_made_read_only_by_hand_says_so_and_takes_up_again(
    rounds: WholeRound, es: Client, alias: str, block: str
) -> None:
    rounds.collect(1)
    rounds.go()
    es.indices.put_settings(index=alias, settings={f"index.blocks.{block}": True})
    rounds.collect(2, 3)
    rounds.later(minutes=2)
    trouble = rounds.try_to_go()
    assert trouble is not None
    assert "takes no writes; as a rule its disk is full" in trouble
    assert rounds.levels()["job index"] == "bad"
    es.indices.put_settings(index=alias, settings={f"index.blocks.{block}": None})
    rounds.go()
    rounds.is_complete()


def test_an_index_with_another_mapping_is_replaced_by_one_with_ours(rounds: WholeRound, es: Client, alias: str) -> None:
    es.indices.create(index=f"{alias}-000001", mappings={"properties": {"title": {"type": "integer"}}})
    es.indices.put_alias(index=f"{alias}-000001", name=alias)
    rounds.collect(1, 2)
    rounds.go()
    rounds.is_complete()


def test_an_index_in_the_place_of_the_alias_is_named_and_left_alone(rounds: WholeRound, es: Client, alias: str) -> None:
    es.index(index=alias, document={"mine": 1}, refresh=True)
    rounds.collect(1)
    trouble = rounds.try_to_go()
    assert trouble is not None
    assert "an index of its own, not an alias; delete it, or set elasticsearch.index" in trouble
    assert es.count(index=alias)["count"] == 1
    es.indices.delete(index=alias)
    rounds.go()
    rounds.is_complete()
