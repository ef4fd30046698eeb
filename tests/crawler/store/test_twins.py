"""One release under two addresses: on two hosts, or before and after its correction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.release import Release
from crawler.store import Store
from crawler.store.twins import CORRECTION, adds, corrects
from tests.crawler.store.test_store import NOW, page, release
from tests.database import open_store

SOURCES = ("situs",)

NUMBER = "88/HM/KOMINFO/03/2026"
TITLE = f"Siaran Pers No. {NUMBER} tentang Uji Sinyal di Perbatasan"
TEXT = (
    "Indonesia dan Laos menguji sinyal di 21 titik perbatasan pada pekan ini.\n"
    "Menteri menyatakan bahwa hasil uji akan diumumkan pada akhir bulan."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.engine.dispose()


def told(name: str, title: str = TITLE, host: str = "situs.go.id", days: int = 0, **facts: object) -> Release:
    one = release(name, title=title, text=TEXT, number=NUMBER, url=f"https://{host}/{name}")
    return replace(one, published=NOW + timedelta(days=days), **facts)


def collect(store: Store, one: Release) -> Release:
    store.collect(one, page(one))
    return one


def test_the_same_number_and_title_on_another_host_is_one_release(store: Store) -> None:
    known = collect(store, told("a"))
    twin = store.twin(told("b", "Uji Sinyal di Perbatasan", host="baru.go.id"), SOURCES)
    assert twin is not None
    assert twin.release == known


@pytest.mark.parametrize("host", ["situs.go.id", "www.situs.go.id"])
def test_what_one_site_tells_twice_is_two_releases(store: Store, host: str) -> None:
    collect(store, told("a"))
    assert store.twin(told("b", host=host), SOURCES) is None


@pytest.mark.parametrize(
    "title",
    [
        f"[RALAT] {TITLE}",
        f"RALAT: {TITLE}",
        f"Koreksi {TITLE}",
        f"{TITLE} (Pembetulan)",
        f"【更正】{TITLE}",
        f"Corrected: {TITLE}",
        f"(Revisi) {TITLE}",
    ],
)
@pytest.mark.parametrize("host", ["situs.go.id", "baru.go.id"])
def test_a_correction_is_found_to_be_the_release_that_it_corrects(store: Store, title: str, host: str) -> None:
    known = collect(store, told("a"))
    twin = store.twin(told("b", title, host=host, days=4), SOURCES)
    assert twin is not None
    assert twin.release.id == known.id
    assert corrects(known.title, title)


def test_the_corrected_release_is_no_twin_of_its_correction(store: Store) -> None:
    collect(store, told("b", f"[RALAT] {TITLE}", days=1))
    assert store.twin(told("a"), SOURCES) is None
    assert store.twin(told("a", host="baru.go.id"), SOURCES) is None


def test_a_correction_on_two_hosts_is_one_release(store: Store) -> None:
    known = collect(store, told("b", f"[RALAT] {TITLE}"))
    twin = store.twin(told("c", f"[RALAT] {TITLE}", host="baru.go.id"), SOURCES)
    assert twin is not None
    assert twin.release.id == known.id


def test_a_correction_of_another_number_or_of_long_ago_is_a_release_of_its_own(store: Store) -> None:
    collect(store, told("a"))
    assert store.twin(told("b", f"[RALAT] {TITLE}", days=40), SOURCES) is None
    assert store.twin(told("b", f"[RALAT] {TITLE}", number="89/HM/KOMINFO/03/2026"), SOURCES) is None


def test_a_release_that_is_stored_stays_one_though_it_looks_like_another(store: Store) -> None:
    collect(store, told("a"))
    other = collect(store, told("b", host="baru.go.id"))
    assert store.twin(other, SOURCES) is None


@pytest.mark.parametrize(
    "title",
    [
        "Siaran Pers No. 52/HM/KOMINFO/04/2023 tentang Pemerintah dan DPR Sepakati Bahas Revisi Kedua UU ITE",
        "Komitmen BAKTI Percepat Transformasi Lewat Perbaikan Tata Kelola",
        "Revisi PP PSTE Dukung Lajunya Teknologi Digital Indonesia",
        "市政府召开会议研究港口建设",
    ],
)
def test_policy_that_is_revised_is_no_correction(title: str) -> None:
    assert not CORRECTION.search(title)


def test_a_correction_as_content_in_both_titles_keeps_twins_one(store: Store) -> None:
    title = "Menteri Minta Koreksi Harga Beras"
    known = collect(store, told("a", title))
    twin = store.twin(told("b", title, host="baru.go.id"), SOURCES)
    assert twin is not None
    assert twin.release.id == known.id


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"Jakarta, Kominfo – {TEXT}",
        f"SIARAN PERS\nNo. {NUMBER}\n{TITLE}\n{TEXT}\nBiro Humas Kementerian Kominfo",
        TEXT.partition("\n")[0],
        TEXT.replace("\n", " "),
    ],
    ids=["same", "dateline", "frame", "shorter", "one paragraph"],
)
def test_another_frame_adds_nothing(text: str) -> None:
    assert not adds(told("a"), replace(told("b"), text=text))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("21 titik", "12 titik"),
        f"{TEXT}\nPerdana menteri kedua negara akan bertemu di Vientiane untuk menandatangani nota kesepahaman.",
    ],
    ids=["another figure", "one more sentence"],
)
def test_another_figure_or_sentence_adds_something(text: str) -> None:
    assert adds(told("a"), replace(told("b"), text=text))


def test_chinese_tellings_are_compared_as_well() -> None:
    text = "3月12日，自治区主席在南宁会见印尼代表团一行。双方就数字港口合作交换了意见。"
    one = replace(told("a"), title="自治区主席会见印尼代表团", text=text)
    assert not adds(one, replace(one, text=f"本报讯（记者）{text}"))
    assert adds(one, replace(one, text=f"{text}双方签署了建设人工智能创新中心的谅解备忘录。"))


@pytest.mark.parametrize("title", [TITLE, "Uji Sinyal di Perbatasan", "Perbatasan"])
def test_what_a_stranger_says_keeps_no_release_out(store: Store, title: str) -> None:
    collect(store, told("a", title, host="asing.example", source="asing"))
    assert store.twin(told("b"), SOURCES) is None
    assert store.twin(told("b"), ("situs", "asing")) is not None or title == "Perbatasan"


def test_a_title_that_is_hardly_one_makes_no_twins(store: Store) -> None:
    collect(store, told("a", "Pengumuman"))
    assert store.twin(told("b", "Pengumuman", host="baru.go.id"), SOURCES) is None
