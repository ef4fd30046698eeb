"""`rules`: a new one is a draft, and readers' verdicts are kept and written for the training."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.cli.live_or_demo import load_settings
from scheduler.newsroom import Newsroom
from scheduler.rules.rule_draft import draft
from tests.scheduler.cli.conftest import Pantau
from tests.scheduler.cli.test_import import INDONESIAN


def test_a_new_rule_is_a_draft_that_loads_and_raises_nothing(pantau: Pantau, tmp_path: Path) -> None:
    done = pantau("rules", "new", "my-health", "--like", "health")
    path = tmp_path / "config" / "alerts" / "my-health.toml"
    assert (done.code, str(path) in done.out, "draft = true" in done.out) == (0, True, True)
    listed = {one["id"]: one for one in pantau("rules", "list", "--json").lines}
    assert listed["my-health"]["draft"]
    assert listed["my-health"]["title"] == f"Draft of {listed['health']['title']}"
    assert not listed["health"]["draft"]

    def raising() -> set[str]:
        return {rule.id for rule in Newsroom(load_settings()).matcher.rules}

    assert "my-health" not in raising()
    assert "health" in raising()
    path.write_text(path.read_text(encoding="utf-8").replace("draft = true\n", ""), encoding="utf-8")
    assert "my-health" in raising()


def test_a_draft_of_a_draft_is_one_draft(pantau: Pantau, tmp_path: Path) -> None:
    for name, like in (("first-one", "health"), ("second-one", "first-one")):
        assert pantau("rules", "new", name, "--like", like, "--json").lines[0]["rule"] == name
    text = (tmp_path / "config" / "alerts" / "second-one.toml").read_text(encoding="utf-8")
    assert text.count("\ndraft = true") == 1
    assert "copied from first-one" in text


@pytest.mark.parametrize(
    ("name", "like", "said"),
    [
        ("health", "trade", "already"),
        ("New Rule", "trade", "a-z"),
        ("../evil", "trade", "a-z"),
        ("newer", "no-such-rule", "rules list"),
    ],
)
def test_a_draft_never_overwrites_and_says_what_is_wrong(pantau: Pantau, name: str, like: str, said: str) -> None:
    assert said in pantau("rules", "new", name, "--like", like).refused


def test_a_rule_outside_the_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        draft("mine", "nowhere", tmp_path)


def test_verdicts_are_kept_and_written_for_the_training(with_engine: Pantau, tmp_path: Path) -> None:
    (tmp_path / "padang.html").write_text(INDONESIAN, encoding="utf-8")
    assert with_engine("import", tmp_path / "padang.html").code == 0
    newsroom = Newsroom(load_settings())
    (release_id,) = newsroom.store.published_since(newsroom.now().replace(year=2000))

    kept = with_engine("rules", "label", release_id, "cooperation", "no", "--json").lines
    assert kept == [{"release_id": release_id, "rule": "cooperation", "verdict": "no"}]
    assert "right" in with_engine("rules", "label", release_id, "cooperation", "yes").out

    (written,) = with_engine("rules", "labels").lines
    assert (written["id"], written["labels"]) == (release_id, {"cooperation": True})
    assert written["text"]


def test_a_verdict_on_what_is_not_there_is_refused(pantau: Pantau) -> None:
    assert "neither a hit nor a release" in pantau("rules", "label", "4711", "cooperation", "yes").refused
    assert "there is no rule" in pantau("rules", "label", "4711", "cooperatoin", "yes").refused


def test_a_draft_cannot_alert_on_old_releases(with_engine: Pantau) -> None:
    assert with_engine("rules", "new", "my-trade", "--like", "trade").code == 0
    assert "draft" in with_engine("rules", "backtest", "my-trade", "--alert").refused
