"""The operator lists what readers have subscribed to themselves, and ends it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.store import Store
from scheduler.ledger.own_subscriptions import OwnSubscriptions, Pace
from scheduler.settings import load_settings
from tests.scheduler.cli.conftest import Pantau

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)
PACE = Pace(language="zh", when="weekly", at="07:00", weekday="monday", timezone="Asia/Shanghai")


def test_they_are_listed_counted_and_ended(pantau: Pantau) -> None:
    settings = load_settings()
    store = Store(settings.state_url)
    own = OwnSubscriptions(store.engine, settings.mail.takes)
    assert own.ask("Ratih@LOCALHOST", PACE, NOW, search={"words": "合作 [red]x", "topic": "ai"})
    assert own.ask("budi@localhost", PACE, NOW, rule="trade")
    assert not own.ask("budi@elsewhere.example", PACE, NOW, rule="trade")
    begun = own.next_link(NOW)
    assert begun is not None
    assert own.confirm(begun.key, NOW) is not None
    store.engine.dispose()

    told = {one["address"]: one for one in pantau("mail", "subscriptions", "--json").lines}
    assert set(told) == {"Ratih@localhost", "budi@localhost"}
    assert {one["when"] for one in told.values()} == {"weekly"}
    shown = pantau("mail", "subscriptions").out
    assert "合作 [red]x" in shown
    assert "not confirmed" in shown
    assert begun.key not in shown, "the key is the reader's"
    (finding,) = [one for one in pantau("status", "--json").lines[0]["findings"] if one["subject"] == "subscriptions"]
    assert (finding["level"], finding["sentence"]) == ("well", "1 made by readers, 1 not confirmed yet")

    assert pantau("mail", "end", begun.name).code == 0
    assert begun.address not in pantau("mail", "subscriptions").out
    assert "no reader has a subscription" in pantau("mail", "end", begun.name).refused


def test_a_switch_that_lacks_something_is_warned_of(
    pantau: Pantau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config" / "pantau.toml"
    file.write_text(file.read_text("utf-8").replace("# enabled = false", "enabled = true"), encoding="utf-8")
    warned = [one for one in pantau("check-config", "--json").lines[0]["warnings"] if "mail.subscribing" in one]
    assert len(warned) == 1
    assert warned[0].endswith("before these are set: web.public_url, PANTAU_WEB_PASSWORD")
    monkeypatch.setenv("PANTAU_WEB_PASSWORD", "rahasia-benar-42")
    url = 'public_url = "https://pantau.example.org"'
    file.write_text(file.read_text("utf-8").replace(f"# {url}", url), encoding="utf-8")
    assert "mail.subscribing" not in str(pantau("check-config", "--json").lines[0]["warnings"])
    file.write_text(file.read_text("utf-8").replace("# domains = [", 'domains = ["a b", '), encoding="utf-8")
    assert "mail.subscribing.domains" in pantau("check-config").err
