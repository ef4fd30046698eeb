"""Lines that change by themselves make no revision; words, sentences and figures in sentences do."""

from __future__ import annotations

import pytest

from crawler.store.edits import is_other_text

BODY = [
    "Pemerintah kabupaten membuka layanan jaringan baru bagi sekolah di pulau terluar.",
    "Warga menyambut baik pembangunan 12 menara.",
    "Petugas akan memeriksa mutunya setiap bulan.",
    "Jadwal pemasangan menyusul.",
    "Anggaran disiapkan tahun depan.",
    "Bupati menutup acara.",
    "Kegiatan berlanjut besok.",
]
COUNTERS = [
    ("Dibaca 11 kali", "Dibaca 1.284 kali"),
    ("Dilihat: 7", "Dilihat: 9"),
    ("Hits: 999", "Hits: 1.000"),
    ("57 views", "1,057 views"),
    ("浏览次数：57", "浏览次数：1 057"),
    ("阅读 99 次", "阅读 100 次"),
    ("Pengunjung hari ini: 77", "Pengunjung hari ini: 3"),
    ("12 Maret 2026 | 57 x", "12 Maret 2026 | 58 x"),
]


@pytest.mark.parametrize("counter", COUNTERS, ids=lambda pair: pair[0])
@pytest.mark.parametrize("place", ["head", "foot"])
def test_a_counter_that_moves_on_is_no_edit(counter: tuple[str, str], place: str) -> None:
    old, new = (
        "\n".join([line, *BODY] if place == "head" else [*BODY, line, "Ikuti kami"]) for line in counter
    )  # fmt: skip
    assert not is_other_text(old, new)


def test_several_counters_at_once_are_no_edit() -> None:
    old, new = ("\n".join([*BODY, *(pair[place] for pair in COUNTERS[:3])]) for place in (0, 1))
    assert not is_other_text(old, new)


def test_a_counter_between_the_paragraphs_is_known_by_its_word() -> None:
    old, new = ("\n".join([*BODY[:4], f"Dibaca {count} kali", *BODY[4:]]) for count in (1, 2))
    assert not is_other_text(old, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Warga menyambut baik pembangunan 12 menara.", "Warga menyambut baik pembangunan 21 menara."),
        ("Warga menyambut baik pembangunan 12 menara.", "Warga menolak pembangunan 12 menara."),
        ("Bupati menutup acara.", "Bupati menutup acara. Dibaca 12 kali."),
    ],
)
def test_a_word_or_a_figure_of_a_sentence_is_an_edit(before: str, after: str) -> None:
    text = "\n".join(BODY)
    assert is_other_text(text, text.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dibaca oleh 12 pejabat, naskah itu disetujui.", "Dibaca oleh 21 pejabat, naskah itu disetujui."),
        ("Pameran dibuka dengan 1.200 pengunjung.", "Pameran dibuka dengan 2.100 pengunjung."),
        ("全市旅游景区接待游客12万人次。", "全市旅游景区接待游客21万人次。"),
    ],
)
def test_the_words_of_counters_are_content_in_sentences(before: str, after: str) -> None:
    for place in (0, 4, len(BODY)):
        old, new = ("\n".join([*BODY[:place], line, *BODY[place:]]) for line in (before, after))
        assert is_other_text(old, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Jumat, 9 Januari 2025", "Jumat, 9 Januari 2026"),
        ("Kamis, 22 Januari 2026", "Kamis, 29 Januari 2026"),
        ("Siaran Pers No. 15/HM-KKD/1/2026", "Siaran Pers No. 14/HM-KKD/1/2026"),
        ("（新华社北京9月22日电）", "（新华社北京9月21日电）"),
        ("2026-03-12 | Dibaca 7 kali", "2026-03-13 | Dibaca 7 kali"),
    ],
)
@pytest.mark.parametrize("place", ["head", "foot"])
def test_another_day_or_release_number_is_an_edit(before: str, after: str, place: str) -> None:
    old, new = ("\n".join([line, *BODY] if place == "head" else [*BODY, line]) for line in (before, after))
    assert is_other_text(old, new)


def test_figures_in_a_table_within_the_text_are_an_edit() -> None:
    old, new = ("\n".join([*BODY[:4], "Ekspor ke Guangxi", f"{tons} ton", *BODY[4:]]) for tons in (12, 21))
    assert is_other_text(old, new)


def test_a_line_more_or_less_is_an_edit() -> None:
    assert is_other_text("\n".join(BODY), "\n".join(BODY[:-1]))
    assert is_other_text("\n".join(BODY), "\n".join([*BODY, "Keterangan ini ditambah"]))
