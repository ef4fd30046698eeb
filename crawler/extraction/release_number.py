"""The number a release carries: `Siaran Pers No. 138/HM-KKD/7/2026`, `桂政发〔2024〕3号`."""

from __future__ import annotations

import re

from crawler.extraction.dates.parts import fold

INDONESIAN = re.compile(
    r"\b(?:Siaran\s+Pers|Press\s+Release|Rilis|Keterangan\s+Pers)?\s*\b(?:No(?:mor|\.)?|Number)\s*[.:]?\s*"
    r"(?P<serial>\d{1,4})\s*/\s*/?\s*(?P<office>(?:[A-Z][A-Z0-9.-]{0,14}\s*/\s*){1,4})(?P<month>\d{1,2}|[IVX]{1,4})\s*/\s*(?P<year>(?:19|20)\d\d)\b",
    re.I,
)
CHINESE = re.compile(
    r"(?P<office>[\u4e00-\u9fff]{1,12})\s*[\[(]\s*(?P<year>(?:19|20)\d\d)\s*[\])]\s*(?:第\s*)?(?P<serial>\d{1,5})\s*号"
)
INDEX = re.compile(r"索\s*引\s*号\s*[:|]?\s*(?P<index>[0-9A-Z][0-9A-Z/_.-]{5,39})")
ROMAN = {
    name: number
    for number, name in enumerate(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], 1)
}
# Words that run into a Chinese number in a sentence and are not part of the office's short name.
BEFORE_OFFICE = re.compile(r"^.*(?:文号|字号|编号|根据|按照|依据|关于|印发|以及|和|与|的|见)")
SEARCHED = 1500


def release_number(title: str, text: str) -> str | None:
    """Find the number in the title or the head of the text, written in one way.

    Indonesian: `105/HM/KOMINFO/02/2024`, capitals, no blanks, month of two figures. Chinese: the document's number
    where one is labelled or is in the title, else the index number of the government catalogue.
    """
    for place in (title, text[:SEARCHED], text[-400:]):
        if hit := INDONESIAN.search(fold(place)):
            return _indonesian(hit)
    labelled = re.search(r"(?:发文字号|文\s*号|文件编号)\s*[:|]?\s*(.{6,40})", fold(text[:SEARCHED]))
    for place in (fold(title), labelled[1] if labelled else ""):
        if hit := CHINESE.search(place):
            return f"{BEFORE_OFFICE.sub('', hit['office'])}〔{hit['year']}〕{int(hit['serial'])}号"
    if hit := INDEX.search(fold(text[:SEARCHED])):
        return hit["index"].rstrip(".-/")
    return None


def _indonesian(hit: re.Match[str]) -> str:
    office = re.sub(r"\s+", "", hit["office"]).strip("/").upper()
    month = hit["month"].upper()
    number = ROMAN.get(month) or (int(month) if month.isdecimal() else 0)
    return (
        f"{int(hit['serial'])}/{office}/{number:02d}/{hit['year']}"
        if number
        else f"{int(hit['serial'])}/{office}/{month}/{hit['year']}"
    )
