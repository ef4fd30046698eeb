"""The alert mail: substance first, both scripts right, nothing from a page that steers the reader."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from crawler.release import Precision
from crawler.store import StoredRelease
from scheduler.ledger.model import Item
from scheduler.mail.brake import BRAKE, SUMMARY, chosen
from scheduler.mail.compose import MAX_BYTES, SUBJECT, NothingLeftError, compose
from scheduler.mail.entry import Material
from scheduler.mail.words import Titles
from scheduler.safe_text import safe_header
from scheduler.stories.related import Related
from tests.scheduler.mail.case import NOW, SENTENCE, alert, hit, release

SENDER = "pantau@example.org"
FIRST = "<alert.first@example.org>"
CST = timezone(timedelta(hours=8))
EVIL = '"><script>alert(1)</script><img src=x onerror=y> {{ 7*7 }} & <b>'


def stored(*numbers: int, withdrawn_at: datetime | None = None, **changes: Any) -> Material:
    """What mails about these releases are written from."""
    releases = [release(number, **changes) for number in numbers or (1,)]
    return Material(
        stored={one.id: StoredRelease(release=one, revision=1, withdrawn_at=withdrawn_at) for one in releases}
    )


def written(message: EmailMessage) -> EmailMessage:
    """The mail as a reader's program sees it, after the wire."""
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = written(message).get_body((kind,))
    assert part is not None
    return part.get_content()


def items(count: int, **details: Any) -> list[Item]:
    return [Item(release_id=f"r{n:04d}", revision=1, hits=(hit(n, **details),)) for n in range(1, count + 1)]


def one_mail(sender: str = "pantau@example.org", **changes: Any) -> EmailMessage:
    return compose(alert(), stored(**changes), sender=sender)


def test_the_subject_says_who_what_and_how_far_before_the_title() -> None:
    mail = one_mail(title="Kerja Sama AI")
    assert written(mail)["Subject"] == "Indonesia–Guangxi, AI, smart city (agreed): Kerja Sama AI"


def test_a_subject_for_several_says_how_many_more() -> None:
    mail = compose(alert(*items(3)), stored(1, 2, 3), sender="pantau@example.org", language="id")
    assert str(written(mail)["Subject"]).endswith("Bagian 3 (dan 2 lagi)")


def test_what_most_rules_speak_for_comes_first() -> None:
    two = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "indonesia-guangxi")))
    newer = Item(release_id="r0002", revision=1, hits=(hit(2),))
    mail = compose(alert(newer, two), stored(1, 2), sender="pantau@example.org")
    assert "Bagian 1 (and 1 more)" in str(written(mail)["Subject"])
    assert body(mail, "plain").index("Bagian 1") < body(mail, "plain").index("Bagian 2")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_and_html_tell_the_same(kind: str) -> None:
    mail = compose(
        alert(),
        replace(
            stored(date_conflict="the text says another day"),
            titles=Titles(sources={"komdigi": "Komdigi, siaran pers"}),
        ),
        sender="pantau@example.org",
        coverage="5 of 6 sources read",
    )
    text = body(mail, kind)
    for wanted in (
        "Bagian 1",
        "Komdigi, siaran pers",
        "2026-03-25",
        "to the day, taken from meta",
        "Date in doubt",
        "the text says another day",
        "agreed",
        "Indonesia, Guangxi",
        "smart city",
        "https://komdigi.example/berita/1",
        "Rule “Cooperation”, “Indonesia and Guangxi”",
        "words found: sepakat, kerja sama",
        "ab" * 32,
        "5 of 6 sources read",
        "desk@example.org is subscribed to “desk”",
    ):
        assert wanted in text


def test_matching_words_are_marked_in_both_parts() -> None:
    mail = one_mail()
    assert "*sepakat* memperluas *kerja sama*" in body(mail, "plain")
    assert "<mark>sepakat</mark> memperluas <mark>kerja sama</mark>" in body(mail, "html")


def test_spans_that_overlap_or_lie_outside_do_no_harm() -> None:
    highlight = {"sentence": SENTENCE, "spans": [[50, 60], [50, 55], [58, 60], [9000, 9010], [20, 10], [-5, 6]]}
    mail = compose(
        alert(Item(release_id="r0001", revision=1, hits=(hit(1, highlights=[highlight]),))),
        stored(),
        sender="pantau@example.org",
    )
    text = body(mail, "plain")
    assert "*Meutya* Hafid" in text
    assert "memperluas *kerja sama* kecerdasan" in text


def test_a_long_sentence_is_cut_around_the_words_that_matter() -> None:
    sentence = "awal " * 300 + "kerja sama Nanning " + "akhir " * 300
    start = sentence.index("kerja sama")
    highlight = {"sentence": sentence, "spans": [[start, start + 10]]}
    mail = compose(
        alert(Item(release_id="r0001", revision=1, hits=(hit(1, highlights=[highlight]),))),
        stored(),
        sender="pantau@example.org",
    )
    quoted = next(line for line in body(mail, "plain").splitlines() if line.startswith(">"))
    assert "*kerja sama* Nanning" in quoted
    assert quoted.startswith("> …")
    assert len(quoted) < 500


@pytest.mark.parametrize(
    ("published", "precision", "wanted"),
    [
        (datetime(2026, 3, 25, 9, 5, tzinfo=CST), Precision.MINUTE, "2026-03-25 09:05 UTC+08:00"),
        (datetime(2026, 3, 25, 9, 5, 7, tzinfo=UTC), Precision.SECOND, "2026-03-25 09:05:07 UTC+00:00"),
        (datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=7))), Precision.MONTH, "2026-03 (to the month"),
        (None, None, "Date: none on the page"),
    ],
)
def test_a_date_says_no_more_than_the_page(published: datetime | None, precision: Any, wanted: str) -> None:
    assert wanted in body(one_mail(published=published, precision=precision), "plain")


def test_changes_and_withdrawals_are_pointed_out_and_refer_to_the_first_mail() -> None:
    item = Item(release_id="r0001", revision=2, hits=(hit(1, revision=2),), news="revised", told_in=FIRST)
    mail = compose(alert(item), stored(withdrawn_at=NOW), sender="pantau@example.org")
    assert mail["In-Reply-To"] == FIRST
    for kind in ("plain", "html"):
        assert "revision 2" in body(mail, kind)
        assert "Withdrawn by its source" in body(mail, kind)


def test_the_headers_are_those_of_a_polite_robot() -> None:
    mail = written(one_mail())
    assert mail["Message-ID"] == "<alert.0123456789abcdef@example.org>"
    assert mail["List-Id"] == "Pantau desk <desk.pantau.example.org>"
    assert mail["List-Unsubscribe"] == "<mailto:pantau@example.org?subject=unsubscribe%20desk>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail["To"] == "desk@example.org"
    assert mail.get_content_type() == "multipart/alternative"


def test_the_same_mail_is_written_the_same_way_twice() -> None:
    first, second = one_mail(), one_mail()
    for name in ("Message-ID", "Date", "Subject"):
        assert first[name] == second[name]


@pytest.mark.parametrize("field", ["title", "source", "date_source", "date_conflict", "url"])
def test_markup_from_a_page_is_text(field: str) -> None:
    value = f"https://komdigi.example/{EVIL}" if field == "url" else EVIL
    page = body(one_mail(**{field: value}), "html")
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//script | //img | //@onerror | //@onclick | //iframe | //link")
    assert "49" not in page
    assert all(str(link).startswith(("https://", "mailto:")) for link in tree.xpath("//@href"))


def test_markup_in_a_sentence_a_party_or_a_rule_is_text() -> None:
    highlight = {"sentence": EVIL, "spans": [[0, 12]]}
    item = Item(
        release_id="r0001", revision=1, hits=(hit(1, EVIL, highlights=[highlight], parties=[EVIL], topics=[EVIL]),)
    )
    tree = lxml_html.fromstring(body(compose(alert(item), stored(), sender="pantau@example.org"), "html"))
    assert not tree.xpath("//script | //img | //@onerror")


def test_the_page_loads_nothing_from_afar() -> None:
    page = body(one_mail(), "html")
    assert not re.search(r"src=|@import|url\(|<link|<script", page)
    assert "prefers-color-scheme: dark" in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://bank.example@evil.example/", "data:text/html,x"])
def test_an_address_one_should_not_follow_is_no_link(url: str) -> None:
    mail = one_mail(url=url)
    assert not lxml_html.fromstring(body(mail, "html")).xpath("//@href")
    assert "no address that can be opened" in body(mail, "plain")
    assert url not in body(mail, "plain")


@pytest.mark.parametrize(
    "title",
    [
        "Kerja Sama\r\nBcc: semua@example.org\r\n\r\nIsi palsu",
        "Kerja Sama\nX-Palsu: ya",
        "Kerja\x00 Sama\x1b[2J",
        "Kerja Sama \u202egnilaer\u202c 合作\u2028baris",
        "=?utf-8?q?Bcc=3A?= semua@example.org",
        "=?utf-8?q?a=0D=0ABcc=3A_semua=40example.org?=",
        "=?utf-8?b?YQ0KQmNjOiBzZW11YQ==?= =?utf-8?q?=E2=80=AEx?=",
    ],
)
def test_a_title_cannot_add_a_header_or_turn_the_reading_direction(title: str) -> None:
    mail = written(one_mail(title=title))
    assert "Bcc" not in mail
    assert "X-Palsu" not in mail
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069\u2028]", str(mail["Subject"]))
    assert mail["To"] == "desk@example.org"


@pytest.mark.parametrize(
    "title",
    [
        "南宁市与印度尼西亚通信和数字部在雅加达举行会谈并就人工智能智慧城市数字人才培养达成一致意见" * 2,
        "Pertemuan Menteri Komunikasi dan Digital dengan Sekretaris Partai Kota Nanning 农生文 di Jakarta 会谈 AI",
        "“Kerja Sama” – Indonesia, Guangxi: 合作, “智慧城市”",
        "Kerja sama" + " panjang sekali" * 5,
        "x" * 400,
    ],
)
def test_a_long_subject_of_any_script_folds_and_comes_back_whole(title: str) -> None:
    mail = one_mail(title=title)
    head = mail.as_bytes().split(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"List-"))
    assert head.isascii()
    wanted = safe_header(f"Indonesia–Guangxi, AI, smart city (agreed): {title}", SUBJECT)
    assert str(written(mail)["Subject"]) == wanted


@given(st.text(min_size=1, max_size=200))
def test_any_title_at_all_makes_a_mail_with_one_subject(title: str) -> None:
    mail = written(one_mail(title=title))
    wanted = safe_header(title) or "https://komdigi.example/berita/1"
    assert str(mail["Subject"]) == safe_header(f"Indonesia–Guangxi, AI, smart city (agreed): {wanted}", SUBJECT)
    assert mail.get_all("To") == ["desk@example.org"]


def test_every_line_on_the_wire_is_seven_bit_and_short() -> None:
    mail = one_mail(title="南宁 " * 40, text="合作" * 5000)
    raw = mail.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(("language", "word"), [("en", "Source"), ("id", "Sumber"), ("zh", "来源")])
def test_the_mail_speaks_the_readers_language(language: str, word: str) -> None:
    mail = compose(alert(), stored(), sender="pantau@example.org", language=language)
    for kind in ("plain", "html"):
        assert word in body(mail, kind)
    assert f'<html lang="{language}">' in body(mail, "html")


def one(number: int, level: str = "sure", stage: str = "agreed", **facts: Any) -> Item:
    return Item(release_id=f"r{number:04d}", revision=1, hits=(hit(number, level=level, stage=stage),), **facts)


def test_items_stand_by_how_sure_they_are_then_by_stage_then_by_age() -> None:
    said = [
        one(1, stage="talks"),
        one(2, "likely", "ended"),
        one(3, stage="ended"),
        one(4, stage="signed"),
        one(5, "possible", "signed"),
        one(6, stage="talks"),
        one(7, stage="under-way"),
        one(8, stage="none"),
        one(9, stage="agreed"),
        one(10, news="revised", stage="ended"),
    ]
    text = body(compose(alert(*said), stored(*range(1, 11)), sender=SENDER), "plain")
    assert [int(n) for n in re.findall(r"^Indonesia dan .*Bagian (\d+)\r?$", text, re.M)] == [
        3, 4, 9, 7, 6, 1, 8, 2, 5, 10,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "level", "said"),
    [
        ("en", "likely", "How sure: likely"),
        ("id", "sure", "Tingkat kepastian: pasti"),
        ("zh", "possible", "可信程度: 可能"),
    ],
)
def test_each_item_says_how_sure_it_is(language: str, level: str, said: str) -> None:
    mail = compose(alert(one(1, level)), stored(1), sender=SENDER, language=language)
    assert said in body(mail, "plain")
    assert said.partition(": ")[2] in lxml_html.fromstring(body(mail, "html")).text_content()


def test_a_rule_that_is_less_sure_than_its_item_is_told_with_its_level_and_a_doubtful_subject_says_so() -> None:
    two = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "indonesia-guangxi", level="likely")))
    assert "Rule “Cooperation”, “Indonesia and Guangxi” (likely)" in body(
        compose(alert(two), stored(1), sender=SENDER), "plain"
    )
    subjects = [
        str(written(compose(alert(one(1, level)), stored(1), sender=SENDER))["Subject"])
        for level in ("possible", "likely")
    ]
    assert ["(agreed, possible): " in subjects[0], "(agreed): " in subjects[1]] == [True, True]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_what_is_less_sure_is_one_line_of_titles_after_all_else(kind: str) -> None:
    below = [Item(release_id=f"r{n:04d}", revision=1, hits=(), news="below") for n in range(2, 42)]
    mail = compose(alert(one(1), *below), stored(*range(1, 42), title="Kerja Sama <b> & AI"), sender=SENDER)
    text = body(mail, kind)
    if kind == "html":
        assert len(lxml_html.fromstring(text).findall(".//details")) == 1
        text = lxml_html.fromstring(text).text_content()
    titles = "; ".join(["Kerja Sama <b> & AI"] * 30)
    assert f"Less sure than you ask for (40){': ' if kind == 'plain' else ''}{titles}" in re.sub(r"(?<=\))\n", "", text)
    assert "… and 10 more; all are in the search." in text
    assert "One release for you" in text
    assert text.index("Less sure") > text.index("Evidence")
    assert "more)" not in str(written(mail)["Subject"])


def test_a_withdrawn_title_is_not_listed() -> None:
    gone = {"r0002": StoredRelease(release=release(2), revision=1, withdrawn_at=NOW)}
    both = Material(stored={**stored(1).stored, **gone})
    below = Item(release_id="r0002", revision=1, hits=(), news="below")
    assert "Less sure" not in body(compose(alert(one(1), below), both, sender=SENDER), "plain")


def test_a_flood_shows_what_is_surest_and_furthest_on() -> None:
    many = [one(n, "likely", "talks") for n in range(3, BRAKE + 3)]
    mail = compose(
        alert(*many, one(1, stage="ended"), one(2, stage="signed")), stored(*range(1, BRAKE + 3)), sender=SENDER
    )
    shown = re.findall(r"/berita/(\d+)\r?$", body(mail, "plain"), re.M)
    assert (shown[:2], len(shown)) == (["1", "2"], 20)


def test_a_flood_becomes_a_summary_of_counts_and_the_newest() -> None:
    numbers = range(1, BRAKE + 2)
    mail = compose(alert(*items(len(numbers))), stored(*numbers), sender="pantau@example.org")
    text = body(mail, "plain")
    assert f"{BRAKE + 1} releases came at once" in text
    assert f"{BRAKE + 1}  Cooperation" in text
    assert text.count("https://komdigi.example/berita/") == 20
    assert f"https://komdigi.example/berita/{BRAKE + 1}" in text.splitlines(), "the newest is shown"
    assert "https://komdigi.example/berita/1" not in text.splitlines(), "the oldest is not"


def flooded() -> tuple[list[Item], Material]:
    """A flood of one source, its releases dated years ahead, and one release of another."""
    numbers = range(1, BRAKE + 2)
    ahead = stored(*numbers, source="gxzf", published=NOW + timedelta(days=26_000)).stored
    real = stored(BRAKE + 2, title="Kerja Sama yang Nyata").stored
    return items(BRAKE + 2), Material(stored={**ahead, **real}, titles=Titles(sources={"gxzf": "Guangxi"}))


def test_a_flood_of_one_source_hides_no_other_whatever_its_dates() -> None:
    many, material = flooded()
    mail = compose(alert(*many), material, sender=SENDER)
    assert "Kerja Sama yang Nyata (and 51 more)" in str(written(mail)["Subject"])
    for kind in ("plain", "html"):
        assert "Kerja Sama yang Nyata" in body(mail, kind)
        assert f"{BRAKE + 1 - SUMMARY} more of Guangxi are not in this mail" in body(mail, kind)
    assert "/?source=" not in body(mail, "plain")
    mail = compose(alert(*many), replace(material, desk="https://pantau.example.org"), sender=SENDER)
    assert "https://pantau.example.org/?source=gxzf" in body(mail, "plain").splitlines()


def test_what_a_mail_does_not_show_is_said_to_be_left_out() -> None:
    many, material = flooded()
    choice = chosen(alert(*many), material.stored)
    text = body(compose(alert(*many), material, sender=SENDER), "plain").splitlines()
    shown = {one.release.id for one in material.stored.values() if one.release.url in text}
    assert len(shown) == SUMMARY + 1
    assert choice.left_out == material.stored.keys() - shown


@pytest.mark.parametrize("sources", [2, 30, 300])
def test_whatever_number_of_sources_floods_at_once_each_is_shown_and_counted(sources: int) -> None:
    each = 60 if sources < 300 else 3
    material = Material(
        stored={
            one.release.id: one
            for n in range(sources)
            for one in stored(*range(n * each + 1, (n + 1) * each + 1), source=f"s{n}").stored.values()
        }
    )
    choice = chosen(alert(*items(sources * each)), material.stored)
    assert {material.stored[item.release_id].release.source for item in choice.shown} == {
        f"s{n}" for n in range(sources)
    }
    assert len(choice.shown) <= max(300, sources)
    assert len(choice.shown) + sum(choice.left.values()) == sources * each


def test_a_mail_is_bounded_and_says_that_it_was_cut() -> None:
    sentences = [{"sentence": f"{n} " + "合作" * 300, "spans": [[2, 4]]} for n in range(5)]
    many = items(BRAKE, highlights=sentences)
    mail = compose(alert(*many), stored(*range(1, BRAKE + 1), title="题" * 300), sender="pantau@example.org")
    for kind in ("plain", "html"):
        assert len(body(mail, kind).encode()) <= MAX_BYTES
        assert "was shortened" in body(mail, kind)
        assert body(mail, kind).count("/berita/") >= BRAKE, "every release is named"


def test_a_short_mail_does_not_say_that_it_was_cut() -> None:
    assert "was shortened" not in body(one_mail(), "plain")


def test_a_release_that_is_gone_is_left_out_and_none_left_is_said() -> None:
    mail = compose(alert(*items(2)), stored(1), sender="pantau@example.org")
    assert "Bagian 1" in body(mail, "plain")
    with pytest.raises(NothingLeftError, match="no longer in the store"):
        compose(alert(*items(1)), Material(stored={}), sender="pantau@example.org")


def test_missing_details_still_make_a_mail() -> None:
    bare = Item(release_id="r0001", revision=1, hits=(hit(1, stage="none", topics=[], parties=[], highlights=[]),))
    mail = compose(
        alert(bare),
        stored(evidence_sha256=None, date_source=None, lang=None, title=""),
        sender="pantau@example.org",
    )
    assert str(written(mail)["Subject"]) == "https://komdigi.example/berita/1"
    assert "Rule “Cooperation”" in body(mail, "plain")


def related_item(number: int, *others: Related) -> Item:
    return Item(release_id=f"r{number:04d}", revision=1, hits=(hit(number),), related=others)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_story_names_its_other_releases_and_why_they_are_held_for_that(kind: str) -> None:
    link = Related(
        release_id="r0002",
        how="other side",
        why=(
            "name nong-shengwen",
            "name Universitas Udayana",
            "topic ai",
            "figure 120 bus",
            "day 2026-03-24",
            "days 0",
        ),
        differs=("date 2026-03-24 / 2026-03-25", "figure 9 juta / 10 million"),
    )
    gone = Related(release_id="r0009", how="near-copy")
    text = " ".join(body(compose(alert(related_item(1, link, gone)), stored(1, 2), sender=SENDER), kind).split())
    for wanted in (
        "Bagian 2",
        "https://komdigi.example/berita/2",
        "the other side; in common: Nong Shengwen, Universitas Udayana, AI, 120 bus, 2026-03-24, published the same",
        "date 2026-03-24 here, 2026-03-25 there, 9 juta here, 10 million there",
    ):
        assert wanted in text
    assert "Bagian 9" not in text


def test_markup_of_another_release_is_text() -> None:
    evil = release(2, title=EVIL, source=EVIL, url="javascript:alert(1)")
    material = stored(1)
    there = {**material.stored, "r0002": StoredRelease(release=evil, revision=1, withdrawn_at=None)}
    link = Related(release_id="r0002", how="near-copy", why=(f"name {EVIL}",), differs=(f"figure {EVIL} / {EVIL}",))
    page = body(compose(alert(related_item(1, link)), replace(material, stored=there), sender=SENDER), "html")
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//script | //img | //@onerror")
    assert all(str(link).startswith(("https://", "mailto:")) for link in tree.xpath("//@href"))


def test_a_shortened_mail_still_names_every_release_of_every_story() -> None:
    sentences = [{"sentence": f"{n} " + "合作" * 300, "spans": [[2, 4]]} for n in range(5)]
    many = [
        Item(
            release_id=f"r{n:04d}",
            revision=1,
            hits=(hit(n, highlights=sentences),),
            related=(Related(release_id=f"r{n + BRAKE:04d}", how="near-copy"),),
        )
        for n in range(1, BRAKE + 1)
    ]
    mail = compose(alert(*many), stored(*range(1, 2 * BRAKE + 1), title="题" * 200), sender=SENDER)
    for kind in ("plain", "html"):
        assert len(body(mail, kind).encode()) <= MAX_BYTES
        links = set(re.findall(r"https://komdigi.example/berita/\d+", body(mail, kind)))
        assert len(links) == 2 * BRAKE
    assert "was shortened" in body(mail, "plain")


def test_the_reading_page_is_linked_where_there_is_one() -> None:
    mail = compose(alert(), replace(stored(), desk="https://pantau.example.org/"), sender=SENDER)
    for kind in ("plain", "html"):
        assert "https://pantau.example.org/release/r0001" in body(mail, kind)


def test_news_comes_before_what_became_of_earlier_news() -> None:
    old = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "ai")), news="withdrawn", told_in=FIRST)
    mail = compose(alert(old, Item(release_id="r0002", revision=1, hits=(hit(2),))), stored(1, 2), sender=SENDER)
    assert "Bagian 2 (and 1 more)" in str(written(mail)["Subject"])
    assert mail["In-Reply-To"] == FIRST
