"""An edit in a mail: the words that went and came, little of what stayed, and never more than fits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crawler.store import Revision
from scheduler.mail.edit import AROUND, MOST, edit
from scheduler.mail.words import words
from tests.scheduler.mail.case import NOW, WIB

DAY = datetime(2026, 3, 25, tzinfo=WIB)


def revision(text: str = "Isi.", title: str = "Judul", published: datetime | None = DAY) -> Revision:
    return Revision(
        revision=1,
        title=title,
        text=text,
        published=published,
        evidence_sha256=None,
        evidence_file=None,
        collected_at=NOW,
    )


def test_what_changed_stands_between_a_few_words_of_what_stayed() -> None:
    old = "Awal yang panjang " * 30 + "9 juta orang dilatih " + "akhir yang panjang " * 30
    shown = edit(revision(old), revision(old.replace("9 juta", "10 juta")), WIB, words("id"))
    assert ("gone", "9 ") in shown.pieces
    assert ("new", "10 ") in shown.pieces
    kept = [text for change, text in shown.pieces if change == "same"]
    assert all(len(text) <= AROUND + 1 for text in kept)
    assert kept[0].startswith("… ")
    assert kept[-1].endswith("…")
    assert shown.whole
    assert shown.notes == ()


def test_a_new_title_and_a_text_in_chinese_are_compared_too() -> None:
    shown = edit(revision("培养900万名人才", "旧标题"), revision("培养1000万名人才", "新标题"), WIB, words("zh"))
    assert [(change, text.strip()) for change, text in shown.pieces if change != "same"] == [
        ("gone", "旧"),
        ("new", "新"),
        ("gone", "900"),
        ("new", "1000"),
    ]


def test_a_text_written_anew_is_cut_and_said_to_be() -> None:
    old, new = (" ".join(f"{word}{n}" for n in range(3000)) for word in ("lama", "baru"))
    shown = edit(revision(old), revision(new), WIB, words("en"))
    assert sum(len(text) for _, text in shown.pieces) <= MOST
    many = " ".join(f"tetap{n} sama sekali lama{n}" for n in range(400))
    shown = edit(revision(many), revision(many.replace("lama", "baru")), WIB, words("en"))
    assert sum(len(text) for _, text in shown.pieces) <= MOST
    assert not shown.whole


@pytest.mark.parametrize(
    ("published", "note"),
    [
        (DAY + timedelta(days=1), "Its date was 2026-03-25 and is now 2026-03-26."),
        (DAY + timedelta(hours=9), "Its date was 2026-03-25 and is now 2026-03-25 09:00."),
        (None, "Its date was 2026-03-25 and is now –."),
        (DAY, "The words are the same; attachments or the kind of page have changed."),
    ],
)
def test_what_is_no_change_of_words_is_said(published: datetime | None, note: str) -> None:
    shown = edit(revision(), revision(published=published), WIB, words("en"))
    assert (shown.pieces, shown.notes) == ((), (note,))


def test_signs_that_steer_the_reader_are_left_out() -> None:
    shown = edit(revision("Isi"), revision("Isi \u202eterbalik\r\nBcc: x"), WIB, words("en"))
    told = "".join(text for _, text in shown.pieces)
    assert not set("\u202e\r\n") & set(told)
