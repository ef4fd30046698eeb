"""The replica on a fixed day, for the tests of the replica itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.replica import Replica

TODAY = date(2026, 4, 15)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(TODAY) as sites:
        yield sites
