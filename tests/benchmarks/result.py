"""What a benchmark came to: a table on the terminal, and a file in var/bench."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler import __version__
from scheduler.settings import ROOT

Row = Mapping[str, Any]


def show(name: str, title: str, rows: Sequence[Row]) -> None:
    """Print the rows and write them to `var/bench/NAME.json` with machine, versions and moment."""
    table = Table(title=title)
    for head in rows[0]:
        table.add_column(head, justify="left" if isinstance(rows[0][head], str) else "right")
    for row in rows:
        table.add_row(*(f"{value:,.3f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=120).print(table)
    folder = Path(os.environ.get("PANTAU_VAR") or ROOT / "var") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    facts = {"at": datetime.now(UTC).isoformat(), "pantau": __version__, "machine": machine, "rows": list(rows)}
    (folder / f"{name}.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")


def run(*words: str, python: Path = Path(sys.executable)) -> tuple[float, float, float]:
    """Run a command; gives wall and processor seconds, its children's included, and its peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [python, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def processor() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
