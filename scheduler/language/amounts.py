"""Amounts in a text, the same in each language: `9 juta orang`, `9 million people` and `900万人` are one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extraction.normal_form import normal_form
from scheduler.language.lexicon import HAN

AMOUNT = re.compile(
    r"""(?<![\w.,/:-])(?P<currency>Rp|US\$|USD|IDR|RMB|CNY|[$¥])?\s?
        (?P<number>\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+)(?:[.,](?P<decimals>\d{1,2})(?!\d))?\s?
        (?P<size>ribu|juta|mil[iy]ar|triliun|thousand|million|billion|trillion|万亿|亿|億|百万|万|萬|千)?""",
    re.X | re.I,
)
HAN_AMOUNT = re.compile(AMOUNT.pattern.replace(r"(?<![\w.,/:-])", r"(?<![\dA-Za-z.,/:-])", 1), re.X | re.I)
# Small numbers in words, where a size follows: sembilan juta, nine million, 九百万.
DIGITS = {
    word: str(number)
    for words in (
        ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"),
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        ("一", "二", "三", "四", "五", "六", "七", "八", "九"),
    )
    for number, word in enumerate(words, 1)
}
LATIN_SIZE = r"(?=\s(?:ribu|juta|mil[iy]ar|triliun|thousand|million|billion|trillion)\b)"
HAN_NUMERAL = "零一二两三四五六七八九十百千万亿"
IN_WORDS = re.compile(
    rf"\b(?:{'|'.join(word for word in DIGITS if word.isascii())}){LATIN_SIZE}"
    rf"|(?<![{HAN_NUMERAL}点])[一二三四五六七八九](?=(?:百万|[万亿])(?![{HAN_NUMERAL}]))",
    re.I,
)
SIZES = {
    "ribu": 10**3, "thousand": 10**3, "千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "juta": 10**6,
    "million": 10**6, "亿": 10**8, "億": 10**8, "miliar": 10**9, "milyar": 10**9, "billion": 10**9, "triliun": 10**12,
    "trillion": 10**12, "万亿": 10**12,
}  # fmt: skip
CURRENCIES = {"rp": "idr", "idr": "idr", "us$": "usd", "usd": "usd", "$": "usd", "rmb": "cny", "cny": "cny", "¥": "cny"}
# What is counted, by the words for it; the first that stands near the number holds.
UNITS: dict[str, tuple[str, ...]] = {
    "people": (
        "orang", "jiwa", "talenta", "peserta", "siswa", "mahasiswa", "pelajar", "dosen", "warga", "petani", "pekerja",
        "people", "persons", "talents", "participants", "students", "lecturers", "residents", "farmers", "workers",
        "人才", "学员", "学生", "人", "名", "位",
    ),
    "percent": ("%", "persen", "percent", "per cent", "个百分点"),
    "idr": ("rupiah", "印尼盾"),
    "cny": ("yuan", "renminbi", "人民币", "元"),
    "usd": ("dolar", "dollars", "美元"),
    "firms": ("perusahaan", "companies", "firms", "enterprises", "家"),
    "projects": ("proyek", "projects", "个项目", "项"),
    "years": ("tahun", "years", "year", "年"),
    "months": ("bulan", "months", "month", "个月"),
    "vehicles": ("bus", "buses", "mobil", "kendaraan", "vehicles", "辆"),
    "megawatts": ("mw", "megawatt", "megawatts", "兆瓦"),
    "kilometres": ("km", "kilometer", "kilometers", "kilometres", "公里", "千米"),
    "tonnes": ("ton", "tons", "tonnes", "吨"),
    "hectares": ("hektare", "hektar", "hectares", "ha", "公顷"),
    "cities": ("kota", "cities", "座城市", "个城市"),
}  # fmt: skip
LATIN_WORD = re.compile(r"[^\W\d_]+|%")
NEAR_WORDS, NEAR_SIGNS = 3, 7
CALENDAR = (1900, 2100)
MOST_DIGITS = 24
BARE = 100  # a number without a unit says something from here on; below, it may be a list's or a page's


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount: what is counted (empty if no known word says so), how much, and as the text writes it, with digits."""

    unit: str
    value: float
    written: str

    @property
    def same(self) -> tuple[str, float]:
        """What two texts must share to speak of one amount."""
        return self.unit, self.value


def quantities(text: str) -> tuple[Quantity, ...]:
    """The amounts of a text, each once, in their order; dates and bare small numbers are left out."""
    plain = IN_WORDS.sub(lambda word: DIGITS[word[0].lower()], normal_form(text))
    found: dict[tuple[str, float], Quantity] = {}
    pattern = HAN_AMOUNT if HAN.search(plain) else AMOUNT
    for hit in pattern.finditer(plain):
        if len(hit["number"]) > MOST_DIGITS:
            continue  # no amount, and more than a database can keep
        value = _value(hit)
        unit, end = _unit(plain, hit)
        if unit == "years" and (value >= CALENDAR[0] or plain[end : end + 1].isdigit()):
            continue  # 2025年3月, tahun 2025
        if not unit and (hit["size"] is None and (value < BARE or CALENDAR[0] <= value <= CALENDAR[1])):
            continue
        written = " ".join(plain[hit.start() : max(end, hit.end())].split())
        quantity = Quantity(unit, value, written)
        found.setdefault(quantity.same, quantity)
    return tuple(found.values())


def _value(hit: re.Match[str]) -> float:
    number = float(re.sub(r"[.,]", "", hit["number"]))
    if hit["decimals"]:
        number += int(hit["decimals"]) / 10 ** len(hit["decimals"])
    return round(number * SIZES.get((hit["size"] or "").lower(), 1), 6)


def _unit(text: str, hit: re.Match[str]) -> tuple[str, int]:
    """What is counted, and where its word ends."""
    if hit["currency"]:
        return CURRENCIES[hit["currency"].lower()], hit.end()
    rest = re.split(r"[\d,.;:()\n，。；、]", text[hit.end() : hit.end() + 40], maxsplit=1)[0]
    if HAN.search(rest[:2]):
        near = rest[:NEAR_SIGNS]
        places = [
            (near.find(word), -len(word), unit) for unit, words in UNITS.items() for word in words if word in near
        ]
        if not places:
            return "", hit.end()
        place, length, unit = min(places)
        return unit, hit.end() + place - length
    for word in list(LATIN_WORD.finditer(rest))[:NEAR_WORDS]:
        for unit, words in UNITS.items():
            if word[0].lower() in words:
                return unit, hit.end() + word.end()
    return "", hit.end()
