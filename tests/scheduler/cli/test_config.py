"""Wrong configuration and wrong input of the other verbs: one clear sentence, exit 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.cli.embedded_node import ensure_engine
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
        (("mail", "preview", "--to", "analist"), "did you mean analysts"),
        (("mail", "end", "mine-none"), "pantau mail subscriptions"),
        (("restore", "nowhere.tar.gz"), "nowhere.tar.gz"),
        (("serach", "x"), "did you mean search"),
        (("crawl", "komdigi", "--since", "2999-01-01"), "lies ahead"),
        (("search", "x", "--since", "2999-01-01"), "lies ahead"),
        (("search", "x", "--since", "2026-03-05", "--until", "2026-03-04"), "lies after --until"),
        (("search", "x", "--concept", "cooperatoin"), "did you mean cooperation"),
        (("search", "x", "--source", "komdgi"), "did you mean komdigi"),
        (("links", "nowhere.html", "--url", "nonsense"), "not a web address"),
        (("kibana", "check", "nowhere.ndjson"), "nowhere.ndjson"),
        (("move-state", "nowhere"), "nowhere"),
        (("status", "--demo"), "there is no demo here yet"),
    ],
)
def test_wrong_input_is_one_sentence(pantau: Pantau, words: tuple[str, ...], said: str) -> None:
    assert said in pantau(*words).refused


@pytest.mark.parametrize(
    "words",
    [
        ("search", "x"),
        ("index", "setup"),
        ("mail", "test", "a@example.org"),
        ("kibana", "import", "--wait", "0.1"),
        ("backup",),
    ],
)
def test_what_did_not_happen_is_exit_1_and_one_sentence(
    pantau: Pantau, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("PANTAU_SMTP_PORT", "1")
    monkeypatch.setenv("PANTAU_KIBANA_URL", "http://127.0.0.1:1")
    done = pantau(*words)
    assert done.code == 1, done
    assert "Traceback" not in done.err
    assert len([line for line in done.err.splitlines() if line.startswith("pantau: ")]) == 1


@pytest.mark.parametrize("words", [("once",), ("run",), ("web",), ("doctor",), ("check-config",)])
def test_a_slip_in_the_rules_of_a_reader_is_told_by_all_that_work_with_them(
    pantau: Pantau, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "config" / "pantau.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"indonesia-china"', '"indonesia-chin"'), encoding="utf-8")
    done = pantau(*words)
    assert done.code == (1 if words == ("doctor",) else 2)
    assert "did you mean indonesia-china?" in done.out + done.err


def test_a_node_on_another_port_is_named_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Node, "running", True)
    monkeypatch.setattr(Node, "running_port", 9411)
    monkeypatch.setattr(Node, "start", lambda *_: pytest.fail("it was started anew"))
    settings = Settings(config=tmp_path, var=tmp_path, elasticsearch=Elasticsearch(port=9200))
    with pytest.raises(NodeError, match="PANTAU_ELASTICSEARCH_PORT=9411"):
        ensure_engine(settings)
    monkeypatch.setattr(Node, "running_port", 9200)
    ensure_engine(settings)
