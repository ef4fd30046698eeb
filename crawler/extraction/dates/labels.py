"""The words that say which date is meant: of publication, of something else; and what else such a line tells."""

from __future__ import annotations

import re

PUBLISHED = re.compile(
    r"(?:[发發][布佈表]|刊[发登發]|发文|公开|发稿|上传|录入|添加|创建|信息|撰写)"
    r" ?(?:时间|時間|日期|于|於)?[ :\]|]{0,4}$"
    r"|(?:^|[ \[(|])(?:时间|時間|日期) ?[:\]] ?$"
    r"|\b(?:di)?(?:terbit|publikasi|posting|unggah|rilis|publish|tayang|muat|buat)(?:kan|ed)?"
    r"(?: (?:pada|tanggal|tgl)){0,2} ?[:|]? ?$"
    r"|\b(?:published|posted|released|publish(?:ed)? date)(?: (?:on|at))? ?[:|]? ?$"
    r"|\b(?:tanggal|tgl|hari ?/ ?tanggal|date)(?: (?:terbit|publikasi|posting|rilis|tayang))? ?[:|] ?$",
    re.I,
)
OTHER = re.compile(
    r"(?:更新|修改|打印|截止|截至|实施|施行|生效|失效|废止|有效期|会议|活动|招标|开标|报名|当前|今天|成文|签发|印发)"
    r" ?(?:时间|時間|日期|于)? ?(?:是|为)?[ :\]|]{0,4}$"
    r"|\b(?:diperbarui|diperbaharui|diubah|perubahan|update[ds]?|modified|edited|dicetak|cetak|printed|print|expired?"
    r"|berlaku|disunting|last|terakhir|revisi|batas|deadline|diakses|accessed|unduh)\b[^.\d]{0,24}$",
    re.I,
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
