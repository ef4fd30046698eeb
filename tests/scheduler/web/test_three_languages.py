"""What a reader sees he sees in his language: nothing is written in code or template, no phrase lacks a language,
and pages, mails, feeds and files in two languages have no sentence in common that is ours.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest
from lxml import etree
from lxml import html as lxml_html

from crawler.release import Precision
from crawler.source import load_sources
from crawler.store import Revision, StoredRelease
from scheduler.jobs.display_names import names_of
from scheduler.language.glossary import Glossary
from scheduler.ledger.model import Item, News
from scheduler.ledger.week import Became, Week
from scheduler.mail import words as mail_words
from scheduler.mail.compose import compose
from scheduler.mail.coverage import Coverage, Gap, coverage_line
from scheduler.mail.item import Material
from scheduler.mail.words import Titles
from scheduler.rules.rule import Rule
from scheduler.settings import ROOT, Web
from scheduler.stories.related import How, Related
from scheduler.web.render import Renderer
from scheduler.web.server import serving
from tests.scheduler.mail.case import NOW, SENTENCE, alert, hit, release
from tests.scheduler.web.room import Room, ask

ROOMS = [ROOT / "scheduler" / "web", ROOT / "scheduler" / "mail"]
TEMPLATES = sorted(path for room in ROOMS for path in (room / "templates").iterdir())
# What speaks to the operator alone: figures for Prometheus, the log of wrong guesses, notices, and errors of sending.
OPERATORS = {"metrics.py", "login_attempts.py", "operator_mail.py", "bounces.py", "send.py", "smtp_connection.py"}
CODE = sorted(path for room in ROOMS for path in room.glob("*.py") if path.name not in OPERATORS)
LANGUAGES = ("en", "id", "zh")
# What is the same in every language: names, formats, an example that shows all three at once.
SAME = {"Pantau", "CSV", "JSON", "Atom", "pantau status", "do", "SHA-256", 'lang=""', "=",
        "kerja sama · 人工智能合作 · smart city"}  # fmt: skip
# In code: headers of HTTP, the name of a language in itself, ids of what joins two releases.
IDS = {"private, max-age=31536000, immutable", "private, no-cache", 'Basic realm="Pantau", charset="UTF-8"',
       "Accept-Language, Cookie", "中文", "other side", "same side", "at once"}  # fmt: skip
SPOKEN = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}|[\u3400-\u9fff]")
LATIN, HAN = re.compile(r"[A-Za-z]{2,}"), re.compile(r"[\u3400-\u9fff]")
# Phrases that two languages write alike.
ALIKE = {"cite", "column_sha256"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def own_words(template: str) -> set[str]:
    """The words that stand in a template itself."""
    source = re.sub(r"{#.*?#}|{%.*?%}|<style>.*?</style>", " ", template, flags=re.DOTALL)
    shown = re.sub(r"{{.*?}}", "", source, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"', shown)
    spoken += [one.strip() for one in re.sub(r"<[^>]*>", "\n", shown).splitlines()]
    return {one for text in spoken if (one := text.strip(" ·–:,.()×★←→[]!-+*>=")) and LATIN.search(one)}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_no_template_has_words_of_its_own(template: Path) -> None:
    assert own_words(template.read_text("utf-8")) <= SAME


def literals(code: str) -> Iterator[str]:
    """The texts in code, but for docstrings, messages of the log and of errors, and patterns."""
    tree = ast.parse(code)
    quiet: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            quiet.add(node.value)
        silent = isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "re."))
        if silent or isinstance(node, ast.Raise):
            quiet |= set(ast.walk(node))
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    yield from (node.value for node in texts if node not in quiet)


@pytest.mark.parametrize("path", CODE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_sentence_for_readers_stands_in_code(path: Path) -> None:
    assert {text for text in literals(path.read_text("utf-8")) if SPOKEN.search(text)} <= IDS


def phrases(folder: Path, language: str) -> dict[str, str]:
    """All phrases of a file of words, by table and key."""
    tables = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, rows in tables.items() for key, text in rows.items()}


@pytest.mark.parametrize("folder", [room / "words" for room in ROOMS], ids=lambda folder: folder.parent.name)
@pytest.mark.parametrize("language", ["id", "zh"])
def test_every_phrase_is_there_in_each_language_with_the_same_values(folder: Path, language: str) -> None:
    english, other = phrases(folder, "en"), phrases(folder, language)
    assert set(other) == set(english)
    assert all(other.values())
    values = [{key: placeholders(text) for key, text in one.items()} for one in (english, other)]
    assert values[0] == values[1]


@pytest.mark.parametrize("folder", [room / "words" for room in ROOMS], ids=lambda folder: folder.parent.name)
def test_no_phrase_is_the_same_in_two_languages(folder: Path) -> None:
    found = {language: phrases(folder, language) for language in LANGUAGES}
    names = ("topics.", "parties.", "bodies.", "sources.", "posts.", "units.")
    for key, english in found["en"].items():
        said = re.sub(r"{.*?}", "", english)
        if key.partition(".")[2] in ALIKE or not LATIN.search(said) or key.startswith(names):
            continue
        assert found["id"][key] != english, key
        chinese = re.sub(r"{.*?}", "", found["zh"][key])
        assert HAN.search(chinese) or not LATIN.search(chinese), key


ADDRESSES = (
    "/", "/?stage=agreed&level=possible", "/?since=2020-01-01&until=2020-01-02", "/search", "/search?q=nanning",
    "/search?q=zzqqxx&topic=ai", "/release/ai-id", "/release/undated", "/release/changed/revisions",
    "/release/ai-id/archive", "/release/ai-id/why", "/subscribe?rule=cooperation", "/subscribe?q=nanning",
    "/subscribe/asked", "/subscription/none", "/starred", "/sources", "/release/none", "/search?page=x",
)  # fmt: skip


TITLES = {"Indonesia dan Nanning", "Siaran Tanpa Tanggal", "own rule"}  # of the releases, and a rule of one's own


def shown(body: str) -> set[str]:
    """The pieces of text of a page, and what its elements are called, but for what says that it is in a language."""
    page = lxml_html.fromstring(body)
    for one in page.cssselect("body [lang], code, .hash, script, style, .cite, dd.wide, option, .note.own, textarea"):
        one.drop_tree()
    spoken = [text for one in page.iter() if isinstance(one.tag, str) for text in (one.text, one.tail)]
    spoken += [one.get(name) for one in page.iter() for name in ("title", "aria-label", "alt", "placeholder")]
    return {" ".join(text.split()) for text in spoken if text and text.strip()} - SAME


def in_common(said: dict[str, set[str]], content: set[str] = frozenset()) -> set[str]:
    """What is said in English in another language's place too; and what of a Chinese page is not Chinese."""
    english = {text for text in said["en"] & said["id"] if SPOKEN.search(text)}
    latin = {text for text in said["zh"] if re.search(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}", text) and not HAN.search(text)}
    return {text for text in english | latin if not any(known in text for known in content)}


@pytest.fixture(scope="module")
def served(room: Room, glossary: Glossary, rules: tuple[Rule, ...]) -> Iterator[str]:
    """The pages with the names that ship."""
    titles = Titles(sources={name: one.title for name, one in load_sources(ROOT / "config" / "sources").items()})
    backend = replace(room.backend, names=names_of(titles, rules, glossary))
    with serving(backend, Web(port=0)) as url:
        yield url


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_in_two_languages_has_no_sentence_in_common(served: str, address: str) -> None:
    asked = f"{address}{'&' if '?' in address else '?'}in="
    assert not in_common({language: shown(ask(served + asked + language)[2]) for language in LANGUAGES}, TITLES)


@pytest.mark.parametrize(
    ("language", "told", "differ"),
    [
        ("en", "9,000,000 people", "9,000,000 people here, 10,000,000 people there"),
        ("id", "9.000.000 orang", "9.000.000 orang di sini, 10.000.000 orang di sana"),
        ("zh", "9,000,000人", "此处9,000,000人，彼处10,000,000人"),
    ],
)
def test_figures_that_join_or_part_two_releases_are_told_as_in_a_mail(
    room: Room, glossary: Glossary, rules: tuple[Rule, ...], language: str, told: str, differ: str
) -> None:
    backend = replace(room.backend, names=names_of(Titles(), rules, glossary))
    tongue = Renderer(backend).tongues[language]
    assert tongue.code("figure 9百万名") == told
    assert tongue.code("figure 9百万名 / 10 million people") == differ


def test_feeds_and_files_are_in_the_readers_language(served: str) -> None:
    feeds, heads = {}, {}
    for language in LANGUAGES:
        feed = etree.fromstring(ask(f"{served}/feed.atom?in={language}")[2].encode())
        categories = {one.get("label") for one in feed.iter("{*}category")} - {"own rule"}
        feeds[language] = {feed.findtext("{*}title"), *categories}
        heads[language] = set(next(csv.reader(io.StringIO(ask(f"{served}/alerts.csv?in={language}")[2]))))
    assert len(feeds["en"]) > 2
    assert len(heads["en"]) > 8
    for said in (feeds, heads):
        assert not said["en"] & said["id"] - {"SHA-256"}
        assert all(HAN.search(text) for text in said["zh"] - {"SHA-256"})


NEWS: tuple[News, ...] = ("new", "other side", "revised", "withdrawn", "one-sided", "copy", "old", "below")
OURS = {"komdigi.example", "pantau.example.org", "Indonesia dan Nanning", SENTENCE[:30], "example.org"}


@pytest.fixture(scope="module")
def everything(glossary: Glossary) -> tuple[list[Item], Material, Week]:
    """One item of each kind of news at each stage, with all that a card can tell."""
    items, stored, edits = [], {}, {}
    stages = ("talks", "agreed", "signed", "under-way", "ended", "none")
    for number, (news, stage) in enumerate(((news, stage) for news in NEWS for stage in stages), 1):
        one = release(
            number, cut=True, precision=Precision.MONTH if number % 2 else Precision.DAY,
            date_conflict="the dateline says 2024-03-25, the page's own date is 2026-03-25",
        )  # fmt: skip
        hows: tuple[How, ...] = ("same side", "other side", "near-copy")
        beside = [
            Related(release_id="r0001", how=how, why=("topic ai", "days 2"), differs=("date 2026-03-24 / 2026-03-25",))
            for how in hows[: number - 1]
        ]
        hits = hit(number, "ai", level="possible", stage=stage), hit(number, "indonesia-guangxi", stage=stage)
        facts = {"told_revision": 1, "told_in": "<alert.first@example.org>", "related": tuple(beside)}
        items.append(Item(release_id=one.id, revision=2, hits=hits, news=news, **facts))
        if news == "revised":
            before = Revision(
                revision=1, title=one.title, text=one.text.replace("sepakat", "akan"),
                published=NOW - timedelta(days=9), collected_at=NOW, evidence_sha256=None, evidence_file=None,
            )  # fmt: skip
            after = replace(before, revision=2, text=one.text, published=one.published)
            edits[one.id] = (before, after)
        stored[one.id] = StoredRelease(release=one, revision=2, withdrawn_at=NOW if news == "withdrawn" else None)
    became = tuple(
        Became(item=items[number], outcome=outcome, stage="signed")
        for number, outcome in enumerate(("withdrawn", "ended", "further", "both", "silent"))
    )
    week = Week(counts=dict.fromkeys(stages, (2, 1)), announcements=became, one_sided=tuple(items[:2]))
    return items, Material(stored=stored, edits=edits, glossary=glossary, page="https://pantau.example.org"), week


def mail_in(language: str, items: list[Item], material: Material, week: Week | None = None) -> dict[str, set[str]]:
    """The lines of a mail's text, and the pieces of its HTML."""
    gaps = tuple(
        Gap(source="wsb", silent=silent, since=at) for silent, at in ((True, NOW), (False, NOW), (False, None))
    )
    late = Coverage(sources=9, newest=NOW, gaps=gaps, waiting=3, waiting_since=NOW, late=True, aside=1, looked_at=NOW)
    still = replace(late, late=False, looking=False)
    told = [coverage_line(one, mail_words.words(language), Titles()) for one in (late, still)]
    mail = compose(
        replace(alert(), items=tuple(items)), material, sender="pantau@example.org", language=language, week=week,
        coverage=" ".join(told), assured=bool(items), translation="https://example.org/{language}?{url}",
    )  # fmt: skip
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return {
        "text": {" ".join(line.split()) for line in text.splitlines()},
        "html": shown(html),
        "subject": {mail["Subject"]},
    }


@pytest.mark.parametrize("weekly", [False, True])
@pytest.mark.parametrize("count", [0, 1, 8, 48])
def test_a_mail_in_two_languages_has_no_line_in_common(
    everything: tuple[list[Item], Material, Week], count: int, weekly: bool
) -> None:
    items, material, week = everything
    told = {language: mail_in(language, items[:count], material, week if weekly else None) for language in LANGUAGES}
    for part in ("text", "html", "subject"):
        said = {language: one[part] for language, one in told.items()}
        assert said["en"]
        assert not in_common(said, OURS), part


def test_the_check_finds_a_sentence_that_is_in_one_language_only() -> None:
    assert own_words("<p>Nothing here</p>{{ say('x') }}") == {"Nothing here"}
    assert [one for one in literals('"""Doc."""\nlog.info("a word")\nx = "two words"') if SPOKEN.search(one)] == [
        "two words"
    ]
    said = {"en": {"No alerts yet", "Topik"}, "id": {"No alerts yet"}, "zh": {"主题", "not translated"}}
    assert in_common(said) == {"No alerts yet", "not translated"}
