"""What the tests of the scheduler share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scheduler.language.glossary import Glossary, load_glossary
from scheduler.rules.rule import Rule, load_rules
from tests.conftest import CONFIG

# Of a browser that nobody looks at: pages of its own, one a window, as dear to draw as the one that is tested.
NO_SUGGESTIONS = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PreloadTopChromeWebUI,HttpsUpgrades"

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    """The shipped glossary."""
    return load_glossary(CONFIG / "glossary.toml")


@pytest.fixture(scope="session")
def rules(glossary: Glossary) -> tuple[Rule, ...]:
    """The shipped rules."""
    return load_rules(CONFIG / "alerts", glossary)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without it the tests are skipped, but fail in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium; see .ci/system-packages")
        pytest.skip("there is no Chromium (on Debian: apt-get install chromium fonts-noto-cjk)")
    from playwright.sync_api import sync_playwright  # heavy, and few tests need it

    with sync_playwright() as playwright:
        flags = [f"--disable-features={NO_SUGGESTIONS}"]
        if os.geteuid() == 0:  # as CI; root can have no sandbox of Chromium's
            flags.append("--no-sandbox")
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()
