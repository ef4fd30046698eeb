"""What a page is when it is not an article: a waiting room, a shell, a not-found page, a hand-over to elsewhere."""

from __future__ import annotations

import re

from crawler.extraction.page_kind_words import CHALLENGE_CODE, CHALLENGE_TEXT, CHALLENGE_TITLE, NOT_FOUND, SHELL
from crawler.extraction.parsed_page import Document
from crawler.extraction.text.lines import Line
from crawler.extraction.url_key import clean_url, url_key
from crawler.release import Kind

REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)?\s*[;,]?\s*(?:url\s*=)?\s*[\"']?\s*([^\"'\s][^\"']*)?", re.I)
SCRIPTED = re.compile(
    r"(?:window|document|self|top|parent)?\.?\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*[\"']([^\"'\s]{1,500})[\"']"
)
SOON = 10  # seconds; a page that reloads itself later than that is meant to be read
FURNITURE = ("nav", "header", "footer", "aside")
SHELL_LETTERS = 60
CHALLENGE_LETTERS = 1200
NOT_FOUND_LETTERS = 900


def gate(document: Document) -> tuple[Kind | None, str | None]:
    """Tell what a page is before extraction, and for a redirect where it leads; None for what may be an article."""
    letters = free_letters(document.lines)
    if target := _refreshed(document, letters):
        return Kind.REDIRECT, target
    if _is_challenge(document, letters):
        return Kind.CHALLENGE, None
    if _is_not_found(document, letters):
        return Kind.SOFT404, None
    if letters < SHELL_LETTERS and SHELL.search(document.html):
        return Kind.NEEDS_RENDER, None
    return None, None


def free_letters(lines: list[Line]) -> int:
    """Letters outside links and outside the page's frame; a Han character counts twice."""
    total = 0
    for line in lines:
        if line.free <= 0 or any(parent.tag in FURNITURE for parent in (line.element, *line.element.iterancestors())):
            continue
        weight = sum(map(str.isalpha, line.text))
        if not line.text.isascii():
            weight += sum(character > "\u2e80" and character.isalpha() for character in line.text)
        total += weight * line.free // max(len(line.text), 1)
    return total


def _refreshed(document: Document, letters: int) -> str | None:
    for tag in document.root.iter("meta"):
        if (tag.get("http-equiv") or "").strip().lower() != "refresh" or any(
            p.tag == "noscript" for p in tag.iterancestors()
        ):
            continue
        hit = REFRESH.match(tag.get("content") or "")
        if hit and hit[2] and float(hit[1] or 0) <= SOON and (target := _elsewhere(document, hit[2])):
            return target
    if letters < SHELL_LETTERS:
        for script in document.root.iter("script"):
            # A long script is a program that may go somewhere some time; a short one is a hand-over.
            if (
                script.text
                and len(script.text) < 600
                and (hit := SCRIPTED.search(script.text))
                and (target := _elsewhere(document, hit[1]))
            ):
                return target
    return None


def _elsewhere(document: Document, link: str) -> str | None:
    target = document.absolute(link)
    if target is None:
        return None
    try:
        target = clean_url(target)
        if document.url and url_key(target) == url_key(document.url) and target == clean_url(document.url):
            return None
    except ValueError:
        return target if not document.url else None
    return target


def _is_challenge(document: Document, letters: int) -> bool:
    if letters > CHALLENGE_LETTERS:
        return False
    text = "\n".join(line.text for line in document.lines[:60])
    named = CHALLENGE_TITLE.search(document.head_title) or CHALLENGE_TITLE.search(text[:80])
    worded = CHALLENGE_TEXT.search(text)
    coded = CHALLENGE_CODE.search(document.html[:400_000])
    if coded:
        return letters < SHELL_LETTERS * 3 or bool(named or worded)
    return bool(named and letters < CHALLENGE_LETTERS // 2) or bool(worded and letters < CHALLENGE_LETTERS // 2)


def _is_not_found(document: Document, letters: int) -> bool:
    if letters > NOT_FOUND_LETTERS:
        return False
    if NOT_FOUND.search(document.head_title):
        return True
    for line in document.lines:
        if line.element.tag in ("h1", "h2", "h3") and len(line.text) < 80 and NOT_FOUND.search(line.text):
            return True
    if letters < NOT_FOUND_LETTERS // 3:
        return any(len(line.text) < 120 and line.free and NOT_FOUND.search(line.text) for line in document.lines[:30])
    return False
