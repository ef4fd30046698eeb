"""Demo mode: while a marker file lies in `var`, the verbs that show data mean the demo's.

The demo is a world of its own below `var/demo`. The marker is set by `pantau demo` where nothing live is yet, and
removed by `pantau demo --stop` and by the first `pantau run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

MARKER = "demo-mode"
SAID = "While this file is here, pantau's verbs mean the demo in demo/. `pantau demo --stop` removes it.\n"
# What of the demo's pantau.toml counts; by the rest it could reach a live database, mail server or index.
OWN = ("mail", "timetable", "retention", "web")
INDEX = "pantau-demo"


def folder(var: Path) -> Path:
    """Where the demo lives."""
    return var / "demo"


def is_on(var: Path) -> bool:
    """Whether the marker is there, and a demo that it can mean."""
    return (var / MARKER).is_file() and (folder(var) / "config" / "pantau.toml").is_file()


def enter(var: Path) -> None:
    """Set the marker."""
    (var / MARKER).write_text(SAID, encoding="utf-8")


def leave(var: Path) -> bool:
    """Remove the marker; says whether there was one."""
    was = (var / MARKER).is_file()
    (var / MARKER).unlink(missing_ok=True)
    return was


def sealed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the demo's file may say: nothing that leads out of the demo."""
    own = {name: facts[name] for name in OWN if name in facts}
    if isinstance(own.get("mail"), dict):
        own["mail"] = {key: value for key, value in own["mail"].items() if key != "smtp"}
    return own | {"elasticsearch": {"index": INDEX}}
