"""Which values of a test belong to `make chaos`: `make test` tries one of each kind, the rest takes too long for it."""

from __future__ import annotations

from typing import Any

import pytest


def in_chaos(*values: Any) -> list[Any]:
    """Values for `parametrize` that only `make chaos` tries; a tuple holds those of several names."""
    return [pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.chaos) for one in values]
