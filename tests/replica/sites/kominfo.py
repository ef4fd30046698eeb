"""The archive of Kominfo, as it was until October 2024."""

from __future__ import annotations

import html
import re
from datetime import date
from email.utils import format_datetime

from tests.replica.answer import Answer, Asked
from tests.replica.release import SiteRelease
from tests.replica.shelf import Shelf

CATEGORY = "siaran_pers"
SIZE = 6
DETAIL = re.compile(r"(?:/index\.php)?/+content/detail/(\d+)/[^/]*/0/siaran_pers")
FRAME = """<!DOCTYPE html>
<html lang="id"><head><meta charset="utf-8"><title>{title}</title>
<link rel="alternate" type="application/rss+xml" href="/content/rss/siaran_pers"></head>
<body><div class="navbar"><a href="/">Kementerian Komunikasi dan Informatika</a></div>
{content}
<div class="footer"><p>Kementerian Komunikasi dan Informatika RI, Jakarta</p></div></body></html>"""
DATE = '<div class="date">{day:%d}<br>\n{day:%m-%Y}</div>'


class KominfoSite:
    """www.kominfo.go.id: `?page=N`, root-relative links, and dates that stand beside the entries, not in them."""

    host = "www.kominfo.go.id"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """The listing, a release, the feed."""
        path = asked.path.removeprefix("/index.php")
        if path.rstrip("/") == f"/content/all/{CATEGORY}":
            return self._listing(asked.query.get("page", "1"))
        if path == f"/content/rss/{CATEGORY}":
            return Answer(self._feed().encode(), type="application/rss+xml")
        if hit := DETAIL.fullmatch(asked.path):
            for release in self.shelf.of(self.host):
                if int(hit[1]) == _number(release):
                    return self._detail(release)
        return None

    def address(self, release: SiteRelease) -> str:
        """The release's address; now and then with the double slash of a careless link."""
        slashes = "//" if release.salt % 5 == 0 else "/"
        return f"https://{self.host}{slashes}{self._path(release)}"

    def robots(self) -> str:
        """Allow all but the back office."""
        return "User-agent: *\nDisallow: /admin/\n"

    def _path(self, release: SiteRelease) -> str:
        slug = re.sub(r"[^a-z0-9 ]", "", release.plain_title.lower()).replace(" ", "-")
        return f"content/detail/{_number(release)}/{slug}/0/{CATEGORY}"

    def _listing(self, page: str) -> Answer | None:
        entries = self.shelf.of(self.host)
        count = max(1, -(-len(entries) // SIZE))
        if not page.isdecimal() or not 1 <= int(page) <= count:
            return None
        here = int(page)
        shown = entries[(here - 1) * SIZE : here * SIZE]
        columns = [
            f'<div class="data-column">{DATE.format(day=one.moment(self.shelf.today))}'
            f'<div class="data-entry">{one.salt % 9000}</div></div>'
            for one in shown
        ]
        numbers = "".join(
            f'<li{" class=active" if number == here else ""}><a href="/content/all/{CATEGORY}'
            f'{"" if number == 1 else f"?page={number}"}">{number}</a></li>'
            for number in range(1, count + 1)
        )
        content = (
            f'<div class="blog-entry">\n{"".join(columns)}\n{"".join(map(self._entry, shown))}\n</div>'
            f'<ul class="pagination">{numbers}</ul>'
        )
        return Answer(FRAME.format(title="Siaran Pers", content=content).encode())

    def _entry(self, release: SiteRelease) -> str:
        href = self.address(release) if release.salt % 5 == 0 else f"/{self._path(release)}"
        title = html.escape(release.plain_title)
        return (
            '<div class="content"><div class="thumbnail-entry">'
            '<img class="thumbnail-img" src="/images/berita.jpg" alt=""></div>'
            f'<a class="title" href="{href}">{title}</a><div class="author"><b>Siaran Pers</b></div>'
            f'<div class="description">{html.escape(release.written(self.shelf.today)[0][:140])}...</div></div>\n'
        )

    def _detail(self, release: SiteRelease) -> Answer:
        title = html.escape(release.plain_title, quote=False)
        lines = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in release.written(self.shelf.today))
        content = (
            f'<div class="blog-entry"><div class="data-column">{DATE.format(day=release.moment(self.shelf.today))}'
            f'<div class="data-entry">{release.salt % 9000}</div></div>\n'
            f'<div class="content"><h1 class="title">{title}</h1>'
            f'<div class="author">Kategori <b>Siaran Pers</b> | {html.escape(release.by or "Biro Humas")}</div>\n'
            f'<div class="typography-block">\n{lines}\n</div></div></div>'
        )
        return Answer(FRAME.format(title=title, content=content).encode())

    def _feed(self) -> str:
        items = "\n".join(
            f"<item><title>{html.escape(one.plain_title)}</title><link>{self.address(one)}</link>"
            f"<pubDate>{format_datetime(one.moment(self.shelf.today))}</pubDate>"
            f"<description>{html.escape(one.written(self.shelf.today)[0])}</description><flag>0</flag></item>"
            for one in self.shelf.of(self.host)[:10]
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Siaran Pers</title>'
            f"<link>https://{self.host}</link><description>Kominfo</description>\n{items}\n</channel></rss>"
        )


def _number(release: SiteRelease) -> int:
    day = release.moment(date.min).date() if release.on else date(2024, 9, 1)
    return 34_136 + (day - date(2021, 4, 27)).days * 19 + release.salt % 17
