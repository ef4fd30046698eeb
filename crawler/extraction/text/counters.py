"""Lines that change by themselves: counters of readers, `3 hours ago`, today's date. They would make false edits."""

from __future__ import annotations

import re

from crawler.extraction.dates import find
from crawler.extraction.dates.parts import fold
from crawler.extraction.dates.relative import AGO

LONGEST = 160  # characters; no line of counters is longer
_NUMBER = r"(?<![\d.,])\d[\d.,]{0,14}(?:\s\d{3}){0,3}(?:\s?(?:rb|ribu|jt|juta|[km]|w|万|萬|亿)(?![a-z]))?\+?(?!\d)"
_OPEN = r"[\s:=(\[<-]{0,4}"
_CLOSE = r"[\s)\]>]{0,3}"
# What is counted. Words of the first kind count readers wherever they stand; those of the second are news as often
# (visitors of a museum, downloads of an app) and count readers only outside the text.
_READ_ID = (
    r"(?:(?:telah|sudah|pernah|kali)\s)?(?:dibaca|dilihat|ditonton|dikunjungi|diakses|diklik|diputar)"
    r"(?:\s(?:sebanyak|oleh))?|membaca|pembaca|tayangan|klik"
)
_READ_EN = (
    r"(?:page\s?|post\s|article\s)?views?(?:\s?count)?|viewers?|hits?|reads?|readers?|clicks?|viewed|seen"
    r"|times\s(?:read|viewed)|min(?:ute)?s?\sread"
)
_OTHER_ID = r"pengunjung|kunjungan|unduhan|diunduh|komentar|suka|disukai|dibagikan|bagikan|penonton"
_OTHER_EN = r"visits?|visitors?|visited|downloads?|downloaded|likes?|liked|shares?|shared|comments?|online|followers?"
_WHEN = (
    r"(?:\s(?:hari\sini|kemarin|(?:minggu|pekan|bulan|tahun)\sini|ini|online|total|berita|artikel|halaman"
    r"|today|yesterday|this\s(?:week|month|year|page|article|post|news)|this|it))"
)
_BEFORE = (
    r"(?:(?:jumlah|total|berita|artikel|halaman|konten|postingan|tulisan|statistik|post|page|article|story|news|number\sof"
    r"|ini|this|have|has|been|was)\s){0,4}"
)
_UNIT = r"(?:\s?(?:kali|orang|x|times?|people|persons?|users?|pembaca)\b)"
_READ_HAN = r"(?:浏览|瀏覽|阅读|閱讀|点击|點擊|访问|訪問|查看|阅览|点阅|人气|热度|围观|播放|观看)"
_OTHER_HAN = r"(?:访客|在线|在看|下载|转发|分享|点赞|评论|收藏|关注|赞|喜欢)"
_BEFORE_HAN = (
    r"(?:本文|本页|本站|本篇|此文|该文|文章|信息|新闻|页面|今日|昨日|本周|本月|当前|已经|已有|已被|共有|累计"
    r"|总|共|已|被|有|您是|您好|第){0,4}"
)
_AFTER_HAN = r"(?:次数|人次|人数|总数|总量|数量|数|量|率|值|过|了|情况|统计|本文|本页|该文|此文){0,3}"
_UNIT_HAN = r"(?:\s?(?:人次|次|人|位|条|个|遍)){0,2}"


def _counter(latin: str, han: str) -> str:
    label = rf"{_BEFORE}(?:{latin}){_WHEN}{{0,2}}"
    label_han = rf"{_BEFORE_HAN}\s?{han}{_AFTER_HAN}"
    return (
        rf"\b{label}\b{_OPEN}{_NUMBER}{_UNIT}?{_CLOSE}"
        rf"|\b{label}\s?[:=]\s?{_UNIT}?(?!\S)"  # filled in by a script, or not at all
        rf"|{_NUMBER}{_UNIT}?\s?{label}\b"
        rf"|{label_han}{_OPEN}{_NUMBER}{_UNIT_HAN}{_CLOSE}"
        rf"|{label_han}\s?[:=]{_UNIT_HAN}(?!\S)"
        rf"|{_BEFORE_HAN}\s?{_NUMBER}{_UNIT_HAN}\s?{_BEFORE_HAN}{han}{_AFTER_HAN}"
    )


READERS = re.compile(_counter(f"{_READ_ID}|{_READ_EN}", _READ_HAN), re.I)
ANY = re.compile(_counter(f"{_READ_ID}|{_READ_EN}|{_OTHER_ID}|{_OTHER_EN}", f"(?:{_READ_HAN}|{_OTHER_HAN})"), re.I)
# What may stand beside a counter in its line: credits, and buttons.
_CREDIT = (
    r"(?:(?:来源|作者|编辑|责编|审核|发布者|发布人|发布单位|供稿|撰稿|oleh|by|penulis|editor|sumber|author|source|kategori"
    r"|category|tags?)\s?:|(?:^|[|·•/])\s?(?:oleh|by)\b|作者|来源)\s?[^\s:|]{1,24}(?:\s[^\s:|]{1,16})?"
)
_BUTTON = (
    r"字体|字号|[大中小]|打印|关闭|收藏|分享|发布时间|发布日期|时间|日期|更新于|更新|发布于|发布|发表于"
    r"|cetak|print|bagikan|share|tweet|diperbarui|terakhir|diterbitkan|diposting|dipublikasikan|ditulis|posted|published"
    r"|updated|last|edited|pada|on|at|wib|wita|wit|humas|admin"
)
BESIDE = re.compile(
    rf"(?:{_CREDIT})|\b(?:{_BUTTON})\b|字体|字号|打印|关闭|收藏|分享|(?:发布|更新|发表)(?:时间|日期|于)?", re.I
)
TODAY = re.compile(
    r"\s{0,3}(?:今天(?:是)?|今日|现在时间|当前时间|现在是|hari\sini|today(?:\sis)?)[\s:,]{0,3}(?=\D{0,12}\d)", re.I
)
WEEKDAY = re.compile(
    r"(?:星期|周|礼拜)[一二三四五六日天]|农历\S{0,8}|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|\w{3,6}day", re.I
)
COUNTS = re.compile(r"[\d:：=]")
LETTER = re.compile(r"[^\W\d_]")
BARE = re.compile(rf"\W{{0,4}}{_NUMBER}\W{{0,3}}", re.I)  # beside a picture of an eye


def is_bare_number(text: str) -> bool:
    """Whether a line is a number and nothing else, as pages show it beside the picture of an eye."""
    return len(text) <= LONGEST and BARE.fullmatch(fold(text)) is not None


def changes_by_itself(text: str, *, within: bool = False) -> bool:
    """Whether a line says nothing but how often a page was read, how long ago it appeared, or which day it is.

    `Dibaca 57 kali`, `浏览次数：123`, `Views: 1,234`, `57 likes | 3 comments`, in any order, credits and buttons beside
    them. Prose with such words has others, too. `within` the text only what counts readers is taken for a counter.
    """
    if len(text) > LONGEST or not COUNTS.search(text):
        return False
    folded = " ".join(fold(text).split())
    rest, counted = (READERS if within else ANY).subn("#", folded)
    if not counted and not within:
        rest, counted = AGO.subn("#", folded)
        if not counted and TODAY.match(folded) and any(hit.year for hit in find(folded)):
            rest, counted = WEEKDAY.sub(" ", TODAY.sub(" ", folded)), 1
    if not counted:
        return False
    rest = " ".join(rest.split())
    for hit in reversed(find(rest)):
        rest = f"{rest[: hit.start]} {rest[hit.end :]}"
    return not LETTER.search(BESIDE.sub(" ", rest))
