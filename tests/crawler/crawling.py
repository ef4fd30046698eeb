"""Crawls on sources that a test writes: each in a process of its own, as the scheduler does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from crawler.store import Store
from crawler.store.tables import pages
from tests.database import state_url
from tests.forked import Forked
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[2]


class Crawling:
    """A folder with sources, state and evidence of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.var = folder / "var"
        self.state_url = state_url(folder)
        (self.config / "sources").mkdir(parents=True, exist_ok=True)

    @property
    def store(self) -> Store:
        return Store(self.state_url)

    def source(self, name: str, base: str, host: str, **more: Any) -> None:
        """Write a source that lists its releases at `/berita`."""
        facts = {
            "title": name, "spider": "listing", "country": "id", "language": "id", "timezone": "Asia/Jakarta",
            "listings": [f"{base}/berita"], "allowed_hosts": [host], "allow_private": True, "delay": 0,
            "timeout": int(patient(5)),
        } | more  # fmt: skip
        lines = [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
        (self.config / "sources" / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")

    def run(self, name: str, *options: str, **env: str) -> dict[str, Any]:
        """Crawl; gives the report, which is the last line of stdout."""
        done = self.start(name, *options, **env)
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert report["source"] == name
        return report

    def start(self, name: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Crawl to the end in a process of its own, a fork of one that has the imports done."""
        return _ended(self.fork(name, *options, **env))

    def command(self, name: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Crawl to the end by the real command line."""
        return _ended(self.begin(name, *options, **env))

    def begin(self, name: str, *options: str, **env: str) -> subprocess.Popen[str]:
        """Start a crawl by the real command line and go on."""
        return subprocess.Popen(self._command(name, options), **self._given(env))

    def fork(self, name: str, *options: str, **env: str) -> Forked:
        """Start a crawl as a fork and go on."""
        return Forked(self._command(name, options), **self._given(env))

    def _command(self, name: str, options: tuple[str, ...]) -> list[str]:
        command = [sys.executable, "-m", "crawler.run", name, "--config", str(self.config), "--var", str(self.var)]
        return [*command, "--run-id", uuid.uuid4().hex, *options]

    def _given(self, env: dict[str, str]) -> dict[str, Any]:
        told = dict(os.environ) | {"PANTAU_STATE_URL": self.state_url} | env
        return {"cwd": ROOT, "env": told, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def _ended(process: subprocess.Popen[str] | Forked) -> subprocess.CompletedProcess[str]:
    out, errors = process.communicate(timeout=patient(120))
    return subprocess.CompletedProcess(process.args, process.returncode or 0, out, errors)


def later(store: Store, hours: float) -> None:
    """Let time pass: every page that was seen was seen so much earlier."""
    with store.transaction() as connection:
        for row in connection.execute(select(pages)).all():
            moved = {name: getattr(row, name) - timedelta(hours=hours) for name in ("first_seen", "last_fetched")}
            connection.execute(update(pages).where(pages.c.key == row.key).values(**moved))
