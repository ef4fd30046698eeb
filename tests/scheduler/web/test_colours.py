"""Every pair of text and ground in the style sheet can be read: WCAG AA, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[3] / "scheduler" / "web" / "static" / "pantau.css"
PAIRS = [
    *[(text, ground) for text in ("text", "soft", "link", "visited") for ground in ("ground", "card")],
    *[(f"on-{name}", name) for name in ("button", "mark", "tag", "well", "warning", "bad", "new", "gone")],
]
SIGNS = [("bar", "card"), ("focus", "ground"), ("focus", "card"), ("soft", "card"), ("on-bad", "card")]


def schemes() -> dict[str, dict[str, str]]:
    """The colours by name, of the light and of the dark scheme."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", SHEET.read_text("utf-8"), re.S)
    )
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert not {pair: round(value, 2) for pair, value in low.items() if value < 4.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signs_and_edges_of_fields_stand_out(scheme: str) -> None:
    colours = schemes()[scheme]
    low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in SIGNS}
    assert not {pair: round(value, 2) for pair, value in low.items() if value < 3}


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_no_colour_stands_outside_the_two_schemes() -> None:
    rules = re.sub(r":root \{.*?\}", "", SHEET.read_text("utf-8"), flags=re.S)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*\})|rgba?\(|hsla?\(", rules)
