"""Pages of a live site, fetched as a crawl fetches them, for a person to compare with what is read there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crawler.checked_field import CheckedField
from crawler.source import ConfigError, Source
from crawler.store import Store
from scheduler.errors import PantauError
from scheduler.settings import ROOT, Settings

RELEASES = 2  # that are opened
EXPECTED = "expected.json"


class NotSavedError(PantauError):
    """Pages that could not be fetched or read; the message says why."""


def save_pages(settings: Settings, source: Source, folder: Path, *, over: bool = False) -> list[Path]:
    """Fetch a listing and two releases into `folder`, with a crawl's own manners; returns what was written.

    Raises ConfigError when the folder holds pages that a person has confirmed, unless they are to be written `over`;
    NotSavedError when the listing did not come.
    """
    if not over and _is_reviewed(folder):
        raise ConfigError(f"{folder} holds pages that somebody has reviewed; --over writes over them")
    with tempfile.TemporaryDirectory(prefix="pantau-save-") as place:
        var, kept = Path(place), Path(place) / "pages"
        kept.mkdir()
        report = _crawl(settings, source, var, kept)
        if not any(kept.glob("listing.*")):
            reasons = "; ".join(report.get("reasons", ())) or "no listing came"
            raise NotSavedError(f"nothing of {source.name} is saved: {reasons}")
        folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("listing.*"), *folder.glob("article*.*"), *folder.glob(EXPECTED)):
            old.unlink()
        return [Path(shutil.copy(page, folder / page.name)) for page in sorted(kept.iterdir())]


def look_at(settings: Settings, source: Source, folder: Path) -> list[CheckedField]:
    """What the saved pages of a source lack; nothing is asked of its site. Raises NotSavedError."""
    done = _run("crawler.saved_pages", source.name, str(folder), "--config", str(settings.config))
    if done.returncode:
        raise NotSavedError(f"the saved pages of {source.name} cannot be looked at: {_last(done.stderr)}")
    return [CheckedField(**json.loads(line)) for line in done.stdout.splitlines()]


def _is_reviewed(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / EXPECTED).read_text(encoding="utf-8")).get("reviewed"))
    except (FileNotFoundError, ValueError, AttributeError):
        return False


def _crawl(settings: Settings, source: Source, var: Path, kept: Path) -> dict[str, Any]:
    """Crawl with a state of its own; returns the report."""
    state = f"sqlite:///{var / 'save.db'}"
    told = ["--config", str(settings.config), "--var", str(var), "--run-id", "save", "--limit", str(RELEASES)]
    if settings.mail.operator:
        told += ["--contact", settings.mail.operator]
    done = _run("crawler.run", source.name, *told, "--keep-pages", str(kept), PANTAU_STATE_URL=state)
    store = Store(state)
    run = store.run("save")
    store.engine.dispose()
    if run is None or run.finished_at is None:
        raise NotSavedError(f"the crawl of {source.name} died: {_last(done.stderr)}")
    return run.report


def _run(module: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=own | {"PYTHONUTF8": "1"} | env, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
        errors="replace", check=False,
    )  # fmt: skip


def _last(said: str) -> str:
    return next(reversed(said.strip().splitlines()), "it said nothing")
