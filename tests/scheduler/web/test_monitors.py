"""What Prometheus and Grafana are told to ask for is what Pantau gives."""

from __future__ import annotations

import json
import re

import pytest

from scheduler.settings import ROOT
from scheduler.web.metrics import metrics
from tests.scheduler.web.room import Room

FIGURE = re.compile(r"\bpantau_[a-z_]+")


@pytest.mark.parametrize("name", ["prometheus/pantau.rules.yml", "grafana/pantau.json"])
def test_what_is_watched_from_outside_is_what_the_metrics_give(room: Room, name: str) -> None:
    given = {line.split()[2] for line in metrics(room.backend).decode().splitlines() if line.startswith("# TYPE")}
    text = (ROOT / "config" / "deploy" / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        text = " ".join(target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"])
    asked = set(FIGURE.findall(text))
    assert len(asked) >= 5
    assert asked - given == set()
