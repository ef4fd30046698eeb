"""Release numbers, written in one way."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from crawler.extraction.release_number import release_number

TITLES = Path(__file__).parents[4] / "shared" / "data" / "komdigi-titles.tsv.gz"


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Siaran Pers No. 138/HM-KKD/7/2026", "138/HM-KKD/07/2026"),
        ("Siaran Pers No.105/HM/KOMINFO/02/2024 tentang Kolaborasi", "105/HM/KOMINFO/02/2024"),
        ("SIARAN PERS NO: 105 / HM / Kominfo / 2 / 2024", "105/HM/KOMINFO/02/2024"),
        ("Siaran Pers Nomor\u00a0105/HM/KOMINFO/II/2024", "105/HM/KOMINFO/02/2024"),
        ("Siaran Pers No. 10//HM/KOMINFO/01/2020 Tentang Forum", "10/HM/KOMINFO/01/2020"),
        ("Siaran Pers No. 7/PIH/KOMINFO/1/2016", "7/PIH/KOMINFO/01/2016"),
        ("Rapat membahas 3/4 bagian tahun 2024", None),
    ],
)
def test_the_spellings_of_a_number_are_one(title: str, number: str | None):
    assert release_number(title, "") == number


def test_a_number_in_the_head_of_the_text_counts():
    assert release_number("Judul", "Siaran Pers No. 200/HM-KKD/10/2026\nJakarta …") == "200/HM-KKD/10/2026"


def test_a_chinese_number_is_taken_from_label_or_title():
    assert release_number("桂政发〔2024〕3号", "") == "桂政发〔2024〕3号"
    assert release_number("通知", "索引号：000014349/2024-00012\n文号：桂政办发[2024]15号") == "桂政办发〔2024〕15号"
    assert release_number("通知", "索引号：000014349/2024-00012") == "000014349/2024-00012"
    assert release_number("通知", "根据国发〔2023〕1号文件") is None


def test_other_ministries_number_theirs_in_their_own_ways():
    glued = "SIARAN PERSHM.02.04/78/SET.M.EKON.3/03/2026Menteri menerima tamu"
    assert release_number("Judul", glued) == "HM.02.04/78/SET.M.EKON.3/03/2026"
    assert release_number("Judul", "SIARAN PERS\nNOMOR: 008.Pers/04/SJI/2025\nJakarta") == "008.PERS/04/SJI/2025"
    assert release_number("Judul", "Alamat 10.02.04/78/AB.C/03/2026") is None


def test_a_chinese_number_may_stand_on_a_line_of_its_own():
    assert release_number("通知", "南兴府办函〔2020〕58号\n各镇人民政府：") == "南兴府办函〔2020〕58号"
    assert release_number("通知", "现将南兴府办函〔2020〕58号印发给你们。") is None


@pytest.mark.skipif(not TITLES.exists(), reason="the shared titles are not here")
def test_nearly_all_real_titles_with_a_number_give_it():
    lines = gzip.decompress(TITLES.read_bytes()).decode().splitlines()
    titles = [line.split("\t")[1] for line in lines if "\t" in line]
    numbered = [title for title in titles if re.match(r"(?i)siaran\s+pers\s+no", title)]
    read = [title for title in numbered if release_number(title, "")]
    assert len(numbered) > 3000
    assert len(numbered) - len(read) <= 6  # truncated ones: no number, or no whole year
