"""How long tests wait before they call something failed: `PANTAU_TEST_PATIENCE` times what an idle machine needs.

Only a failing test waits to its limit, so the usual factor is generous. A test that must see a limit reached gives it
in plain seconds.
"""

from __future__ import annotations

import os

FACTOR = float(os.environ.get("PANTAU_TEST_PATIENCE", "3"))


def patient(seconds: float) -> float:
    """So many seconds of an idle machine, on this one."""
    return seconds * FACTOR
