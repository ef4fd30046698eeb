"""The shell completes verbs, and the names of sources and rules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.sample(1, rest="chaos")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("bac", ["backup"]),
        ("crawl d", ["desa", "dinas"]),
        ("once desa di", ["dinas"]),
        ("sources check de", ["desa"]),
        ("rules backtest indonesia-", ["indonesia-guangxi"]),
    ],
)
def test_what_is_typed_is_completed_from_the_configuration(tmp_path: Path, typed: str, offered: list[str]) -> None:
    for name in ("sources/desa", "sources/dinas", "alerts/indonesia-guangxi"):
        file = tmp_path / f"{name}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("", encoding="utf-8")
    words = f"pantau {typed}"
    told = subprocess.run(
        [sys.executable, "-c", "from scheduler.cli import main; import sys; sys.argv[0] = 'pantau'; main()"],
        env={
            **os.environ,
            "PANTAU_CONFIG": str(tmp_path),
            "_PANTAU_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.partition(",")[2] for line in told.splitlines()] == offered
