"""Labels: what a reader said of a rule and a release is kept, the last word holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.ledger.labels import Label, all_labels, label, release_of
from scheduler.ledger.ledger import Ledger
from tests.scheduler.mail.case import DESK, NOW, hit, open_state


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    _, ledger = open_state(tmp_path)
    ledger.enrol([DESK], NOW)
    return ledger


def test_the_last_word_holds_and_each_rule_has_its_own(ledger: Ledger) -> None:
    later = NOW + timedelta(hours=1)
    for one in (
        Label("r0001", "cooperation", True, NOW),
        Label("r0001", "indonesia-china", True, NOW),
        Label("r0001", "cooperation", False, later),
    ):
        label(ledger.engine, one)
    assert list(all_labels(ledger.engine)) == [
        Label("r0001", "cooperation", False, later),
        Label("r0001", "indonesia-china", True, NOW),
    ]


def test_a_hit_names_its_release(ledger: Ledger) -> None:
    ledger.record([hit(7)], NOW)
    assert release_of(ledger.engine, 1) == "r0007"
    assert release_of(ledger.engine, 2) is None
