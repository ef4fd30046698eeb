"""`make test` tries one of each kind; what it leaves is found by `make slow`, and nothing falls between the two."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = """\
import pytest

@pytest.mark.sample(1)
@pytest.mark.parametrize("value", ["first", "second", pytest.param("third", marks=pytest.mark.chaos)])
def test_of_values(value): ...

@pytest.mark.sample(1, rest="chaos")
@pytest.mark.parametrize("kind", ["first", "second"])
def test_of_kinds(kind): ...

@pytest.mark.slow
def test_of_seconds(): ...

def test_of_a_moment(): ...
"""
HOOK = """\
from tests.tiers import leave_to_others

def pytest_collection_modifyitems(items):
    leave_to_others(items)
"""


def tiers() -> dict[str, str]:
    """What each of the commands hands to pytest's `-m`."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    make = (ROOT / "Makefile").read_text()
    return {
        "test": options.rpartition("-m ")[2].strip("'"),
        "slow": re.search(r"^slow:.*\n(?:\t.*\n)*?\t\$\(PYTEST\) -m '(.+)'$", make, re.MULTILINE)[1],  # type: ignore[index]
        "chaos": re.search(r"\$\(PYTEST\) -m (\w+)$", make, re.MULTILINE)[1],  # type: ignore[index]
    }


@pytest.mark.parametrize(
    ("tier", "tests"),
    [
        ("test", ["test_of_a_moment", "test_of_kinds[first]", "test_of_values[first]"]),
        ("slow", ["test_of_seconds", "test_of_values[second]"]),
        ("chaos", ["test_of_kinds[second]", "test_of_values[third]"]),
    ],
)
def test_each_test_is_in_one_tier(tier: str, tests: list[str], tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(HOOK)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = chaos: x\n  slow: x\n  sample: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", tiers()[tier]],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert sorted(line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line) == tests
