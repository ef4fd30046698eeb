"""What a page says of itself in JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

ARTICLES = re.compile(r"(?:Article|BlogPosting|Report|PressRelease|WebPage|SocialMediaPosting)$")
MAX_ITEMS = 200


def articles(root: HtmlElement) -> list[dict[str, Any]]:
    """The entries that describe an article, real articles before bare web pages; broken JSON is passed over."""
    found = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            data = json.loads(script.text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        found += [entry for entry in _entries(data) if ARTICLES.search(_type(entry))]
    return sorted(found, key=lambda entry: _type(entry) == "WebPage")


def _entries(data: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < MAX_ITEMS:
        seen += 1
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item[:MAX_ITEMS])
        elif isinstance(item, dict):
            yield item
            waiting.append(item.get("@graph"))


def _type(entry: dict[str, Any]) -> str:
    kind = entry.get("@type")
    return str(kind[0] if isinstance(kind, list) and kind else kind)
