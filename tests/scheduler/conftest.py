"""What the tests of alerts share."""

from __future__ import annotations

import pytest

from scheduler.language.glossary import Glossary, load_glossary
from scheduler.rules.rule import Rule, load_rules
from tests.conftest import CONFIG


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    """The shipped glossary."""
    return load_glossary(CONFIG / "glossary.toml")


@pytest.fixture(scope="session")
def rules(glossary: Glossary) -> tuple[Rule, ...]:
    """The shipped rules."""
    return load_rules(CONFIG / "alerts", glossary)
