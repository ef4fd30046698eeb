"""The Java that runs the embedded node."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from scheduler.node.account import Account

INSTALLED = Path("/usr/lib/jvm")
VERSION = re.compile(r'version "(\d+)')


def java_home(least: int, account: Account, env: Mapping[str, str] = os.environ) -> Path | None:
    """Find a Java of at least this version that the account can run; a runtime without compiler is enough.

    `JAVA_HOME` comes first, then the `java` on the path, then the oldest that suffices below /usr/lib/jvm.
    """
    for home in _named(env):
        if (version_of(home, account) or 0) >= least:
            return home
    installed = [(version_of(home, account) or 0, home) for home in sorted(INSTALLED.glob("*"))]
    return min((one for one in installed if one[0] >= least), default=(0, None))[1]


def version_of(home: Path, account: Account) -> int | None:
    """The main version of the Java at `home`; None if there is none that the account can run."""
    try:
        told = subprocess.run(
            [home / "bin" / "java", "-version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=True,
            env={"PATH": os.defpath},
            **account.identity(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = VERSION.search(told.stderr + told.stdout)
    return int(found[1]) if found else None


def _named(env: Mapping[str, str]) -> Iterator[Path]:
    if home := env.get("JAVA_HOME"):
        yield Path(home)
    if command := shutil.which("java", path=env.get("PATH")):
        yield Path(command).resolve().parents[1]
