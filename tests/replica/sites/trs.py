"""Sites made with TRS WCM: the Guangxi portal and the departments that share its system."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tests.replica.answer import Answer, Asked, moved
from tests.replica.release import SiteRelease
from tests.replica.server import tiny_png
from tests.replica.shelf import Shelf
from tests.replica.sites.trs_article import article, file_stem

# Files as small as they can be: what they say is not read.
FILES = {
    "png": (tiny_png(), "image/png"),
    "pdf": (b"%PDF-1.4\n%%EOF\n", "application/pdf"),
    "docx": (b"PK\5\6" + b"\0" * 18, "application/octet-stream"),
}
Generation = Literal["before-trs", "more-list", "morelist", "department"]

LISTING = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{column}-{site}</title>
<meta name="SiteName" content="{site}"><meta name="SiteDomain" content="{host}">
<meta name="SiteIDCode" content="4500000000">
<meta name="ColumnName" content="{column}"><meta name="ColumnDescription" content="{column}">
<meta name="ColumnKeywords" content="{column}"><meta name="ColumnType" content="{column}"></head>
<body><div class="header"><div class="nav"><ul>{nav}</ul></div></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; {column}</div>
<div class="main">
{items}
</div>
<div class="footer"><p>主办：{site}</p><p>网站标识码：4500000000</p></div></body></html>"""


@dataclass(frozen=True, slots=True)
class Section:
    """A column of the site: its folder, name, generation, entries a page, and entries that lead elsewhere."""

    folder: str
    column: str
    generation: Generation
    size: int
    elsewhere: tuple[tuple[str, str], ...] = ()


class TrsSite:
    """A host of the regional system; `t<id>.shtml` in the section's folder, ids rising with jumps."""

    def __init__(self, host: str, name: str, sections: Sequence[Section], shelf: Shelf) -> None:
        self.host = host
        self.name = name
        self.sections = {section.folder: section for section in sections}
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """A listing page, an article, a part of one, a file."""
        folder, _, name = asked.path.strip("/").rpartition("/")
        if asked.path.strip("/") in self.sections:
            if not asked.path.endswith("/"):
                return moved(f"{asked.path}/")
            folder, name = asked.path.strip("/"), "index.shtml"
        section = self.sections.get(folder)
        if section is None:
            return None
        if name.startswith("index"):
            return self._listing(section, name)
        return self._page(section, name)

    def address(self, release: SiteRelease) -> str:
        """The article's address."""
        return f"http://{self.host}/{release.section}/t{number(release)}.shtml"

    def robots(self) -> str:
        """Allow all but the protected files."""
        return "User-agent: *\nDisallow: /protect/\n"

    def _page(self, section: Section, name: str) -> Answer | None:
        for release in self.shelf.of(self.host, section.folder):
            base = f"t{number(release)}"
            changed = self.shelf.changed(release)
            if name in (f"{base}.shtml", f"{base}_1.shtml"):
                part = 1 if name.endswith("_1.shtml") else 0
                if part and release.form != "parts":
                    return None
                page = article(release, self.shelf.today, self.name, section.column, self.address(release), part)
                return Answer(page.encode(), type="text/html", modified=changed)
            if name[1:].partition(".")[0] == file_stem(release) and name.rpartition(".")[2] in FILES:
                body, kind = FILES[name.rpartition(".")[2]]
                return Answer(body, type=kind, modified=changed)
        return None

    def _listing(self, section: Section, name: str) -> Answer | None:
        entries = self.shelf.of(self.host, section.folder)
        count = max(1, -(-len(entries) // section.size))
        pattern = r"index-(\d+)\.shtml" if section.generation == "before-trs" else r"index_(\d+)\.shtml"
        if name == "index.shtml":
            page = 0
        elif hit := re.fullmatch(pattern, name):
            page = int(hit[1]) - (1 if section.generation == "before-trs" else 0)
        else:
            return None
        if not 0 <= page < count or (page == 0 and name != "index.shtml"):
            return None
        shown = entries[page * section.size : (page + 1) * section.size]
        rows = [self._row(section, release) for release in shown]
        if page == 0:
            rows[2:2] = [_row(section, url, title, shown[0].moment(self.shelf.today).date())
                         for url, title in section.elsewhere]  # fmt: skip
        draw = {"before-trs": _before_trs, "more-list": _more_list, "morelist": _morelist, "department": _department}
        text = LISTING.format(
            column=section.column,
            site=self.name,
            host=self.host,
            nav="".join(f'<li><a href="/{one.folder}/">{one.column}</a></li>' for one in self.sections.values()),
            items=draw[section.generation](rows, page, count, len(entries)),
        )
        changed = max((self.shelf.changed(release) for release in entries), default=None)
        return Answer(text.encode(), type="text/html", modified=changed)

    def _row(self, section: Section, release: SiteRelease) -> str:
        url = f"./t{number(release)}.shtml"
        if section.generation == "before-trs":
            url = self.address(release)
        return _row(section, url, release.title, release.moment(self.shelf.today).date())


def number(release: SiteRelease) -> int:
    """The document's id: rising with the day; the same in every run, although days are counted from today."""
    if release.on is not None:
        return 18_175_101 + (release.on - date(2024, 3, 25)).days * 13_429 + release.salt % 9000
    return 31_181_042 - release.ago * 9713 + release.salt % 9000


def _row(section: Section, url: str, title: str, day: date) -> str:
    name = html.escape(title)
    if section.generation == "before-trs":
        return f'<li><a href="{url}" title="{name}" target="_blank">{name}</a><span>{day}</span></li>'
    if section.generation == "morelist":
        return f'<li>·  <a href="{url}">{name}</a><span>{day:%Y.%m.%d}</span></li>'
    if section.generation == "department":
        return f'<li><a href="{url}" target="_blank">{name}</a><span>{day}</span></li>'
    cut = name if len(title) <= 24 else html.escape(title[:23]) + "…"
    return f'<li><a href="{url}" title="{name}" target="_blank">{cut}</a><span>（{day}）</span></li>'


def _more_list(rows: list[str], page: int, count: int, total: int) -> str:
    script = f'<script>createPageHTML({count}, {page}, "index", "shtml");</script>'
    items = "\n".join(rows)
    return f'<ul class="more-list">\n{items}\n</ul><div class="more-page">{script}</div>'


def _morelist(rows: list[str], page: int, count: int, total: int) -> str:
    groups = ["<ul>\n" + "\n".join(rows[at : at + 5]) + "\n</ul>" for at in range(0, len(rows), 5)]
    script = f'<script>createPageHTML({count}, {page}, "index", "shtml");</script>'
    return f'<div id="morelist">{"".join(groups)}</div><div class="more-page">{script}</div>'


def _department(rows: list[str], page: int, count: int, total: int) -> str:
    script = f'<script language="JavaScript">createPageHTML({count}, {page}, "index", "shtml");</script>'
    items = "\n".join(rows)
    return f'<div class="list"><ul>\n{items}\n</ul></div><div class="page">共 {total} 条 {count} 页{script}</div>'


def _before_trs(rows: list[str], page: int, count: int, total: int) -> str:
    items = "\n".join(rows)
    onward = f'<a href="index-{page + 2}.shtml">下一页</a>' if page + 1 < count else "<span>下一页</span>"
    back = "" if page == 0 else f'<a href="index{"" if page == 1 else f"-{page}"}.shtml">上一页</a>'
    return f'<div class="more"><ul>\n{items}\n</ul></div><div class="more-page">{back} {onward}</div>'
