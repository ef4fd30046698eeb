"""Boxes that stand in or around a text and are not part of it, told by their tags and names."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.extraction.repair import clean

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
SHORT_FORM = 480  # characters; some old systems put the whole page into a form
LONGEST_NAMES = 400  # characters of class and id that are looked at


def is_noise_box(element: HtmlElement) -> bool:
    """Whether an element is named as something that stands beside a text."""
    tag = element.tag
    if tag in ("nav", "aside", "footer", "form"):
        return tag != "form" or len(clean(element.text_content())) < SHORT_FORM
    if tag in ("html", "body", "main", "article"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:LONGEST_NAMES]
    return bool(len(names) > 1 and BOX.search(names) and not NEVER.search(names))
