"""The gate on pages of our own wording (`pages/`), in the markup of real kinds of sites; it is never skipped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import crawler.extraction.text.body as text_body
import crawler.extraction.text.containers as containers
import crawler.extraction.text.noise as noise
from crawler.extraction.page import extract
from tests.crawler.extraction.corpus import bare, f1

FOLDER = Path(__file__).parent / "pages"
PAGES = sorted(FOLDER.glob("*.html"))
PIN = 0.999


@dataclass
class Score:
    """Mean F1 of the texts, and the pages whose title or date is not the gold's."""

    mean: float
    wrong: list[str]


def score() -> Score:
    """How the pages are read now."""
    values, wrong = [], []
    for page in PAGES:
        gold: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        told = extract(page.read_bytes())
        values.append(f1(gold["text"], told.text))
        wrong += [page.stem] * (bare(told.title) != bare(gold["title"]) or told.date != gold["date"])
    return Score(sum(values) / len(values), wrong)


def test_our_own_pages_are_read_as_a_reader_does() -> None:
    assert len(PAGES) >= 10
    now = score()
    assert now.mean >= PIN
    assert now.wrong == []


SWITCHES: dict[str, tuple[tuple[Any, str, Any], ...]] = {
    "content systems": ((text_body, "by_system", lambda document: None),),
    "telling names": ((text_body, "by_name", lambda document: None),),
    "paragraphs": ((text_body, "by_paragraphs", lambda document: None),),
    "Trafilatura": ((text_body, "_read", lambda tree, **how: ""),),
    "boxes": tuple((room, "is_noise_box", lambda element: False) for room in (text_body, containers)),
    "lines": tuple((room, "is_noise_line", lambda line: False) for room in (text_body, containers, noise)),
    "counters": ((noise, "changes_by_itself", lambda text, **where: False),),
    "information": ((noise, "is_information", lambda text: False),),
    "folded text": ((text_body, "_folded_away", lambda element, lines: set()),),
    "hidden parts": ((text_body, "_folded_away", lambda element, lines: set(element.iterdescendants())),),
    "the title's repeat": ((noise, "same", lambda text: ""),),
    "teasers": ((containers, "_largest", lambda elements: next(iter(elements), None)),),
}


@pytest.mark.sample(4)
@pytest.mark.parametrize("rule", SWITCHES)
def test_the_gate_fails_when_a_rule_is_switched_off(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for room, name, instead in SWITCHES[rule]:
        monkeypatch.setattr(room, name, instead)
    assert score().mean < PIN
