"""The portal: the newest Komdigi releases once more, rendered by the server, under numbers without gaps."""

from __future__ import annotations

import html
import re

from tests.replica.answer import Answer, Asked
from tests.replica.release import MONTHS, SiteRelease
from tests.replica.shelf import Shelf

FIRST = 10463
PAGE = re.compile(r"/kanal-publik/berita-kini/(\d+)/?")
MISSING = """<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>404</title></head>
<body><div class="container text-center"><h1>404</h1><p>Halaman tidak ditemukan</p></div></body></html>"""
DETAIL = """<!DOCTYPE html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | Portal Komdigi</title><link href="/assets/bootstrap/css/bootstrap.min.css" rel="stylesheet"></head>
<body>
<nav class="navbar navbar-expand-lg"><div class="container"><a class="navbar-brand" href="/">Portal Komdigi</a>
<ul class="navbar-nav"><li class="nav-item"><a class="nav-link" href="/">Beranda</a></li>
<li class="nav-item"><a class="nav-link" href="/kanal-publik">Kanal Publik</a></li></ul></div></nav>
<main class="container my-5"><div class="row"><div class="col-lg-8">
<h1 class="fw-bold mb-3">{title}</h1>
<p class="text-muted small"><i class="bi bi-calendar"></i> {date}</p>
<div class="content text-justify">
{body}
</div>
</div><div class="col-lg-4"><div class="card"><div class="card-body"><h5>Berita Terkini</h5><ul class="list-unstyled">
{others}
</ul></div></div></div></div></main>
<footer class="bg-light py-4"><div class="container"><p>Hak Cipta Kementerian Komunikasi dan Digital</p></div></footer>
</body></html>"""


class KomdigiPortal:
    """portal.komdigi.go.id: page N is there, N+1 is not, and no page lists them."""

    host = "portal.komdigi.go.id"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """A numbered page, or 404."""
        hit = PAGE.fullmatch(asked.path)
        release = self._numbered(int(hit[1])) if hit else None
        return Answer(self._page(release).encode()) if release else Answer(MISSING.encode(), 404)

    def address(self, release: SiteRelease) -> str:
        """The numbered address. Raises ValueError for a release that the portal does not repeat."""
        return f"https://{self.host}/kanal-publik/berita-kini/{FIRST + self.shelf.portal.index(release.slug)}"

    def robots(self) -> str:
        """Allow what is public."""
        return "User-agent: *\nDisallow: /masuk\n"

    def _numbered(self, number: int) -> SiteRelease | None:
        place = number - FIRST
        if not 0 <= place < len(self.shelf.portal):
            return None
        return self.shelf.get("web.komdigi.go.id", self.shelf.portal[place])

    def _page(self, release: SiteRelease) -> str:
        moment = release.moment(self.shelf.today)
        others = [one for one in self.shelf.of("web.komdigi.go.id", "siaran-pers") if one.slug in self.shelf.portal]
        return DETAIL.format(
            title=html.escape(release.plain_title, quote=False),
            date=f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}",
            body="\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in release.written(self.shelf.today)),
            others="\n".join(
                f'<li><a href="{self.address(one)}">{html.escape(one.plain_title)}</a></li>' for one in others[:3]
            ),
        )
