"""`rules backtest`: what a rule would have raised, by which words, and what a change to it alters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scheduler.cli.conftest import Pantau
from tests.scheduler.cli.test_import import CHINESE, INDONESIAN

DAYS = ("--days", "36500")


@pytest.fixture
def filled(with_engine: Pantau, tmp_path: Path) -> Pantau:
    """Two releases on one cooperation, one a language."""
    for name, body in (("padang", INDONESIAN), ("guilin", CHINESE)):
        (tmp_path / f"{name}.html").write_text(body, encoding="utf-8")
    assert with_engine("import", tmp_path / "padang.html", tmp_path / "guilin.html").code == 0
    return with_engine


def changed(tmp_path: Path, old: str, new: str) -> Path:
    rule = (tmp_path / "config" / "alerts" / "ai.toml").read_text(encoding="utf-8")
    assert old in rule
    path = tmp_path / "ai.toml"
    path.write_text(rule.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.slow
def test_it_tells_days_samples_and_the_words_that_matched(filled: Pantau) -> None:
    (facts,) = filled("rules", "backtest", "ai", *DAYS, "--json").lines
    assert (facts["rule"], facts["hits"]) == ("ai", 2)
    assert facts["per_day"] == {"2026-02-11": 1, "2026-02-12": 1}
    assert facts["words"]["kecerdasan buatan"] == 1
    assert "人工智能" in facts["samples"][0]["words"]
    shown = filled("rules", "backtest", "ai", *DAYS).out
    assert sum(facts["levels"].values()) == 2
    assert {one["level"] for one in facts["samples"]} <= {"sure", "likely", "possible"}
    assert all(0 < one["probability"] <= 1 for one in facts["samples"])
    for said in ("2026-02-11 █", "2 hits", "人工智能", f"how sure: {facts['levels']['sure']} sure, "):
        assert said in shown


@pytest.mark.slow
def test_a_changed_rule_is_compared_both_ways(filled: Pantau, tmp_path: Path) -> None:
    narrower = changed(tmp_path, "all = [", 'all = [\n  { lang = "zh" },')
    (facts,) = filled("rules", "backtest", "ai", *DAYS, "--changed", narrower, "--json").lines
    assert (facts["added"]["hits"], facts["dropped"]["hits"]) == (0, 1)
    assert facts["dropped"]["samples"][0]["title"].startswith("Padang")
    assert "the change would drop 1" in filled("rules", "backtest", "ai", *DAYS, "--changed", narrower).out

    other = changed(tmp_path, '"ai"', '"health"')
    (facts,) = filled("rules", "backtest", "ai", *DAYS, "--changed", other, "--json").lines
    assert (facts["added"]["hits"], facts["dropped"]["hits"]) == (0, 2)
    (facts,) = filled(
        "rules", "backtest", "health", *DAYS, "--changed", tmp_path / "config/alerts/ai.toml", "--json"
    ).lines
    assert (facts["hits"], facts["added"]["hits"], facts["dropped"]["hits"]) == (0, 2, 0)


def test_a_changed_rule_that_is_none_is_refused(pantau: Pantau, tmp_path: Path) -> None:
    path = tmp_path / "ai.toml"
    path.write_text("title = 1", encoding="utf-8")
    done = pantau("rules", "backtest", "ai", "--changed", path)
    assert (done.code, done.out) == (2, "")
    assert str(path) in done.err
    assert "Traceback" not in done.err
