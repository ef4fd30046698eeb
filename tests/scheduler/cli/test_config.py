"""Wrong configuration and wrong input of the other verbs: one clear sentence, exit 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.cli.engine import ensure_engine
from scheduler.node.node import Node, NodeError
from scheduler.settings import Elasticsearch, Settings
from tests.scheduler.cli.conftest import Pantau


def test_the_shipped_configuration_is_right(pantau: Pantau) -> None:
    done = pantau("check-config", "--json")
    (told,) = done.lines
    assert (done.code, told["ok"], told["complaints"]) == (0, True, [])
    assert [one.split(": ")[1] for one in told["warnings"]] == ["mail.operator", "mail.smtp.host"]


def test_all_complaints_come_at_once_with_file_and_key(pantau: Pantau, tmp_path: Path) -> None:
    config = tmp_path / "config"
    source = config / "sources" / "gxzf.toml"
    source.write_text(source.read_text(encoding="utf-8") + '\ntimezone_of = "Mars"\n', encoding="utf-8")
    (config / "alerts" / "ai.toml").write_text("[[[", encoding="utf-8")
    done = pantau("check-config")
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "timezone_of" in done.err
    assert "ai.toml" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("crawl", "komdgi"), "did you mean komdigi"),
        (("crawl", "komdigi", "--since", "2025-13-01"), "2025-13-01"),
        (("once", "nosuch"), "nosuch"),
        (("rules", "backtest", "nosuch"), "nosuch"),
        (("mail", "test", "not an address"), "not an address"),
        (("restore", "nowhere.tar.gz"), "nowhere.tar.gz"),
    ],
)
def test_wrong_input_is_one_sentence(pantau: Pantau, words: tuple[str, ...], said: str) -> None:
    assert said in pantau(*words).refused


def test_a_node_on_another_port_is_named_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Node, "running", True)
    monkeypatch.setattr(Node, "running_port", 9411)
    monkeypatch.setattr(Node, "start", lambda *_: pytest.fail("it was started anew"))
    settings = Settings(config=tmp_path, var=tmp_path, elasticsearch=Elasticsearch(port=9200))
    with pytest.raises(NodeError, match="PANTAU_ELASTICSEARCH_PORT=9411"):
        ensure_engine(settings)
    monkeypatch.setattr(Node, "running_port", 9200)
    ensure_engine(settings)
