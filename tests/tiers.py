"""Which tests `make test` leaves to others: it tries one of each kind, and what takes longer runs in CI or in chaos.

`chaos` marks what kills, fills disks and soaks; `slow` what takes seconds and resembles what `make test` runs; and
`sample(n)` leaves all but the first n values of a test to `make slow`, or with `rest="chaos"` to `make chaos`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest


def in_chaos(*values: Any) -> list[Any]:
    """Values for `parametrize` that only `make chaos` tries; a tuple holds those of several names."""
    return [pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.chaos) for one in values]


def leave_to_others(items: Iterable[pytest.Item]) -> None:
    """Mark as `slow`, or as `chaos`, the values of a test that are beyond its `sample`."""
    tried: Counter[str] = Counter()
    for item in items:
        sample = item.get_closest_marker("sample")
        if sample is None or item.get_closest_marker("chaos"):
            continue
        test = item.nodeid.partition("[")[0]
        tried[test] += 1
        if tried[test] > sample.args[0]:
            item.add_marker(sample.kwargs.get("rest", "slow"))
