"""The alert mail: substance first, both scripts right, nothing from a page that steers the reader."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from crawler.release import Precision
from crawler.store import StoredRelease
from scheduler.ledger.model import Item
from scheduler.mail.compose import MAX_BYTES, SUBJECT, NothingLeftError, compose
from scheduler.mail.confirmation import compose_confirmation
from scheduler.mail.flood import FLOOD, SHOWN, select_items
from scheduler.mail.item import Material
from scheduler.mail.subscription_page import subscription_page
from scheduler.mail.words import Titles
from scheduler.safe_text import safe_header
from scheduler.stories.related import Related
from tests.scheduler.mail.case import NAMES, NOW, SENTENCE, alert, hit, release

SENDER = "pantau@example.org"
FIRST = "<alert.first@example.org>"
CST = timezone(timedelta(hours=8))
EVIL = '"><script>alert(1)</script><img src=x onerror=y> {{ 7*7 }} & <b>'


def stored(*numbers: int, withdrawn_at: datetime | None = None, **changes: Any) -> Material:
    """What mails about these releases are written from."""
    releases = [release(number, **changes) for number in numbers or (1,)]
    return Material(
        stored={one.id: StoredRelease(release=one, revision=1, withdrawn_at=withdrawn_at) for one in releases},
        glossary=NAMES,
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


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("id", "Disepakati: Kerja Sama AI"),
        ("en", "Agreed: Indonesia and Guangxi agreed to cooperate; AI, smart city"),
        ("zh", "达成一致：印度尼西亚与广西同意开展合作；人工智能、智慧城市"),
    ],
)
def test_the_subject_says_the_stage_and_then_in_words_the_reader_reads_what_it_is_about(
    language: str, wanted: str
) -> None:
    mail = compose(alert(), stored(title="Kerja Sama AI"), sender=SENDER, language=language)
    assert written(mail)["Subject"] == wanted


def test_a_subject_for_several_carries_the_counts_by_stage_and_the_weightiest() -> None:
    said = [one(1, stage="talks"), one(2, stage="signed"), one(3, stage="ended"), one(4, stage="signed")]
    said += [one(5, stage="none"), one(6, stage="ended", news="withdrawn"), one(7, stage="talks", news="revised")]
    subjects = {
        language: str(written(compose(alert(*said), stored(*range(1, 8)), sender=SENDER, language=language))["Subject"])
        for language in ("en", "id", "zh")
    }
    assert subjects == {
        "en": "1 ended, 2 signed, 1 in talks, 1 others, 1 changed, 1 withdrawn: "
        "The cooperation of Indonesia and Guangxi has ended or was called off; AI, smart city",
        "id": "1 berakhir, 2 ditandatangani, 1 dalam pembicaraan, 1 lainnya, 1 diubah, 1 ditarik: "
        "Indonesia dan Nanning Perluas Kerja Sama AI, Bagian 3",
        "zh": "终止1，签署2，洽谈1，其他1，有修改1，已撤下1：印度尼西亚与广西的合作已终止或取消；人工智能、智慧城市",
    }


def test_how_many_rules_speak_for_a_release_does_not_move_it() -> None:
    two = Item(release_id="r0001", revision=1, hits=(hit(1, stage="talks"), hit(1, "indonesia-guangxi", stage="talks")))
    mail = compose(alert(two, one(2, stage="ended")), stored(1, 2), sender=SENDER)
    assert body(mail, "plain").index("Bagian 2") < body(mail, "plain").index("Bagian 1")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_and_html_tell_the_same(kind: str) -> None:
    mail = compose(
        alert(),
        replace(
            stored(date_conflict="the text says another day"),
            titles=Titles(sources={"komdigi": "never shown"}),
        ),
        sender="pantau@example.org",
        coverage="5 of 6 sources read",
    )
    text = body(mail, kind)
    if kind == "html":
        text = lxml_html.fromstring(text).text_content() + " ".join(lxml_html.fromstring(text).xpath("//@href"))
    assert "the text says" not in text
    assert "meta" not in text
    for wanted in (
        "Bagian 1",
        "Ministry of Communication and Digital Affairs, Indonesia",
        "2026-03-25",
        "Date in doubt: the page contradicts itself",
        "agreed",
        "Indonesia and Guangxi agreed to cooperate; AI, smart city",
        "Indonesia, Guangxi",
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
        (datetime(2026, 3, 25, 9, 5, tzinfo=CST), Precision.MINUTE, "2026-03-25 08:05 Jakarta time"),
        (datetime(2026, 3, 25, 9, 5, 7, tzinfo=UTC), Precision.SECOND, "2026-03-25 16:05 Jakarta time"),
        (
            datetime(2026, 3, 25, 0, 30, tzinfo=CST),
            Precision.MINUTE,
            "2026-03-24 23:30 Jakarta time (dated 2026-03-25 on the page)",
        ),
        (datetime(2026, 3, 25, tzinfo=CST), Precision.DAY, "2026-03-25\n"),
        (datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=7))), Precision.MONTH, "2026-03 (to the month)"),
        (None, None, "Indonesia, no date on the page"),
    ],
)
def test_a_date_says_no_more_than_the_page_and_a_time_is_on_the_readers_clock(
    published: datetime | None, precision: Any, wanted: str
) -> None:
    material = stored(published=published, precision=precision)
    mail = compose(alert(), material, sender=SENDER, zone=ZoneInfo("Asia/Jakarta"))
    assert wanted in body(mail, "plain").replace("\r", "")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Date in doubt: the page gives 2024-03-25, but says 2025-03-25 too"),
        ("id", "Tanggal meragukan: halaman menyebut 2024-03-25, tetapi juga 2025-03-25"),
        ("zh", "日期存疑：页面注明2024-03-25，文中另有2025-03-25"),
    ],
)
def test_a_date_in_doubt_is_told_in_the_readers_language(language: str, said: str) -> None:
    conflict = "the text says Selasa (25/3), which fits 2025-03-25, not 2024-03-25 (a Monday)"
    material = stored(published=datetime(2024, 3, 25, tzinfo=CST), date_conflict=conflict)
    for kind in ("plain", "html"):
        text = body(compose(alert(), material, sender=SENDER, language=language), kind)
        assert said in re.sub("<[^>]+>", "", text)
        assert "Selasa" not in text


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


@pytest.mark.parametrize("language", ["en", "id", "zh"])
def test_a_subscription_of_ones_own_is_ended_from_each_mail(language: str) -> None:
    page = subscription_page("https://pantau.example.org/", "k" * 43, f"“kopi” · {EVIL}")
    mail = written(compose(alert(), stored(), sender=SENDER, language=language, own=page))
    address = f"https://pantau.example.org/subscription/{'k' * 43}"
    assert mail["List-Unsubscribe"] == f"<{address}/end>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert body(mail, "plain").rstrip().endswith(f"\n{address}")
    tree = lxml_html.fromstring(body(mail, "html"))
    assert tree.cssselect(".foot a")[0].get("href") == address
    assert "script" not in {element.tag for element in tree.iter()}
    assert "“kopi”" in tree.cssselect(".foot")[0].text_content()
    in_clear = subscription_page("http://pantau.example.org", "k" * 43, "x")
    assert written(compose(alert(), stored(), sender=SENDER, own=in_clear))["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(("language", "subject"), [("en", "Confirm"), ("id", "Konfirmasikan"), ("zh", "请确认")])
def test_the_link_comes_in_a_short_mail_in_the_readers_language(language: str, subject: str) -> None:
    page = subscription_page("https://pantau.example.org", "k" * 43, "“kopi\r\nBcc: x@example.org” " + "x" * 900)
    mail = compose_confirmation(
        page, sender=SENDER, to="ratih@example.org", language=language, name="mine-1", at=NOW,
        until=NOW + timedelta(days=2), zone=ZoneInfo("Asia/Jakarta"),
    )  # fmt: skip
    mail = written(mail)
    assert str(mail["Subject"]).startswith(subject)
    assert (mail["To"], mail["Bcc"], mail["Message-ID"]) == ("ratih@example.org", None, "<confirm.mine-1@example.org>")
    text = str(mail.get_content())
    assert page.address in text.splitlines()
    assert "2026-03-28 09:00" in text
    assert len(text) < 1000, "whoever asks has little room for words of his own"


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
    mail = compose(alert(), stored(title=title), sender=SENDER, language="id")
    head = mail.as_bytes().split(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"List-"))
    assert head.isascii()
    wanted = safe_header(f"Disepakati: {title}", SUBJECT)
    assert str(written(mail)["Subject"]) == wanted


@pytest.mark.parametrize("length", range(60, 90))
def test_a_subject_that_just_does_not_fit_on_the_first_line_does_not_begin_with_a_blank(length: int) -> None:
    title = ("kata " * 20)[:length].strip() + "."
    mail = compose(alert(), stored(title=title), sender=SENDER, language="id")
    assert str(written(mail)["Subject"]) == f"Disepakati: {title}"


@settings(deadline=None)  # a busy machine takes its time
@given(st.text(min_size=1, max_size=200))
def test_any_title_at_all_makes_a_mail_with_one_subject(title: str) -> None:
    mail = written(compose(alert(), stored(title=title), sender=SENDER, language="id"))
    wanted = safe_header(title) or "https://komdigi.example/berita/1"
    assert str(mail["Subject"]) == safe_header(f"Disepakati: {wanted}", SUBJECT)
    assert mail.get_all("To") == ["desk@example.org"]


def test_every_line_on_the_wire_is_seven_bit_and_short() -> None:
    mail = one_mail(title="南宁 " * 40, text="合作" * 5000)
    raw = mail.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "People’s Government of Guangxi"), ("id", "Pemerintah Guangxi"), ("zh", "广西壮族自治区人民政府")],
)
def test_the_mail_speaks_the_readers_language(language: str, word: str) -> None:
    mail = compose(alert(), stored(source="gxzf"), sender="pantau@example.org", language=language)
    for kind in ("plain", "html"):
        assert word in body(mail, kind)
    assert f'<html lang="{language}">' in body(mail, "html")


def one(number: int, level: str = "sure", stage: str = "agreed", **facts: Any) -> Item:
    return Item(release_id=f"r{number:04d}", revision=1, hits=(hit(number, level=level, stage=stage),), **facts)


def test_items_stand_by_stage_then_by_level_then_by_who_is_named_then_by_age() -> None:
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
        Item(release_id="r0011", revision=1, hits=(hit(11, stage="agreed", parties=["indonesia", "domestic"]),)),
    ]
    text = body(compose(alert(*said), stored(*range(1, 12)), sender=SENDER), "plain")
    cards = re.findall(r"^\d+\. Indonesia dan .*Bagian (\d+)\r?$", text, re.M)
    lines = re.findall(r"^- .*Indonesia dan .*Bagian (\d+) \(", text, re.M)
    assert [int(n) for n in (*cards, *lines)] == [3, 2, 10, 4, 5, 9, 11, 7, 6, 1, 8]


@pytest.mark.parametrize(
    ("language", "level", "said"),
    [
        ("en", "likely", "How sure: likely"),
        ("id", "sure", "Tingkat kepastian: pasti"),
        ("zh", "possible", "可信程度：可能"),
    ],
)
def test_each_item_says_how_sure_it_is(language: str, level: str, said: str) -> None:
    mail = compose(alert(one(1, level)), stored(1), sender=SENDER, language=language)
    assert said in body(mail, "plain")
    assert said in lxml_html.fromstring(body(mail, "html")).text_content()


def test_a_rule_that_is_less_sure_than_its_item_is_told_with_its_level_and_a_doubtful_subject_says_so() -> None:
    two = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "indonesia-guangxi", level="likely")))
    assert "Rule “Cooperation”, “Indonesia and Guangxi” (likely)" in body(
        compose(alert(two), stored(1), sender=SENDER), "plain"
    )
    subjects = [
        str(written(compose(alert(one(1, level)), stored(1), sender=SENDER))["Subject"])
        for level in ("possible", "likely")
    ]
    assert [subject.partition(":")[0] for subject in subjects] == ["Agreed, possible", "Agreed"]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_what_is_less_sure_is_one_line_of_titles_after_all_else(kind: str) -> None:
    below = [Item(release_id=f"r{n:04d}", revision=1, hits=(), news="below") for n in range(2, 42)]
    mail = compose(alert(one(1), *below), stored(*range(1, 42), title="Kerja Sama <b> & AI"), sender=SENDER)
    text = body(mail, kind)
    if kind == "html":
        [folded] = lxml_html.fromstring(text).xpath("//details[contains(summary, 'Less sure')]")
        assert "Kerja Sama <b> & AI" in folded.text_content()
        text = lxml_html.fromstring(text).text_content()
    titles = "; ".join(["Kerja Sama <b> & AI"] * 30)
    assert f"Less sure than you ask for (40){': ' if kind == 'plain' else ''}{titles}" in re.sub(r"(?<=\))\n", "", text)
    assert "… and 10 more; all are in the search." in text
    assert "One release for you" in text
    assert text.index("Less sure") > text.index("Evidence")
    assert str(written(mail)["Subject"]).startswith("Agreed: ")


def test_a_withdrawn_title_is_not_listed() -> None:
    gone = {"r0002": StoredRelease(release=release(2), revision=1, withdrawn_at=NOW)}
    both = Material(stored={**stored(1).stored, **gone}, glossary=NAMES)
    below = Item(release_id="r0002", revision=1, hits=(), news="below")
    assert "Less sure" not in body(compose(alert(one(1), below), both, sender=SENDER), "plain")


def test_a_flood_shows_what_is_surest_and_furthest_on() -> None:
    many = [one(n, "likely", "talks") for n in range(3, FLOOD + 3)]
    mail = compose(
        alert(*many, one(1, stage="ended"), one(2, stage="signed")), stored(*range(1, FLOOD + 3)), sender=SENDER
    )
    shown = re.findall(r"/berita/(\d+)\r?$", body(mail, "plain"), re.M)
    assert (shown[:2], len(shown)) == (["1", "2"], 20)


def test_a_flood_becomes_a_summary_of_counts_and_the_newest() -> None:
    numbers = range(1, FLOOD + 2)
    mail = compose(alert(*items(len(numbers))), stored(*numbers), sender="pantau@example.org")
    text = body(mail, "plain")
    assert f"{FLOOD + 1} releases came at once" in text
    assert f"{FLOOD + 1}  Cooperation" in text
    assert text.count("https://komdigi.example/berita/") == 20
    assert f"https://komdigi.example/berita/{FLOOD + 1}" in text.splitlines(), "the newest is shown"
    assert "https://komdigi.example/berita/1" not in text.splitlines(), "the oldest is not"


def flooded() -> tuple[list[Item], Material]:
    """A flood of one source, its releases dated years ahead, and one release of another."""
    numbers = range(1, FLOOD + 2)
    ahead = stored(*numbers, source="gxzf", published=NOW + timedelta(days=26_000)).stored
    real = stored(FLOOD + 2, title="Kerja Sama yang Nyata").stored
    return items(FLOOD + 2), Material(
        stored={**ahead, **real}, glossary=NAMES, titles=Titles(sources={"gxzf": "Guangxi"})
    )


def test_a_flood_of_one_source_hides_no_other_whatever_its_dates() -> None:
    many, material = flooded()
    mail = compose(alert(*many), material, sender=SENDER)
    assert str(written(mail)["Subject"]).startswith("52 agreed: ")
    assert body(mail, "plain").index("Kerja Sama yang Nyata") < body(mail, "plain").index("Bagian 20")
    for kind in ("plain", "html"):
        assert "Kerja Sama yang Nyata" in body(mail, kind)
        assert f"{FLOOD + 1 - SHOWN} more of People’s Government of Guangxi are not in this mail" in body(mail, kind)
    assert "/?source=" not in body(mail, "plain")
    mail = compose(alert(*many), replace(material, page="https://pantau.example.org"), sender=SENDER)
    assert "https://pantau.example.org/?source=gxzf" in body(mail, "plain").splitlines()


def test_what_a_mail_does_not_show_is_said_to_be_left_out() -> None:
    many, material = flooded()
    choice = select_items(alert(*many), material.stored)
    text = [line.strip() for line in body(compose(alert(*many), material, sender=SENDER), "plain").splitlines()]
    shown = {one.release.id for one in material.stored.values() if one.release.url in text}
    assert len(shown) == SHOWN + 1
    assert choice.left_out == material.stored.keys() - shown


@pytest.mark.parametrize("sources", [2, 30, 300])
def test_whatever_number_of_sources_floods_at_once_each_is_shown_and_counted(sources: int) -> None:
    each = 60 if sources < 300 else 3
    material = Material(
        glossary=NAMES,
        stored={
            one.release.id: one
            for n in range(sources)
            for one in stored(*range(n * each + 1, (n + 1) * each + 1), source=f"s{n}").stored.values()
        },
    )
    choice = select_items(alert(*items(sources * each)), material.stored)
    assert {material.stored[item.release_id].release.source for item in choice.shown} == {
        f"s{n}" for n in range(sources)
    }
    assert len(choice.shown) <= max(300, sources)
    assert len(choice.shown) + sum(choice.left.values()) == sources * each


def test_a_mail_of_long_texts_is_bounded_and_names_every_release() -> None:
    sentences = [{"sentence": f"{n} " + "合作" * 300, "spans": [[2, 4]]} for n in range(5)]
    many = items(FLOOD, highlights=sentences)
    mail = compose(alert(*many), stored(*range(1, FLOOD + 1), title="题" * 300), sender="pantau@example.org")
    for kind in ("plain", "html"):
        assert len(body(mail, kind).encode()) <= MAX_BYTES
        assert body(mail, kind).count("/berita/") >= FLOOD, "every release is named"


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


def test_the_head_has_seven_lines_at_most_and_ten_items_have_a_card() -> None:
    mail = compose(alert(*items(42)), stored(*range(1, 43)), sender=SENDER)
    tree = lxml_html.fromstring(body(mail, "html"))
    head = tree.xpath("//div[@id='top']/div[1]")[0]
    links = head.xpath(".//ul[@class='lines']/li/a/@href")
    assert head.xpath("string(.//p[@class='counts'])") == "42 agreed"
    assert len(head.xpath(".//p[@class='counts'] | .//ul[@class='lines']/li")) == 7
    assert head.xpath("string(.//ul[@class='lines']/li[last()])") == "and 37 more below"
    assert links == ["#i1", "#i2", "#i3", "#i4", "#i5"]
    assert len(tree.xpath("//h2")) == 10
    assert all(tree.xpath(f"//*[@id='{link[1:]}']") for link in links)
    [rest] = tree.xpath("//div[contains(@class, 'rest')]")
    assert (rest.xpath("string(.//summary)"), len(rest.xpath(".//li"))) == ("32 more: 32 agreed", 32)
    text = body(mail, "plain").replace("\r", "")
    head_of_text = text.partition("\n---")[0].split("\n")
    assert head_of_text[:4] == [
        "42 releases for you",
        "42 agreed",
        "",
        "1. [agreed] Indonesia – Guangxi; AI, smart city",
    ]
    assert "and 37 more below" in head_of_text
    assert "\n32 more: 32 agreed\n" in text
    assert text.count("https://komdigi.example/berita/") == 42


@pytest.mark.parametrize(("count", "lines"), [(1, 0), (2, 0), (3, 3), (6, 6), (7, 6)])
def test_few_items_need_few_lines(count: int, lines: int) -> None:
    mail = compose(alert(*items(count)), stored(*range(1, count + 1)), sender=SENDER)
    tree = lxml_html.fromstring(body(mail, "html"))
    assert len(tree.xpath("//ul[@class='lines']/li")) == lines


def test_a_card_quotes_the_deals_sentence_first_and_never_the_title_and_marks_four_words() -> None:
    title = "Indonesia dan Nanning Sepakat"
    text = f"Jakarta - Pembukaan yang panjang. {SENTENCE} Kedua pihak bertemu lagi bulan depan."
    said = [
        {"sentence": f"{title}.", "spans": [[0, 9]]},
        {"sentence": SENTENCE, "spans": [[0, 6], [7, 12], [17, 21], [31, 38], [50, 60], [84, 88]]},
        {"sentence": "Kedua pihak bertemu lagi bulan depan.", "spans": [[0, 11], [12, 19]]},
        {"sentence": "Jakarta - Pembukaan yang panjang.", "spans": [[0, 7]]},
    ]
    item = Item(release_id="r0001", revision=1, hits=(hit(1, highlights=said),))
    mail = compose(alert(item), stored(title=title, text=text), sender=SENDER, language="id")
    tree = lxml_html.fromstring(body(mail, "html"))
    assert [quote.text_content() for quote in tree.xpath("//blockquote")] == [
        SENTENCE, "Jakarta - Pembukaan yang panjang.", "Kedua pihak bertemu lagi bulan depan.",
    ]  # fmt: skip
    assert [mark.text for mark in tree.xpath("//mark")] == ["Meutya", "Hafid", "Nong", "sepakat"]


def test_where_the_title_alone_tells_of_it_the_text_begins_the_quotes() -> None:
    said = [{"sentence": "Kerja Sama AI", "spans": [[0, 10]]}]
    item = Item(release_id="r0001", revision=1, hits=(hit(1, highlights=said),))
    text = "Jakarta, 25 Maret. Menteri menerima tamu. Keduanya berbincang. Acara ditutup."
    mail = compose(alert(item), stored(title="Kerja Sama AI", text=text), sender=SENDER, language="id")
    quoted = [quote.text_content() for quote in lxml_html.fromstring(body(mail, "html")).xpath("//blockquote")]
    assert quoted == ["Jakarta, 25 Maret.", "Menteri menerima tamu."]


def test_hash_and_rules_are_folded_away() -> None:
    tree = lxml_html.fromstring(body(one_mail(), "html"))
    [folded] = tree.xpath("//details")
    assert "open" not in folded.attrib
    for said in ("ab" * 32, "Rule “Cooperation”", "How sure: sure"):
        assert said in folded.text_content()
        assert tree.text_content().count(said) == 1


def test_a_translation_is_a_link_that_the_reader_may_follow_for_another_language_only() -> None:
    where = "https://translate.example.org/?to={language}&u={url}"

    def links(language: str, translation: str | None = where, **changes: Any) -> list[str]:
        mail = compose(alert(), stored(**changes), sender=SENDER, language=language, translation=translation)
        found = lxml_html.fromstring(body(mail, "html")).xpath("//a[starts-with(@href, 'https://translate.')]/@href")
        assert all(link in body(mail, "plain") for link in found)
        return [str(link) for link in found]

    page = "https%3A%2F%2Fkomdigi.example%2Fberita%2F1"
    assert links("zh") == [f"https://translate.example.org/?to=zh&u={page}"]
    assert links("id") == []
    assert links("zh", translation=None) == []
    assert links("zh", url="javascript:alert(1)") == []
    evil = links("en", url="https://komdigi.example/?a=1&u=https://evil.example/#{language}")
    asked = "https%3A%2F%2Fkomdigi.example%2F%3Fa%3D1%26u%3Dhttps%3A%2F%2Fevil.example%2F%23%257Blanguage%257D"
    assert evil == [f"https://translate.example.org/?to=en&u={asked}"]


@pytest.mark.parametrize(
    ("how", "theirs", "said"),
    [
        ("other side", "komdigi", "the other side"),
        ("other side", "nanning", "also told by"),  # inherited, as a release of the same country may be
        ("same side", "nanning", "also told by"),
        ("near-copy", "nanning", "the same text"),
        ("near-copy", "komdigi", "the same text"),
        ("other side", "gone", "the other side"),
    ],
)
def test_the_other_side_is_said_where_the_other_country_tells(how: Any, theirs: str, said: str) -> None:
    material = replace(
        stored(1, source="gxzf"), titles=Titles(countries={"gxzf": "cn", "nanning": "cn", "komdigi": "id"})
    )
    there = StoredRelease(release=release(2, source=theirs), revision=1, withdrawn_at=None)
    material = replace(material, stored={**material.stored, "r0002": there})
    link = Related(release_id="r0002", how=how)
    text = body(compose(alert(related_item(1, link)), material, sender=SENDER), "plain")
    assert f"- {said}: Indonesia dan Nanning" in text


def test_what_is_only_linked_to_another_release_of_the_story_is_told_also() -> None:
    countries = Titles(countries={"gxzf": "cn", "nanning": "cn", "komdigi": "id"})
    sources = {1: "gxzf", 2: "nanning", 3: "komdigi"}
    known = {
        f"r{n:04d}": StoredRelease(release=release(n, source=source), revision=1, withdrawn_at=None)
        for n, source in sources.items()
    }
    also = Item(
        release_id="r0002", revision=1, hits=(hit(2),), related=(Related(release_id="r0003", how="other side"),)
    )
    item = Item(release_id="r0001", revision=1, hits=(hit(1),), also=(also,))
    for titles, said in ((countries, ("the other side", "also told by")), (Titles(), ("also told by", "also told by"))):
        text = body(compose(alert(item), Material(stored=known, titles=titles, glossary=NAMES), sender=SENDER), "plain")
        assert re.findall(r"^- (.*): Indonesia dan .*Bagian (\d)", text, re.M) == [(said[0], "3"), (said[1], "2")]


def test_older_releases_stand_by_weight_with_their_stage_and_are_counted() -> None:
    old = [one(2, stage="talks", news="old"), one(3, stage="ended", news="old"), one(4, stage="signed", news="old")]
    text = body(compose(alert(one(1), *old), stored(1, 2, 3, 4), sender=SENDER), "plain")
    assert "found only now: 1 ended, 1 signed, 1 in talks" in text
    assert re.findall(r"^- \[(.*)\] .*Bagian (\d)", text, re.M) == [
        ("ended or called off", "3"), ("signed", "4"), ("talks", "2"),
    ]  # fmt: skip


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
        "the other side",
        "in common: Nong Shengwen, Universitas Udayana, AI, 120 vehicles, 2026-03-24, published the same",
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
            related=(Related(release_id=f"r{n + FLOOD:04d}", how="near-copy"),),
        )
        for n in range(1, FLOOD + 1)
    ]
    mail = compose(alert(*many), stored(*range(1, 2 * FLOOD + 1), title="题" * 200), sender=SENDER)
    for kind in ("plain", "html"):
        assert len(body(mail, kind).encode()) <= MAX_BYTES
        links = set(re.findall(r"https://komdigi.example/berita/\d+", body(mail, kind)))
        assert len(links) == 2 * FLOOD
    assert "was shortened" in body(mail, "plain")


def test_the_reading_page_is_linked_where_there_is_one() -> None:
    mail = compose(alert(), replace(stored(), page="https://pantau.example.org/"), sender=SENDER)
    for kind in ("plain", "html"):
        assert "https://pantau.example.org/release/r0001" in body(mail, kind)


def test_news_comes_before_what_became_of_earlier_news() -> None:
    old = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "ai")), news="withdrawn", told_in=FIRST)
    mail = compose(alert(old, Item(release_id="r0002", revision=1, hits=(hit(2),))), stored(1, 2), sender=SENDER)
    assert str(written(mail)["Subject"]).startswith("1 agreed, 1 withdrawn: Indonesia and Guangxi")
    assert body(mail, "plain").index("Bagian 2") < body(mail, "plain").index("Bagian 1")
    assert mail["In-Reply-To"] == FIRST


@pytest.mark.parametrize(("news", "said"), [("withdrawn", "Withdrawn: Agreed: "), ("revised", "Changed: Agreed: ")])
def test_the_subject_of_what_became_of_earlier_news_begins_with_that(news: Any, said: str) -> None:
    mail = compose(alert(one(1, news=news, told_in=FIRST)), stored(1), sender=SENDER)
    assert str(written(mail)["Subject"]).startswith(said)
