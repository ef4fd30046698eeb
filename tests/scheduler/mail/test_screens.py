"""How much of a reader's screen and mailbox a busy day takes, in a real Chromium, on a phone and on a desk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.ledger.model import Hit, Item
from scheduler.mail.compose import compose
from scheduler.mail.item import Material
from scheduler.mail.words import LANGUAGES
from scheduler.rules.explanation import why
from scheduler.rules.rule import Rule
from tests.scheduler.axe import faults
from tests.scheduler.mail.case import NOW, alert, release

EXAMPLES = Path(__file__).parents[1] / "rules" / "examples.jsonl"
ITEMS, SCREENS, BYTES = 42, 6, 90_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1000, "height": 800}


@pytest.fixture(scope="module")
def day(glossary: Glossary, rules: tuple[Rule, ...]) -> tuple[list[Item], Material]:
    """Forty-two releases in both languages, each with the sentences and words that made its rule fire."""
    reader = Reader(glossary, load_judge())
    [rule] = [rule for rule in rules if rule.id == "indonesia-guangxi"]
    by_language: dict[str, list[dict[str, Any]]] = {"id": [], "zh": []}
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["labels"].get("indonesia_guangxi") and one["lang"] in by_language:
            by_language[one["lang"]].append(one)
    chosen = [one for pair in zip(*by_language.values(), strict=False) for one in pair][:ITEMS]
    items, stored = [], {}
    for number, one in enumerate(chosen, 1):
        told = release(number, title=one["title"], text=one["text"], lang=one["lang"], source=one["source"])
        reading = reader.read(told)
        marks = reading.marks
        details = {"stage": marks.stage, "topics": list(marks.topics), "parties": list(marks.parties)}
        details["highlights"] = why(glossary, reading, rule)
        found = Hit(rule=rule.id, release_id=told.id, revision=1, matched_at=NOW, details=details)
        items.append(Item(release_id=told.id, revision=1, hits=(found,)))
        stored[told.id] = StoredRelease(release=told, revision=1, withdrawn_at=None)
    assert len(items) == ITEMS
    return items, Material(stored=stored, glossary=glossary, page="https://pantau.example.org")


@pytest.mark.sample(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_42_releases_is_six_screens_before_its_fold_and_no_heavier_than_a_mail_may_be(
    browser: Browser, day: tuple[list[Item], Material], language: str
) -> None:
    items, material = day
    mail = compose(alert(*items), material, sender="pantau@example.org", language=language)
    html = mail.get_body(("html",))
    assert html is not None
    assert len(mail.as_bytes()) < BYTES
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.set_content(html.get_content())
    fold = page.evaluate("document.querySelector('.rest').getBoundingClientRect().top")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert fold <= SCREENS * PHONE["height"]
    assert width == PHONE["width"]


@pytest.mark.sample(1)
@pytest.mark.parametrize(("language", "size"), [("id", DESK), ("zh", PHONE), ("en", PHONE)])
def test_axe_finds_no_fault_in_a_mail(
    browser: Browser, day: tuple[list[Item], Material], language: str, size: Any
) -> None:
    items, material = day
    mail = compose(alert(*items), material, sender="pantau@example.org", language=language)
    html = mail.get_body(("html",))
    assert html is not None
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.set_content(html.get_content())
    found = faults(page)
    context.close()
    assert found == []
