"""The title of a page: what the page itself shows, checked against what its head says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extraction.json_ld import articles
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import clean, same
from crawler.extraction.text.lines import Line, is_hidden, render
from crawler.extraction.text.noise import is_information, is_running

HEADINGS = ("h1", "h2", "h3", "h4")
NO_TITLE = ("a", "li", "ul", "script", "style", "input", "img", "svg", "title")
NAMED = re.compile(
    r"(?:^|[\s_-])(?:title|titles|tit|tt|judul|headline|biaoti|bt|btitle)(?:$|[\s_-])|(?:article|news|post|entry|detail|content|con|arti|main|info|page|wz|xl)[\w-]{0,8}(?:title|tit|bt|judul)|(?:title|judul)[_-]?(?:article|news|berita|detail|post)",
    re.I,
)
NOT_NAMED = re.compile(
    r"site|logo|sub|small|widget|sidebar|related|list|menu|nav|modal|popup|share|column|block|section|footer|header-title",
    re.I,
)
SURROUNDINGS = re.compile(
    r"logo|brand|nav|menu|breadcrumb|sidebar|related|terkait|footer|modal|popup|widget|recommend|hot|rank", re.I
)
PARTED = re.compile(
    r" ?(?:[_|｜丨»«›@]|::|-{2,9}|—{2,9}| [-–—·•:] |(?<=[\u4e00-\u9fff”》！？])[-–](?=[\u4e00-\u9fff\w])) ?"
)
COLUMN = re.compile(r"[\u4e00-\u9fff]{1,4}")  # 关注, 专题: what newsrooms write in front of a bar
PLAIN_BAR = re.compile(r" ?\| ?")
BAR = re.compile(r" ?[｜丨] ?")  # parts a column from a headline as often as a site's name
TAGS = re.compile(r"</?(?:i|b|em|strong|u|sup|sub|span|font|br)\b[^<>]{0,300}/?>", re.I)
SOFT = re.compile(r" ?[-–—·•:](?![-–—])")
HAN_END = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”—…]$")
HAN_BEGIN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”—…]")
TITLE_LINES = 4
BRIEF = 60
SEARCHED_LINES = 400
FULL_STOP = re.compile(r"[。！？.!?]\W{0,2}$")
SITE = re.compile(
    r"(?:网|网站|门户|政府|官网|委员会|[局厅委院部]|办公[室厅])$|^(?:portal|kementerian|website|situs)\b", re.I
)
CUT_SHORT = re.compile(r"(?:…|\.{2,3})$")
SHORT_TITLE = 12  # letters, a Han character counting twice; less is a section's name
LONGEST = 300
LONGEST_HEAD, MOST_HEADS = 2_000, 20  # characters, titles in the head; what is more is no title
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the title. `strong`: marked as one; `framed`: in a logo, a menu; `heading`: by its tag."""

    text: str
    strong: bool = False
    framed: bool = False
    heading: bool = False


def title(document: ParsedPage, *, selector: str | None = None) -> str | None:
    """Find the title, or None.

    Order: the source's own selector; the government tag ArticleTitle; an element whose text begins what the head
    says; the first heading or element named as a title; what the head says, the site's name cut off.
    """
    if selector and (found := _selected(document, selector)):
        return found
    meta = document.meta
    if told := meta.get("articletitle"):
        return tidy(told)
    heads = [tidy(meta[name]) for name in ("og:title", "twitter:title") if meta.get(name)]
    heads += [
        tidy(str(entry["headline"])) for entry in articles(document.root) if isinstance(entry.get("headline"), str)
    ]
    if document.head_title:
        heads.append(tidy(document.head_title))
    heads = [head[:LONGEST_HEAD] for head in heads[:MOST_HEADS]]  # each is compared with each heading of the page
    shown = _shown(document)
    best = _agreeing(shown + _lines_of(document, heads), heads)
    above = _above_information(document)
    # A head that names only the site agrees with the logo; the heading over date and source is the title then.
    if best is not None and not (best.framed and above):
        return best.text
    site = same(meta.get("og:site_name", "")) or same(meta.get("sitename", ""))
    if above:
        return _box_around(shown, above) or _marked(shown, heads, above) or above
    for candidate in shown:
        if candidate.strong and same(candidate.text) != site and not _is_site_name(candidate.text, heads):
            return candidate.text
    for head in heads:
        if parted := unsuffixed(head, site):
            return parted
    return shown[0].text if shown else None


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
            or _weight(kept) >= 12
            or _weight(part) < _weight(kept) * 2
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
        return _weight(kept) < SHORT_TITLE or _weight(part) >= SHORT_TITLE + 4
    return COLUMN.fullmatch(kept) is not None and PLAIN_BAR.match(head, len(kept)) is not None


def joined(lines: list[str]) -> str:
    """Lines of one title as one; nothing stands between Han characters, which know no blanks."""
    text = ""
    for line in lines:
        glue = "" if not text or (HAN_END.search(text) and HAN_BEGIN.match(line)) else " "
        text += glue + line
    return text


def _weight(text: str) -> int:
    return sum(2 if "\u3400" <= character <= "\u9fff" else 1 for character in text)


def _selected(document: ParsedPage, selector: str) -> str | None:
    for element in document.root.cssselect(selector):
        if text := tidy(joined([line.text for line in render(element)])):
            return text
    return None


def _shown(document: ParsedPage) -> list[Candidate]:
    """Headings and elements named as a title, in page order."""
    found: list[Candidate] = []
    for element in document.root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        named = tag not in NO_TITLE and NAMED.search(names) is not None and not NOT_NAMED.search(names)
        if tag not in HEADINGS and not named:
            continue
        if len(element) > 12 or is_hidden(element):
            continue
        framed = _surrounded(element)
        strong = (tag == "h1" or named) and not framed
        lines = render(element)
        texts = [line.text for line in lines]
        # A box named as the title may hold date and source as well; a heading is broken for its looks only.
        whole = _title_lines(lines) if tag not in HEADINGS else texts
        for text in dict.fromkeys([joined(whole), *texts[:1]]):
            if SHORTEST <= len(tidy(text)) <= LONGEST:
                found.append(Candidate(tidy(text), strong=strong, framed=framed, heading=tag in HEADINGS))
    return found


def _title_lines(lines: list[Line]) -> list[str]:
    """The lines of a title box that are of the title: all above date and source, links and running text."""
    kept: list[str] = []
    for line in lines[:TITLE_LINES]:
        if kept and (line.linked or is_information(line.text) or FULL_STOP.search(line.text) or len(line.text) > BRIEF):
            break
        kept.append(line.text)
    return kept


def _lines_of(document: ParsedPage, heads: list[str]) -> list[Candidate]:
    """Lines of any element that begin a head title and are parted from its rest, as old table layouts have them."""
    found = []
    for line in document.lines:
        text = line.text
        if SHORTEST * 2 < len(text) <= LONGEST and any(head.startswith(text[:4]) for head in heads):
            text = tidy(text)
            if any(head == text or (head.startswith(text) and PARTED.match(head, len(text))) for head in heads):
                found.append(Candidate(text, framed=_surrounded(line.element)))
    return found


def _above_information(document: ParsedPage) -> str | None:
    """The heading right above the line that tells date and source, where the head names only site and section."""
    informing = [is_information(line.text) for line in document.lines[:SEARCHED_LINES]]
    for place, line in enumerate(document.lines[: len(informing)]):
        if not informing[place]:
            if is_running(line) and FULL_STOP.search(line.text) and not any(informing[place + 1 : place + 2]):
                return None  # the text has begun
            continue
        if place == 0:
            continue
        above = document.lines[place - 1]
        if above.element.tag in ("tr", "td", "th"):
            continue
        heads = above.element.tag in HEADINGS or not is_running(above) or len(above.text) < BRIEF
        fits = above.free > 0 and _weight(above.text) >= SHORT_TITLE and len(above.text) <= LONGEST
        return tidy(above.text) if heads and fits and not _surrounded(above.element) else None
    return None


def _box_around(shown: list[Candidate], above: str) -> str | None:
    """The title box, or heading of several lines, whose last line is the line above the date."""
    end = same(above)
    for candidate in shown:
        titles = candidate.strong or (candidate.heading and not candidate.framed)
        if titles and same(candidate.text).endswith(end):
            return candidate.text
    return None


def _marked(shown: list[Candidate], heads: list[str], above: str) -> str | None:
    """The heading that is marked as the title, where the line above the date is no heading itself.

    Old pages show date and readers above the title; what stands above these is a menu then.
    """
    if any(candidate.heading and same(candidate.text) == same(above) for candidate in shown):
        return None
    in_heads = [same(head) for head in heads]
    for candidate in shown:
        key = same(candidate.text)
        named = candidate.strong and candidate.heading and _weight(candidate.text) >= SHORT_TITLE
        if named and not SITE.search(candidate.text) and not any(key in head for head in in_heads):
            return candidate.text
    return None


def _surrounded(element: HtmlElement) -> bool:
    """Whether the element belongs to what stands around an article: logo, menu, lists beside it."""
    for place, parent in enumerate((element, *element.iterancestors())):
        if parent.tag in ("nav", "aside", "footer"):
            return True
        if place < 4 and SURROUNDINGS.search(f"{parent.get('class') or ''} {parent.get('id') or ''}"):
            return True
    return False


def _agreeing(shown: list[Candidate], heads: list[str]) -> Candidate | None:
    """The element whose text begins a head title, or lies in it, and is most of it; the longest such."""
    best, weight = None, 0.0
    own = [unsuffixed(head) for head in heads]
    known = [(same(head), same(part), CUT_SHORT.search(part)) for head, part in zip(heads, own, strict=True)]
    for candidate in shown:
        key, strong = same(candidate.text), candidate.strong
        if len(key) < SHORTEST:
            continue
        for whole, part, cut_short in known:
            if not whole:
                continue
            if whole.startswith(key):
                share = 1.0
            elif cut_short and key.startswith(part):
                share = 0.9
            elif key in whole and len(key) * 2 > len(whole):
                share = 0.8
            else:
                continue
            # The site's name alone also stands in every head title, at its end.
            if len(key) * 5 < len(part) * 4 and not strong:
                continue
            score = share * len(key) * (1.2 if strong else 1)
            if score > weight:
                best, weight = candidate, score
    return best


def _is_site_name(text: str, heads: list[str]) -> bool:
    """Whether a text is what the head titles end with, after the article's own title."""
    key = same(text)
    return any(same(head).endswith(key) and same(unsuffixed(head)) != key for head in heads)
