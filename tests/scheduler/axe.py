"""What axe finds wrong on a page that is open in the real Chromium; axe comes with a package, not from a network."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The rules that are on by themselves, and one of WCAG 2.2: what is pressed is 24 pixels large, or has room around it.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}


def faults(page: Page) -> list[str]:
    """Each fault by its rule, and the element that has it: in the light, and what the colours of the dark change."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = []
    for scheme, options in (("light", OPTIONS), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        rules = Axe().run(page, options=options).response["violations"]
        found += [f"{rule['id']} ({scheme}): {node['html'][:200]}" for rule in rules for node in rule["nodes"]]
    return found
