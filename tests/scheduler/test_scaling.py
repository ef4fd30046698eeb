"""Nothing after the crawl grows faster than the text: reading, reasons, amounts, near-copies, diffs (issue 16)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC
from functools import cache

import pytest

from crawler.store import StoredRelease
from scheduler.jobs.decisions import why as decided
from scheduler.jobs.glossary_highlights import spans
from scheduler.language import sentences
from scheduler.language.amounts import quantities
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import Judge, load_judge
from scheduler.language.reader import Reader
from scheduler.ledger.model import Item
from scheduler.mail.confirmation import compose_confirmation
from scheduler.mail.edit import MOST, edit
from scheduler.mail.item import Material, ReaderView, shown_item
from scheduler.mail.subscription_page import subscription_page
from scheduler.mail.summary import Summarizer
from scheduler.mail.words import words
from scheduler.rules.explanation import why
from scheduler.rules.rule import Rule, load_rules
from scheduler.stories.near_copies import similarity
from scheduler.web.highlights import PAIR, highlighted, paragraphs
from scheduler.web.subscription_title import search_title
from scheduler.web.views import Highlight, Names
from scheduler.word_diff import word_diff
from tests.conftest import CONFIG
from tests.scaling import SECONDS, Work, held, pieces, slow_text
from tests.scheduler.mail.case import NOW, hit, release
from tests.scheduler.mail.test_edit import revision

SIZES = (1_000, 4_000, 32_000)  # characters
# What pages are full of by accident: lists of names with initials and titles, tables, amounts, marks on letters.
ACCIDENTS = (
    "A. B. ", "No. 7. ", "Dr. Ir. H. ", "x\ny\n", "a | b\n", "9 ", "12,5 juta ", "25 Maret 2026 ", "e\u0301\u0316",
    "\u0301", "“", "…", "!?", "- ", "\n\n", ", ", "Abc ", "PT A ", "三月", "，", "。", "A-", "\t",
)  # fmt: skip
# Sentences of who signs what with whom, and bodies that stand in no glossary.
DEALS = (
    "Indonesia dan Guangxi menandatangani nota kesepahaman kerja sama. ", "Indonesia, Guangxi, ",
    "PT Maju Jaya dan Universitas Guangxi bertemu Menteri Meutya Hafid di Nanning. ", "PT Maju ", "Universitas ",
    "ASEAN-", "印尼与广西签署合作协议。", "广西大学和印度尼西亚公司", "中国（广西）",
    "Jika Indonesia dan Guangxi sepakat, ", "“Kerja sama Guangxi” ",
)  # fmt: skip
WORDS = 14  # of the glossary


@cache
def glossary() -> Glossary:
    return load_glossary(CONFIG / "glossary.toml")


@cache
def judge() -> Judge:
    return load_judge()


@cache
def rules() -> tuple[Rule, ...]:
    return load_rules(CONFIG / "alerts", glossary())


@cache
def vocabulary() -> tuple[str, ...]:
    """What the patterns of the reading look for, some words of the glossary, and what pages are full of."""
    chance = random.Random(16)
    concepts, scope = glossary().concepts.values(), glossary().file.scope
    said = {word for concept in concepts for word in (*concept.all, *(row[0] for row in concept.names))}
    found = chance.sample(sorted(said), WORDS)
    found += [group.all[0] for group in (scope.negation, scope.future, scope.pledge, scope.denial)]
    grammar = glossary().grammar
    found += list(pieces(sentences.BREAK))[-3:]
    for field in fields(grammar):
        found += list(pieces(getattr(grammar, field.name)))[-1:]
    for pattern in held(vars(glossary().organisations)):
        found += list(pieces(pattern))[-3:]
    further = [*(f"{word}, " for word in found), *(f"{word}\n" for word in found[::3])]
    return tuple(dict.fromkeys([*ACCIDENTS, *DEALS, *found, *further]))


def reading(text: str) -> None:
    read = Reader(glossary(), judge()).read(release(text=text))
    for rule in rules()[:4]:
        why(glossary(), read, rule)


def title(text: str) -> None:
    Reader(glossary(), judge()).read(release(title=text))


def diff(text: str) -> None:
    """An edit that changes every other word."""
    halves = text.split(" ") if " " in text else list(text)
    other = [word if number % 2 else f"{word}x" for number, word in enumerate(halves)]
    shown = edit(revision(text), revision(" ".join(other)), None, words("en"))
    assert sum(len(text) for _, text in shown.pieces) <= MOST


def shuffled(text: str) -> None:
    """An edit that puts all in another order, by words and by lines."""
    lines = text.replace(" ", "\n").split("\n")
    random.Random(1).shuffle(lines)
    word_diff(text, " ".join(lines))
    word_diff("\n".join(lines), text.replace(" ", "\n") + "\nx")


def marking(text: str) -> None:
    spans(StoredRelease(release=replace(release(), text=text), revision=1, withdrawn_at=None), glossary())


def deciding(text: str) -> None:
    """What was decided and why, as the page of the evidence shows it: judge, pairs, parties, bodies."""
    decided(StoredRelease(release=release(text=text), revision=1, withdrawn_at=None), Reader(glossary(), judge()))


def mailing(text: str) -> None:
    """What a mail says of a release: its gist, its sentences, their meanings."""
    told = release(text=text)
    read = Reader(glossary(), judge()).read(told)
    found = hit(1, "cooperation", highlights=why(glossary(), read, rules()[0]))
    stored = {told.id: StoredRelease(release=told, revision=1, withdrawn_at=None)}
    view = ReaderView(summarizer=Summarizer("zh", glossary()))
    shown_item(Item(release_id=told.id, revision=1, hits=(found,)), Material(stored=stored, glossary=glossary()), view)


def page(text: str) -> None:
    """A release on its page: cut at its marks into paragraphs; and what a search marks in it."""
    every = [Highlight(start=at, end=at + 2, concept="x", strong=False) for at in range(0, len(text) - 2, 3)]
    paragraphs(text, [*every, *every])
    highlighted(PAIR[0].join(text.split(" ")) + PAIR[1])


def confirming(text: str) -> None:
    """The mail that confirms a search for these words."""
    title = search_title({"words": text, "party": text}, Names(), lambda _, **said: " ".join(said.values()))
    compose_confirmation(
        subscription_page("https://pantau.example.org", "key", title), sender="a@example.org", to="b@example.org",
        language="id", name="own", at=NOW, until=NOW, zone=UTC,
    )  # fmt: skip


STEPS: dict[str, Work] = {
    "amounts": quantities,
    "near copies": lambda text: similarity(text, "x"),
    "reading a title": title,
    "reading and its reasons": reading,
    "an edit of every other word": diff,
    "an edit of the order": shuffled,
    "marks of the reading page": marking,
    "a release on its page": page,
    "what is decided and why": deciding,
    "what a mail says": mailing,
    "the mail that confirms a search": confirming,
}
# What these do to a text besides reading it hardly depends on what it says: some pieces tell as much as all.
FEW = ("a release on its page", "what is decided and why", "what a mail says", "the mail that confirms a search")


@pytest.mark.sample(2)
@pytest.mark.parametrize("step", STEPS)
def test_no_repeated_piece_takes_a_step_more_than_its_share(step: str) -> None:
    # An edit is stopped at a number of steps, which each piece reaches: a few of them tell as much as all.
    chosen = ACCIDENTS[:5] if step.startswith("an edit") else (*DEALS, *ACCIDENTS[:5]) if step in FEW else vocabulary()
    assert slow_text(STEPS[step], chosen, sizes=SIZES, limit_of=4 * SECONDS) is None


def cut_as_before(text: str) -> None:
    """Sentences as they were cut until issue 16: all that came before is searched again at each break."""
    for found in sentences.BREAK.finditer(text):
        glossary().grammar.shortened.search(text[: found.start()].lower())


def compared_with_all(text: str) -> None:
    lines = text.split()
    for line in lines:
        for sign in "xyz":
            lines.count(line + sign)


@pytest.mark.parametrize("work", [cut_as_before, compared_with_all])
def test_the_check_sees_work_that_takes_the_square_of_a_text(work: Callable[[str], None]) -> None:
    assert slow_text(work, ("A. B. ",), sizes=SIZES, limit_of=SECONDS / 4) is not None
