"""The title that a page's head gives: the names of site and section cut off."""

from __future__ import annotations

import re

from crawler.extraction.repair import clean, same

PARTED = re.compile(
    r" ?(?:[_|｜丨»«›@]|::|-{2,9}|—{2,9}| [-–—·•:] |(?<=[\u4e00-\u9fff”》！？])[-–](?=[\u4e00-\u9fff\w])) ?"
)
COLUMN = re.compile(r"[\u4e00-\u9fff]{1,4}")  # 关注, 专题: what newsrooms write in front of a bar
PLAIN_BAR = re.compile(r" ?\| ?")
BAR = re.compile(r" ?[｜丨] ?")  # parts a column from a headline as often as a site's name
TAGS = re.compile(r"</?(?:i|b|em|strong|u|sup|sub|span|font|br)\b[^<>]{0,300}/?>", re.I)
SOFT = re.compile(r" ?[-–—·•:](?![-–—])")
SITE = re.compile(
    r"(?:网|网站|门户|政府|官网|委员会|[局厅委院部]|办公[室厅])$|^(?:portal|kementerian|website|situs)\b", re.I
)
SHORT_TITLE = 12  # letters, a Han character counting twice; less is a section's name


def tidy(text: str) -> str:
    """One line, without the tags that editors leave in."""
    return clean(TAGS.sub("", text))


def unsuffixed(head: str, site: str = "") -> str:
    """Cut the site's and the section's name off a head title; the first part stays unless it is only a scrap."""
    head = clean(head)
    parts = [part for part in PARTED.split(head) if part]
    if len(parts) < 2:
        return head.strip()
    if site and same(parts[0]) == site:
        return parts[1]
    end = head.find(parts[0]) + len(parts[0])
    kept = head[:end]
    # A part after a colon or dash that is longer than all before belongs to the title, not to the site.
    for part in parts[1:]:
        if _is_headline(part, kept, head, site):
            end = head.find(part, end) + len(part)
            kept = head[:end]
            continue
        if (
            SITE.search(part)
            or not SOFT.match(head, len(kept))
            or weight(kept) >= 12
            or weight(part) < weight(kept) * 2
        ):
            break
        end = head.find(part, end) + len(part)
        kept = head[:end]
    return kept.strip()


def _is_headline(part: str, kept: str, head: str, site: str) -> bool:
    """Whether a part behind a bar is the headline, the part before it its column, and no site's name."""
    if SITE.search(part) or (site and same(part) == site):
        return False
    if BAR.match(head, len(kept)):
        return weight(kept) < SHORT_TITLE or weight(part) >= SHORT_TITLE + 4
    return COLUMN.fullmatch(kept) is not None and PLAIN_BAR.match(head, len(kept)) is not None


def weight(text: str) -> int:
    return sum(2 if "\u3400" <= character <= "\u9fff" else 1 for character in text)
