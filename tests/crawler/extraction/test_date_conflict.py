"""What a text holds against its page's date."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.extraction.dates.conflict import conflict_in_text
from crawler.extraction.dates.doubt import SENTENCES, DateDoubt, read_doubt
from crawler.extraction.page import extract

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2024, 3, 25, tzinfo=JAKARTA)
TUESDAY = datetime(2025, 3, 26, tzinfo=JAKARTA)
SEED = Path(__file__).parents[4] / "shared" / "seed" / "release-id.txt"


def test_a_weekday_that_fits_another_year_is_told():
    said = conflict_in_text("Pertemuan berlangsung di Jakarta, Selasa (25/3), secara tertutup.", MONDAY)
    assert said == "the text says Selasa (25/3), which fits 2025-03-25, not 2024-03-25 (a Monday)"


@pytest.mark.parametrize(
    "text",
    [
        "Rapat digelar Selasa, 25 Maret 2024 di Jakarta.",
        "会议于2024年3月25日（星期二）举行。",
        "Tuesday, March 25, 2024",
    ],
)
def test_a_whole_date_with_a_false_weekday_is_told(text: str):
    said = conflict_in_text(text, MONDAY)
    assert said is not None
    assert "2025-03-25" in said
    assert "2024-03-25 (a Monday)" in said


@pytest.mark.parametrize(
    "text",
    [
        "Pertemuan berlangsung di Jakarta, Selasa (25/3).",
        "Rapat digelar Rabu, 26 Maret 2025.",
        "Dalam rapat Senin (6/1) tahun lalu ia setuju.",  # of another season: not about this page
        "Sebanyak (1/3) peserta hadir.",
        "会议于2025年3月25日（星期二）举行。",
    ],
)
def test_what_fits_raises_nothing(text: str):
    assert conflict_in_text(text, TUESDAY) is None


def test_a_dateline_of_another_time_is_told():
    said = conflict_in_text("Jakarta, 25 Maret 2024 - Menteri menerima tamu.", TUESDAY)
    assert said == "the dateline says 2024-03-25, the page's own date is 2025-03-26"
    assert conflict_in_text("Jakarta, 25 Maret 2025 – Menteri menerima tamu.", TUESDAY) is None


@given(
    said=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60),
    day=st.dates(),
    other=st.dates(),
    kind=st.sampled_from(["weekday", "weekday_alone"]),
)
def test_a_kept_sentence_is_taken_apart_again(said: str, day: date, other: date, kind: str):
    assume("which" not in said)
    doubt = DateDoubt(kind=kind, said=said, day=day, other=other.isoformat() if kind == "weekday" else None)
    assert read_doubt(doubt.sentence) == doubt


def test_a_sentence_of_each_kind_is_known_and_no_other():
    facts = {"said": "url", "day": date(2025, 3, 26), "other": "2027-01"}
    for kind in SENTENCES:
        told = read_doubt(DateDoubt(kind=kind, **facts).sentence)
        assert told is not None
        assert told.kind == kind
    for sentence in (None, "", "the text says Selasa", "url: 2027-13, which was still to come when it was read"):
        assert read_doubt(sentence) is None


def test_without_a_date_there_is_no_conflict():
    assert conflict_in_text("Selasa (25/3)", None) is None


@pytest.mark.skipif(not SEED.exists(), reason="the shared seed release is not here")
def test_the_seed_release_contradicts_itself():
    title, *paragraphs = SEED.read_text(encoding="utf-8").split("\n")
    page = extract(f"<h1>{title}</h1>{''.join(f'<p>{text}</p>' for text in paragraphs)}".encode())
    assert page.date == "2024-03-25"
    assert page.date_source == "dateline"
    assert page.date_conflict == "the text says Selasa (25/3), which fits 2025-03-25, not 2024-03-25 (a Monday)"
    assert extract(SEED.read_bytes()).date_conflict == page.date_conflict
