"""What a page is when it is not an article: a waiting room, a shell, a not-found page, a hand-over to elsewhere."""

from __future__ import annotations

import re

from crawler.extraction.challenge_code import has_challenge_code
from crawler.extraction.dates import find
from crawler.extraction.json_ld import articles
from crawler.extraction.page_kind_words import (
    CHALLENGE_TEXT,
    CHALLENGE_TITLE,
    NOT_FOUND,
    SHELL,
    SORRY,
)
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.text.containers import by_system
from crawler.extraction.text.lines import Line
from crawler.extraction.text.noise import is_information, is_running
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
PLENTY = 2 * CHALLENGE_LETTERS
ARTICLE_LETTERS = 60
LONGEST = 160  # characters of a title or line that are held against the phrases
DATELINE = 40  # characters before which a date in the first paragraph opens it
BELOW = 3  # lines below a heading
HEADINGS = ("h1", "h2", "h3")
PART = re.compile(r"\s?[|_»]\s?|\s[-–—·•:]\s|[-–—](?=[\u4e00-\u9fff])")
CLAUSE = re.compile(r"[。！？!?.，,；;]")
SENTENCE = re.compile(r"[。！？，!?]|\.\s")
SIGNS = " \t!?.。！？…:：|-–—_·()[]（）【】*#"
DATE_TAGS = ("pubdate", "publishdate", "article:published_time", "firstpublishedtime", "datepublished")
CLOCK = re.compile(
    r"\W{0,4}(?:今天|今日|现在|当前|(?:访问)?时间|hari ini|today|time|waktu)\b", re.I
)  # of the page itself


def kind_of_page(document: ParsedPage) -> tuple[Kind | None, str | None]:
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
    """Letters outside links and outside the page's frame, a Han character twice; counted until there are plenty."""
    total = 0
    for line in lines:
        if total > PLENTY:
            break
        if line.free <= 0 or in_frame(line):
            continue
        weight = sum(map(str.isalpha, line.text))
        if not line.text.isascii():
            weight += sum(character > "\u2e80" and character.isalpha() for character in line.text)
        total += weight * line.free // max(len(line.text), 1)
    return total


def in_frame(line: Line) -> bool:
    """Whether a line stands in the page's frame: menu, head, foot, side."""
    return any(parent.tag in FURNITURE for parent in (line.element, *line.element.iterancestors()))


def _refreshed(document: ParsedPage, letters: int) -> str | None:
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


def _elsewhere(document: ParsedPage, link: str) -> str | None:
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


def _is_challenge(document: ParsedPage, letters: int) -> bool:
    """Code of a known challenge, or its words as a title or sentence, on a page that holds no article."""
    if letters > CHALLENGE_LETTERS:
        return False
    said = any(_is_whole(CHALLENGE_TITLE, text) for text in _titles(document)) or any(
        _is_said(line.text, CHALLENGE_TEXT) for line in document.lines[:60]
    )
    coded = has_challenge_code(document)
    if not (said and (coded or letters < CHALLENGE_LETTERS // 2)) and not (coded and letters < SHELL_LETTERS * 3):
        return False
    return not holds_article(document, CHALLENGE_TITLE, CHALLENGE_TEXT)


def _is_not_found(document: ParsedPage, letters: int) -> bool:
    """The phrase as the whole title, heading or clause, on a page that holds no article.

    Above running text a heading that goes on behind the phrase is news: *Data tidak ditemukan, kementerian mengaudit*.
    """
    if letters > NOT_FOUND_LETTERS:
        return False
    texts = _titles(document)
    if letters < NOT_FOUND_LETTERS // 3:
        told = free_letters(_running(document, NOT_FOUND)) >= ARTICLE_LETTERS
        lines = [line for line in document.lines[:30] if line.free and not (told and line.element.tag in HEADINGS)]
        texts += [part for line in lines for part in CLAUSE.split(line.text[:LONGEST])]
    return any(_is_whole(NOT_FOUND, text) for text in texts) and not holds_article(document, NOT_FOUND, NOT_FOUND)


def _titles(document: ParsedPage) -> list[str]:
    """What a page calls itself: its head title and the parts of it, its headings, its first line."""
    headings = [line.text for line in document.lines if line.element.tag in HEADINGS][:6]
    told = [document.head_title, *headings, *(line.text for line in document.lines[:1])]
    return [part for text in told for part in (text, *PART.split(text[:LONGEST]))]


def _is_whole(phrases: re.Pattern[str], text: str) -> bool:
    """Whether a text is one of the phrases and nothing else; characters and words of regret do not count."""
    bare = SORRY.sub("", text.strip(SIGNS)).strip(SIGNS) if len(text) <= LONGEST else ""
    return bool(bare) and phrases.fullmatch(bare) is not None


def _is_said(text: str, words: re.Pattern[str]) -> bool:
    """Whether a line speaks as such a page does: a sentence of it is mainly one of the phrases."""
    return any(
        (hit := words.search(part)) is not None and len(hit[0]) * 3 > len(part)
        for part in SENTENCE.split(text[: LONGEST * 2])
    )


def holds_article(document: ParsedPage, names: re.Pattern[str], words: re.Pattern[str]) -> bool:
    """Whether a page holds an article, whatever it says: a heading, a date or a known container, and running text.

    A heading that is one of these phrases as a whole may be the page's own word: then the date must follow it.
    """
    lines = [line for line in document.lines if not in_frame(line)]
    own = _running(document, words)
    weight = free_letters(own)
    if weight < ARTICLE_LETTERS:
        return False
    spoken = any(_is_whole(names, text) for text in _titles(document))
    if _is_tagged(document):
        return True
    if not spoken:
        return by_system(document) is not None or any(map(_is_date_line, lines)) or _opens_with_date(own[0].text)
    named = max((place for place, line in enumerate(lines) if _is_whole(names, line.text)), default=-1)
    dated = any(_is_date_line(line) and not CLOCK.match(line.text) for line in lines[named + 1 : named + 1 + BELOW])
    return dated and weight >= ARTICLE_LETTERS * 2


def _running(document: ParsedPage, words: re.Pattern[str]) -> list[Line]:
    """The lines of running text that say more than one of these phrases."""
    return [
        line
        for line in document.lines
        if not in_frame(line) and is_running(line) and not is_information(line.text) and not _is_said(line.text, words)
    ]


def _is_tagged(document: ParsedPage) -> bool:
    """Whether the head tells when an article was published."""
    told = any(name in document.meta for name in DATE_TAGS) or "articletitle" in document.meta
    return told or any(entry.get("datePublished") for entry in articles(document.root))


def _is_date_line(line: Line) -> bool:
    """Whether a line tells a date, as below a heading; the dates beside links are those of other articles."""
    if line.linked or any(parent.tag in ("li", "a") for parent in line.element.iterancestors()):
        return False
    return is_information(line.text)


def _opens_with_date(text: str) -> bool:
    return any(hit.start < DATELINE for hit in find(text[:120]))
