"""The disk of Elasticsearch is full: a node of the test's own, since the flood stage closes all indexes of a node."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.node.node import Node
from tests.scheduler.jobs.whole_round import WholeRound
from tests.workplace import wait_for

pytestmark = pytest.mark.chaos


def test_the_flood_stage_of_its_disk_is_named_and_all_goes_on_when_there_is_room_again(
    tmp_path: Path, node: Node
) -> None:
    index = "pantau-flood"
    rounds = WholeRound(tmp_path, node.url, index)
    es = rounds.newsroom.client
    rounds.collect(1)
    rounds.go()
    stages = [f"cluster.routing.allocation.disk.watermark.{stage}" for stage in ("low", "high", "flood_stage")]
    full: dict[str, str | bool] = dict.fromkeys(stages, "0.1%")  # more than so much is used on any disk
    full |= {f"{stage}.max_headroom": "100tb" for stage in stages}
    full |= {"cluster.routing.allocation.disk.threshold_enabled": True, "cluster.info.update.interval": "10s"}

    def is_blocked() -> bool:
        return any(fact["settings"] for fact in es.indices.get_settings(index=index, name="index.blocks.*").values())

    try:
        es.cluster.put_settings(persistent=full)
        wait_for(is_blocked, seconds=60)
        rounds.collect(2, 3)
        rounds.later(minutes=2)
        trouble = rounds.try_to_go()
        assert trouble is not None
        assert "takes no writes; usually its disk is full: free some space" in trouble
        assert rounds.levels()["job index"] == "bad"
    finally:
        es.cluster.put_settings(persistent=dict.fromkeys(full, None))
    wait_for(lambda: not is_blocked(), seconds=90)
    rounds.go()
    rounds.assert_complete()
