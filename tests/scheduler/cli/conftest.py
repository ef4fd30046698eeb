"""The command in this process: what it prints, what it complains of, how it ends."""

from __future__ import annotations

import json
import secrets
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli import main
from scheduler.search.client import Client
from scheduler.settings import ROOT


@dataclass(frozen=True)
class Done:
    """A verb that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What `--json` printed; anything that is not JSON fails the test."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def refused(self) -> str:
        """The one sentence of a verb that found its input wrong."""
        return self._sentence(2)

    @property
    def failed(self) -> str:
        """The one sentence of a verb whose input was right and that could not do what was asked."""
        return self._sentence(1)

    def _sentence(self, code: int) -> str:
        assert self.code == code, self
        assert "Traceback" not in self.err
        assert self.out == ""
        (sentence,) = self.err.strip().splitlines()
        return sentence


Pantau = Callable[..., Done]


@pytest.fixture
def pantau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pantau:
    """Call the command; its configuration is the shipped one, its state and index are this test's own."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    settings = config / "pantau.toml"
    own = settings.read_text(encoding="utf-8").replace("pantau-releases", f"test-{secrets.token_hex(6)}")
    settings.write_text(own, encoding="utf-8")
    monkeypatch.setenv("PANTAU_CONFIG", str(config))
    monkeypatch.setenv("PANTAU_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PANTAU_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words: object) -> Done:
        monkeypatch.setattr("sys.argv", ["pantau", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Done(int(end.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def with_engine(
    pantau: Pantau, es: Client, elasticsearch_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pantau]:
    """The same on the real engine; its indexes are deleted afterwards."""
    monkeypatch.setenv("PANTAU_ELASTICSEARCH_URL", elasticsearch_url)
    yield pantau
    for index in es.indices.get(index=f"{index_of(tmp_path / 'config')}*"):
        es.indices.delete(index=index)


def index_of(config: Path) -> str:
    """The alias that a configuration names."""
    return str(tomllib.loads((config / "pantau.toml").read_text(encoding="utf-8"))["elasticsearch"]["index"])
