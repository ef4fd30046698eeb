"""The words that say which date is meant: of publication, of something else; and what else such a line tells."""

from __future__ import annotations

import re

from crawler.extraction.dates.parts import Written

PUBLISHED = re.compile(
    r"(?:[发發][布佈表]|刊[发登發]|发文|公[开布告]|发稿|上传|录入|添加|创建|信息|撰写|新闻|文章|稿件|报道|推送|上线|登载|提交|入库)"
    r" ?(?:时间|時間|日期|于|於)?[ :\]|]{0,4}$"
    r"|(?:^|[ \[(|])(?:时间|時間|日期) ?[:\]] ?$"
    r"|\b(?:di)?(?:terbit|publikasi|posting|unggah|rilis|publish|tayang|muat|buat)(?:kan|ed)?"
    r"(?: (?:pada|tanggal|tgl)){0,2} ?[:|]? ?$"
    r"|\b(?:published|posted|released|publish(?:ed)? date)(?: (?:on|at))? ?[:|]? ?$"
    r"|\b(?:tanggal|tgl|hari ?/ ?tanggal|date)(?: (?:terbit|publikasi|posting|rilis|tayang))? ?[:|] ?$",
    re.I,
)
_ID_DATES = (
    r"lahir|wafat|kegiatan|acara|agenda|jadwal|pelaksanaan|pelatihan|lomba|tenggat|penutupan|pembukaan|pendaftaran"
    r"|registrasi|pengumpulan|seleksi|periode|masa|kedaluwarsa|kadaluarsa|jatuh tempo|mulai|selesai|sejak|hingga|sampai"
)
_EN_DATES = (
    r"event|closing|opening|effective|start(?:ing|s)?|end(?:ing|s)?|due|meeting|conference|birth|application"
    r"|registration|signing|entry into force"
)
_ZH_DATES = (
    r"[更修]新|修[改订]|打印|截止|截至|实施|施行|生效|失效|废止|会议|活动|招标|开标|投标|中标|报名|申报|申请|征集|当前|今天|成文"
    r"|签[发署订约]|印发|[开竣完]工|开业|成立|出生|到期|公示|举[办行]|召开|培训|考试|面试|评审|检索|访问|下载|起始|开始|结束|有效"
    r"|交易|成交|立项|通过|批准|核准"
)
# Says that the date behind it is another one: of a change, a deadline, an event, a birth.
OTHER = re.compile(
    r"(?:更新|修改|打印|截止|截至|实施|施行|生效|失效|废止|有效期|会议|活动|招标|开标|报名|当前|今天|成文|签发|印发)"
    r" ?(?:时间|時間|日期|于)? ?(?:是|为)?[ :\]|]{0,4}$"
    rf"|(?:{_ZH_DATES})(?:时间|時間|日期|期限|期|日)[ :\]|]{{0,4}}(?:自|从|至)?[ :]{{0,2}}$"
    rf"|(?:{_ZH_DATES}) ?:[ ]?$|(?:截止|有效期|期限) ?(?:至|到)[ :]{{0,2}}$"
    r"|\b(?:diperbarui|diperbaharui|diubah|perubahan|update[ds]?|modified|edited|dicetak|cetak|printed|print|expired?"
    r"|berlaku|disunting|last|terakhir|revisi|batas|deadline|diakses|accessed|unduh)\b[^.\d]{0,24}$"
    rf"|\b(?:{_ID_DATES})(?: [a-z/]{{2,14}}){{0,2}} ?:(?: ?[a-z'’]{{3,12}},)? ?$"
    r"|\b(?:tenggat|dibuka|ditutup|penutupan|kelahiran|ditetapkan|disahkan|diundangkan)"
    r"(?: (?:waktu|pada|tanggal|tgl)){0,3} ?:? ?$"
    rf"|\b(?:{_EN_DATES})(?: date| day| time)? ?:(?: ?[a-z]{{3,9}},)? ?$"
    r"|\bdate of (?!publication|release|issue)[a-z ]{3,20}:? ?$"
    r"|\b(?:born|founded|established|closes|opens|reviewed|copyright|until|since|from|through|expires)(?: on)? ?:? ?$",
    re.I,
)
# The same, said behind the date: `2025年1月1日起施行`, `25 May 2026 (deadline)`.
OTHER_BEHIND = re.compile(
    r" ?(?:起|止|之?前|以前|截[止至]|印发|施行|实施|生效|签署|成文|修[订改]|召开|举[行办]|开幕|出生|更新|通过)"
    r"(?![时日期])"
    r"|[ (,-]{1,3}(?:deadline|tenggat|batas|berakhir|ditutup|diperbarui|updated)\b",
    re.I,
)
# A date that says only that it is one; where a place is told beside it, it is that of an event.
GENERIC = re.compile(
    r"^\W{0,4}(?:hari(?: ?(?:/|,|dan) ?tanggal)?|tanggal|tgl|waktu|date|time|when|时间|時間|日期)\b[^:：]{0,12}[:：]",
    re.I,
)
PLACE = re.compile(
    r"(?:^|[\s;；,，|])(?:tempat|lokasi|venue|place|location|where|地点|地點|会场|地址)(?: [a-z]{2,12})? ?[:：]", re.I
)
# Joins the first day of a span to its last.
_RANGE = r" ?(?:--?|~|s/d|s\.?d\.?|sampai(?: dengan)?|hingga|to|until|through|至|到) ?"
RANGE = re.compile(_RANGE, re.I)
RANGE_BEFORE = re.compile(rf"(?<![\d:.,/-])[0-3]?\d ?日?(?: ?[a-z]{{3,9}}\.?)?{_RANGE}$", re.I)
RANGE_BEHIND = re.compile(
    r" ?(?:-{1,2}|~|至|到) ?[0-3]?\d ?[日号]| ?(?:至|到|s/d|sampai|hingga|until|through)\b ?\d", re.I
)
INFORMS = re.compile(
    r"来源|來源|作者|编辑|編輯|记者|浏览|阅读|点击|字号|字体|[发發][布佈]|分享|责编"
    r"|\b(?:WIB|WITA|WIT|oleh|penulis|editor|reporter|sumber|dibaca|kategori|views?|by|dilihat|kali|posted|published)\b",
    re.I,
)
BEFORE = 30  # characters in front of a date in which its label stands
# Where the parts of such a line begin: behind bars and dashes; in Chinese, at the next label or figure too.
PART = re.compile(
    r" ?[|｜·•‧] ?| [-–—/] | (?=来源|來源|作者|编辑|編輯|责编|记者|浏览|阅读|点击|字号|字体|分享)"
    r"|(?<=[\u4e00-\u9fff]) (?=\d)"
)
LOWER_WORD = re.compile(r"\b[a-z]{3,20}\b")
HAN_RUN = re.compile(r"[\u4e00-\u9fff]{9}")
WORDS = 3  # in small letters: an office or a place has fewer, a sentence has more


def few_words(rest: str) -> bool:
    """Whether what stands beside a date is a place, an office, a column, and no sentence or heading."""
    return len(LOWER_WORD.findall(rest)) < WORDS and not HAN_RUN.search(rest)


def spans(hits: list[Written], folded: str) -> list[Written]:
    """Those of the dates in a folded line that begin or end a span of days: such a span dates an event, not a page."""
    found = []
    for place, hit in enumerate(hits):
        before = folded[hits[place - 1].end : hit.start] if place else ""
        behind = folded[hit.end : hits[place + 1].start] if place + 1 < len(hits) else ""
        if (
            RANGE.fullmatch(before)
            or RANGE.fullmatch(behind)
            or RANGE_BEFORE.search(folded[: hit.start])
            or RANGE_BEHIND.match(folded[hit.end :])
        ):
            found.append(hit)
    return found
