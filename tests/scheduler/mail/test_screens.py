"""How much of a reader's screen and mailbox a busy day takes, in a real Chromium, on a phone and on a desk."""

from __future__ import annotations

import json
import re
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
from scheduler.mail.entry import Material
from scheduler.mail.words import LANGUAGES
from scheduler.rules.explanation import why
from scheduler.rules.rule import Rule
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_every_text_of_a_mail_can_be_read_on_its_ground(
    browser: Browser, day: tuple[list[Item], Material], size: Any, scheme: Any
) -> None:
    items, material = day
    mail = compose(alert(*items), material, sender="pantau@example.org", language="id")
    html = mail.get_body(("html",))
    assert html is not None
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.set_content(html.get_content())
    weakest = page.evaluate(CONTRAST)
    context.close()
    assert weakest[0] >= 4.5, weakest


CONTRAST = re.sub(
    r"\s+",
    " ",
    """() => {
    const light = text => {
      const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = node => {
      for (; node; node = node.parentElement) {
        const colour = getComputedStyle(node).backgroundColor;
        if (!colour.endsWith(', 0)')) return colour;
      }
      return 'rgb(255, 255, 255)';
    };
    let weakest = [21, ''];
    document.querySelectorAll('details').forEach(one => one.open = true);
    document.querySelectorAll('body *').forEach(node => {
      if (![...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())) return;
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < weakest[0]) weakest = [ratio, node.tagName + '.' + node.className];
    });
    return weakest;
  }""",
)
