"""What Pantau takes up: time to start, memory idle and at work.

    python -m tests.benchmarks.bench_footprint

Goal: `pantau --help` in under 0.3 seconds.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from tests.benchmarks.result import run, show

ROUNDS = 5
PANTAU = str(Path(sys.executable).with_name("pantau"))
COMMANDS = {
    "an empty Python": ("-c", "pass"),
    "pantau --help": (PANTAU, "--help"),
    "pantau url-key": (PANTAU, "url-key", "http://www.gxzf.gov.cn/gxyw/t1.shtml"),
    "pantau check-config": (PANTAU, "check-config"),
    "import of the timetable": ("-c", "import scheduler.timetable"),
    "import of a crawl": ("-c", "import crawler.run, crawler.spiders.trs"),
}


def main() -> None:
    """Measure and print."""
    rows = []
    floor = 0.0
    for name, words in COMMANDS.items():
        runs = [run(*words) for _ in range(ROUNDS)]
        wall = statistics.median(one[0] for one in runs)
        floor = floor or wall
        rows.append(
            {
                "what": name,
                "wall s": wall,
                "times an empty Python": wall / floor,
                "CPU s": statistics.median(one[1] for one in runs),
                "peak MB": max(one[2] for one in runs),
            }
        )
    show("footprint", "start and memory (medians of 5)", rows)


if __name__ == "__main__":
    main()
