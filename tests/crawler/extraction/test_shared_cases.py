"""The shared cases from public bug reports, judged as `score.py` judges them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.extraction.listing import links
from crawler.extraction.page import extract

CASES = Path(__file__).parents[4] / "shared" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/input.html"))

pytestmark = pytest.mark.skipif(not FOLDERS, reason="the shared cases are not here")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_case_gives_its_right_values(folder: Path):
    body, wanted = (folder / "input.html").read_bytes(), json.loads((folder / "expected.json").read_text("utf-8"))
    context = wanted.get("context", {})
    at = datetime.fromisoformat(context["reference_now"]) if "reference_now" in context else None
    url, header = context.get("url"), context.get("content_type")
    if wanted["kind"] in ("list", "urls"):
        judge_listing(wanted, links(body, url=url, at=at, content_type=header).items)
        return
    got = extract(body, url=url, at=at, content_type=header)
    assert got.kind == wanted["kind"]
    for key in ("title", "date", "redirect_to", "canonical"):
        if key in wanted:
            assert getattr(got, key) == wanted[key], key
    if "datetime" in wanted:
        assert got.published is not None
        assert got.published.isoformat().startswith(wanted["datetime"][:16])
    if "attachments" in wanted:
        assert list(got.attachments) == wanted["attachments"]
    text = squeezed(got.text)
    for piece in wanted.get("text_must", []):
        assert squeezed(piece) in text
    for piece in wanted.get("text_once", []):
        assert text.count(squeezed(piece)) == 1
    for piece in wanted.get("text_must_not", []):
        assert piece not in got.text


def judge_listing(wanted: dict[str, Any], items: Any) -> None:
    if wanted["kind"] == "urls":
        assert len(items) == (len(wanted["unique_urls"]) if "unique_urls" in wanted else wanted["unique_keys"])
        assert [item.url for item in items] == wanted.get("unique_urls", [item.url for item in items])
        return
    for item, right in zip(items, wanted["items"], strict=True):
        for key in ("url", "title", "date", "precision"):
            assert key not in right or getattr(item, key) == right[key]
        if "datetime" in right:
            assert item.published == datetime.fromisoformat(right["datetime"])
