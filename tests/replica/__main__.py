"""Run the replica in the foreground: `python -m tests.replica [--ports-from 8801]`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from datetime import date
from threading import Event

from tests.replica.control import Control
from tests.replica.replica import Replica


def main() -> int:
    """Start the sites, print one JSON line with their addresses, and stay until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    parser.add_argument("--ports-from", type=int, help="first of the ports, one a site; without it the system chooses")
    parser.add_argument("--today", type=date.fromisoformat, help="the day that releases count back from (YYYY-MM-DD)")
    options = parser.parse_args()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Replica(options.today, ports_from=options.ports_from) as replica:
            port = options.ports_from + len(replica.base) if options.ports_from else 0
            with Control(replica, port) as control:
                print(json.dumps({**replica.base, "_control": control.url}), flush=True)
                stop.wait()
    except OSError as error:
        print(f"the replica sites cannot be started: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
