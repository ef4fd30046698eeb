"""What stands in or around a text and is not part of it: boxes by their names, lines by their wording."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.extraction.dates import find
from crawler.extraction.dates.relative import AGO, DAYS_AGO
from crawler.extraction.language import HAN
from crawler.extraction.repair import clean, same
from crawler.extraction.text.lines import Line

_EDGE = r"(?:^|[\s_-])"
_END = r"(?:$|[\s_-])"
BOX = re.compile(
    rf"{_EDGE}(?:share|sharing|bdshare\w*|social|socials|sosmed|related|relate|terkait|bacajuga|baca-juga|baca_juga|readalso|read-also"
    rf"|recommend\w*|rekomendasi|comments?|komentar|respond|breadcrumbs?|crumbs?|pagination|pager|paging|pages?-?nav|toolbar|toolbox"
    rf"|print|qrcode|ewm|erweima|copyright|disclaimer|advert\w*|ads?|adsbygoogle|iklan|banner|newsletter|subscribe|postnav|prevnext"
    rf"|pre-?next|next-?prev|author-?box|sidebar|footer|foot|bottom|nav|navbar|menu|tags?|taglist|tag-list|keywords|fontsize|font-size|hot-?news"
    rf"|popular|populer|trending|widget|jiathis\w*|article-share-group|filedownbtn|downloadapp|app-?down\w*|statement|editors?|zrbj|ar_editor"
    rf"|player|video-?list|rank\w*|login|modal|popup|feedback|rating|vote|counter|dibaca){_END}",
    re.I,
)
NEVER = re.compile(
    rf"{_EDGE}(?:article|content|body|main|text|post|entry|detail|TRS_\w+|container|wrapper|page){_END}", re.I
)
LINE = re.compile(
    r"""^\W*(?:
      baca\s+juga|baca\s*[:：]|baca\s+selengkapnya|simak\s+juga|lihat\s+juga|berita\s+terkait|artikel\s+terkait|bagikan|share(?:\s+this)?|tweet
     |read\s+(?:also|more)|see\s+also|advertisement|iklan|scroll\s+to\s+continue|loading\W*|kembali(?:\s+ke\s+atas)?|cetak|print|unduh
     |dicetak\s+pada\b.*|ikuti\s+(?:kami|berita)|follow\s+us|dapatkan\s+(?:update|berita)|cek\s+berita\s+dan\s+artikel
     |责任编辑|責任編輯|责编|编辑[:：]|本文来源|来源[:：]|原标题|(?:附件)?文件下载[:：]?$|关联文件[:：]?|扫一扫|扫码|分享到|分享至|分享让更多人看到|打印本页|打印$|关闭(?:窗口|本页)|返回顶部|相关(?:阅读|新闻|链接|文章|推荐|稿件|报道|附件[:：]?$)
     |延伸阅读|推荐阅读|更多精彩|上一[篇条页]|下一[篇条页]|字体[:：]|字号|【?字体|浏览(?:次数|量)|阅读(?:次数|量)|点击(?:数|次数|量)|当前位置|您(?:现在)?(?:的|所在的?)位置|版权(?:声明|所有)|免责声明|特别声明
     |[发發][布佈](?:时间|日期|時間)[:：]|稿件来源|信息来源|文章来源|微信扫|长按|点击下载|举报电话|主办[:：]|承办[:：]|声明[:：]|分享[:：]?$|推荐$|收藏本?[文页]?$|纠错|我要(?:纠错|评论)|网友评论|发表评论
     |createPageHTML
    )""",
    re.I | re.X,
)
CUT = re.compile(
    r"^\W*(?:baca\s+juga|simak\s+juga|lihat\s+juga|read\s+also)\b\s*[:：]?",
    re.I,
)
IMPRINT = re.compile(
    r"ICP备|公网安备|许可证(?:编)?号|举报电话|版权(?:所有|声明)|copyright|©|hak\s+cipta|all\s+rights\s+reserved|网站标识码",
    re.I,
)
# Behind these nothing of the text follows.
ENDS = re.compile(
    r"^\W*(?:相关(?:阅读|新闻|链接|文章|推荐|稿件|报道)\W*$|延伸阅读|推荐阅读|berita\s+(?:terkait|lainnya|terpopuler|terkini)\W*$|artikel\s+terkait\W*$|related\s+(?:news|articles|posts)\W*$|网友评论|(?:热门|热点|精彩|为[你您])推荐\W*$|猜你喜欢|大家都在看|热点新闻\W*$|最新文章\W*$|作者最近文章)",
    re.I,
)
SHORT = 120
HEADING = 16
RUNNING = 40
IMPRINT_LENGTH = 200
SENTENCE_END = re.compile(r"[。！？；：”.!?;:\"”…]\W{0,2}$")
INFORMATION = re.compile(
    r"来源|來源|作者|编辑|編輯|记者[:：]|浏览|阅读|点击|字号|字体|[发發][布佈表]|刊[发登]|分享|责编|更新|日期|时间|時間"
    r"|\b(?:WIB|WITA|WIT|oleh|penulis|editor|reporter|sumber|dibaca|kategori|views?|posted|published|dilihat|tanggal|tgl"
    r"|di(?:terbitkan|publikasikan|posting|unggah|perbarui|ubah|tulis)|terbit|updated?|modified)\b",
    re.I,
)


def is_noise_box(element: HtmlElement) -> bool:
    """Whether an element is named as something that stands beside a text."""
    tag = element.tag
    if tag in ("nav", "aside", "footer", "form"):
        return tag != "form" or len(clean(element.text_content())) < SHORT * 4
    if tag in ("html", "body", "main", "article"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(len(names) > 1 and BOX.search(names) and not NEVER.search(names))


def is_noise_line(text: str) -> bool:
    """Whether a line is a button, an announcement of other articles, a credit of the editors or the like."""
    return (len(text) <= SHORT and LINE.match(text) is not None) or (
        len(text) <= IMPRINT_LENGTH and IMPRINT.search(text) is not None
    )


def is_link_list(element: HtmlElement) -> bool:
    """Whether a list or box is made of links to elsewhere, two at least."""
    if element.tag not in ("ul", "ol", "dl", "div", "section", "table"):
        return False
    links = [clean(link.text_content()) for link in element.iter("a")]
    if len(links) < 2:
        return False
    whole = len(clean(element.text_content()))
    linked = sum(map(len, links))
    return linked * 5 > whole * 4 and "。" not in "".join(links)


def quality(lines: list[Line]) -> int:
    """How much running text lines hold, less what looks like headlines, buttons and links."""
    total = 0
    for line in lines:
        free = line.free
        total += free - line.linked if is_running(line) else -(len(line.text) + line.linked) // 2
    return total


def is_running(line: Line) -> bool:
    """Whether a line reads as running text: long enough, or ending as a sentence does, and not mainly links."""
    if line.linked * 2 > len(line.text):
        return False
    return _weight(line.text) - line.linked >= RUNNING or SENTENCE_END.search(line.text) is not None


def _weight(text: str) -> int:
    """Length of a text, a Han character being worth two letters."""
    return len(text) + len(HAN.findall(text))


def without_noise(lines: list[Line], *, title: str) -> list[Line]:
    """Drop the lines that are not of the text, the repeated title, and all behind an announcement of other articles."""
    kept: list[Line] = []
    heading = same(title)
    running = False
    for place, line in enumerate(lines):
        if running and len(line.text) <= SHORT and ENDS.match(line.text):
            # An editor may put such a box above the text, too.
            if quality(lines[place:]) < quality(kept):
                break
            continue
        if is_noise_line(line.text) or (not running and is_information(line.text)):
            continue
        if heading and not running and same(line.text) == heading:
            continue
        running = running or is_running(line)
        kept.append(line)
    return _without_links_behind(kept)


def _without_links_behind(lines: list[Line]) -> list[Line]:
    """Cut what follows the last running line where it is a list of links, its heading with it."""
    last = max((place for place, line in enumerate(lines) if is_running(line)), default=-1)
    linked = [place for place in range(last + 1, len(lines)) if lines[place].linked * 2 > len(lines[place].text)]
    if last < 0 or len(linked) < 2:
        return lines
    first = linked[0]
    if first - 1 > last and len(lines[first - 1].text) <= HEADING:
        first -= 1
    return lines[:first]


def is_information(text: str) -> bool:
    """Whether a line above the text tells date, source or author rather than beginning the text."""
    if len(text) > SHORT:
        return False
    if len(text) <= HEADING * 2 and (AGO.search(text) or DAYS_AGO.match(text)):
        return True
    dates = [hit for hit in find(text) if hit.year is not None]
    if not dates:
        return False
    rest = len(text) - sum(hit.end - hit.start for hit in dates)
    return rest <= 4 or (rest <= SHORT // 2 and INFORMATION.search(text) is not None)
