"""How many releases the state takes a second, from one writer and from several: SQLite beside PostgreSQL.

    python -m tests.benchmarks.bench_state

PostgreSQL is Debian's, on loopback, with its disk synced as in real use; left out where it is not installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crawler.store import Store
from tests.benchmarks.result import show
from tests.conftest import free_port
from tests.database import postgres, programs

WRITERS = (1, 4, 16)
SECONDS = 5
WRITER = """
import sys, time
from crawler.store import Store
from tests.crawler.store.test_store import page, release
store, name, seconds = Store(sys.argv[1]), sys.argv[2], float(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
end, number = time.monotonic() + seconds, 0
while time.monotonic() < end:
    one = release(f"{name}-{number}")
    store.collect(one, page(one))
    number += 1
print(number)
"""


def main() -> None:
    """Measure and print."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += [row("SQLite", f"sqlite:///{folder}/{count}.db", count) for count in WRITERS]
    if programs() is not None:
        with postgres(free_port(), fsync=True) as server:
            rows += [row("PostgreSQL", f"{server.url}/postgres", count) for count in WRITERS]
    show("state", f"releases a second into the state, {SECONDS} s each", rows)


def row(what: str, url: str, count: int) -> dict[str, object]:
    """One database with so many writers."""
    Store(url).engine.dispose()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, f"{count}-{number}", str(SECONDS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )
        for number in range(count)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    started = time.monotonic()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    written = [int(writer.communicate()[0]) for writer in writers]
    return {
        "database": what,
        "writers": count,
        "releases/s": sum(written) / (time.monotonic() - started),
        "fewest of one": min(written),
        "most of one": max(written),
    }


if __name__ == "__main__":
    main()
