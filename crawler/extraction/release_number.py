"""The number a release carries: `Siaran Pers No. 138/HM-KKD/7/2026`, `桂政发〔2024〕3号`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.dates.parts import fold

INDONESIAN = re.compile(
    r"\b(?:No(?:mor|\.)?|Number)\s{0,3}[.:]?\s{0,3}(?P<serial>\d{1,4})\s{0,3}/\s{0,3}/?\s{0,3}"
    r"(?P<office>(?:[A-Z][A-Z0-9.-]{0,14}\s{0,3}/\s{0,3}){1,4})"
    r"(?P<month>\d{1,2}|[IVX]{1,4})\s{0,3}/\s{0,3}(?P<year>(?:19|20)\d\d)\b",
    re.I,
)
# As other ministries number theirs: HM.02.04/78/SET.M.EKON.3/03/2026, 008.Pers/04/SJI/2025.
OTHER_MINISTRIES = re.compile(
    r"(?<![\w/.])(?:[A-Z]{2} ?\. ?\d{2} ?\. ?\d{2} ?/ ?\d{1,4} ?/ ?[A-Z][A-Z0-9.]{2,30} ?/ ?\d{2}"
    r"|\d{1,4} ?\. ?Pers ?/ ?\d{2} ?/ ?[A-Z]{2,8}) ?/ ?(?:19|20)\d\d(?!\d)",
    re.I,
)
GLUED = re.compile(r"(?<=PERS)(?=[A-Z]{2}\.\d)")  # SIARAN PERSHM.02.04/…, where two lines were joined
CHINESE = re.compile(
    r"(?P<office>[\u4e00-\u9fff]{1,12})\s{0,3}[\[(]\s{0,3}(?P<year>(?:19|20)\d\d)\s{0,3}[\])]\s{0,3}"
    r"(?:第\s{0,3})?(?P<serial>\d{1,5})\s{0,3}号"
)
LABELLED = re.compile(r"(?:发文字号|文 ?号|文件编号) ?[:|]? ?(.{6,40})")
INDEX = re.compile(r"索 ?引 ?号 ?[:|]? ?(?P<index>[0-9A-Z][0-9A-Z/_.-]{5,39})")
ROMAN = {
    name: number
    for number, name in enumerate(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], 1)
}
# Words that run into a Chinese number in a sentence and are not part of the office's short name.
BEFORE_OFFICE = re.compile(r"^.{0,12}(?:文号|字号|编号|根据|按照|依据|关于|印发|以及|和|与|的|见)")
SEARCHED = 1500
HEAD_LINES = 6


def release_number(title: str, text: str) -> str | None:
    """Find the number in the title or the head of the text, written in one way.

    Indonesian: `105/HM/KOMINFO/02/2024`, capitals, no blanks, month of two figures. Chinese: the document's number
    where one is labelled or is in the title, else the index number of the government catalogue.
    """
    for place in (title, text[:SEARCHED], text[-400:]):
        if hit := INDONESIAN.search(fold(place)):
            return _indonesian(hit)
        if other := OTHER_MINISTRIES.search(GLUED.sub(" ", fold(place))):
            return other[0].replace(" ", "").upper()
    labelled = LABELLED.search(fold(text[:SEARCHED]))
    for place in (fold(title), labelled[1] if labelled else "", *_lines_alone(text)):
        if hit := CHINESE.search(place):
            return f"{BEFORE_OFFICE.sub('', hit['office'])}〔{hit['year']}〕{int(hit['serial'])}号"
    if hit := INDEX.search(fold(text[:SEARCHED])):
        return hit["index"].rstrip(".-/")
    return None


def _lines_alone(text: str) -> Iterator[str]:
    """The first lines of a text that are a Chinese number and nothing else."""
    for line in text[:SEARCHED].split("\n")[:HEAD_LINES]:
        if CHINESE.fullmatch(fold(line.strip())):
            yield fold(line.strip())


def _indonesian(hit: re.Match[str]) -> str:
    office = re.sub(r"\s+", "", hit["office"]).strip("/").upper()
    month = hit["month"].upper()
    number = ROMAN.get(month) or (int(month) if month.isdecimal() else 0)
    return (
        f"{int(hit['serial'])}/{office}/{number:02d}/{hit['year']}"
        if number
        else f"{int(hit['serial'])}/{office}/{month}/{hit['year']}"
    )
