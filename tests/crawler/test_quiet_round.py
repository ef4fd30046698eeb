"""A quiet round over the sources that the replica does not play: one request a listing, on their saved pages."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from scrapy import Request

from crawler.json_interface import PAGE
from crawler.saved_pages import KINDS, SavedPages
from crawler.source import Source, load_source
from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import Answer, SmallSite, article
from tests.replica.local import localise_source
from tests.replica.replica import sites_of
from tests.replica.shelf import Shelf

FILES = sorted((ROOT / "config" / "sources").glob("*.toml"))
DAY = "12 Maret 2026"


class SavedSite(SmallSite):
    """All hosts of a source on one address: its listings show the saved one, any other page is an article."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.pages = _Articles()
        folder = ROOT / "tests" / "sources" / source.name
        (saved,) = folder.glob("listing.*")
        body = self.localised(saved.read_text(encoding="utf-8")).encode()
        for listing in source.listings:
            first = str(source.interface.first_page) if source.interface else ""
            parts = urlsplit(Request(listing.replace(PAGE, first)).url)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            posted = source.interface.post if source.interface else None
            asked = f"{path} {posted.replace(PAGE, first)}" if posted else path
            self.pages[asked] = Answer(200, body, {"Content-Type": KINDS.get(saved.suffix, "text/html; charset=utf-8")})

    def localised(self, text: str) -> str:
        """A text that names this site instead of the source's hosts."""
        names = {name for host in self.source.allowed_hosts for name in (host, f"www.{host.removeprefix('www.')}")}
        pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.sub(rf"https?://(?:{pattern})(?![\w.:-])", self.base, text)

    def write(self, crawling: Crawling, *, pages: int) -> None:
        """Write the source's file, with this site's address and so many pages of a listing at the most."""
        text = self.localised((ROOT / "config" / "sources" / f"{self.source.name}.toml").read_text(encoding="utf-8"))
        text = re.sub(r"(?m)^(?:delay|max_listing_pages|allowed_hosts)\s*=.*\n", "", text)
        own = f'delay = 0\nallow_private = true\nmax_listing_pages = {pages}\nallowed_hosts = ["{self.host}"]\n'
        (crawling.config / "sources" / f"{self.source.name}.toml").write_text(own + text, encoding="utf-8")


class _Articles(dict[str, Answer]):
    """Any page that is not shown otherwise is an article; there is no robots.txt."""

    def get(self, path: str, default: Answer) -> Answer:  # type: ignore[override]
        if path in self or path == "/robots.txt":
            return super().get(path, default)
        return Answer(200, article(f"Kabar dari {path}", DAY).encode())


def is_played(path: Path) -> bool:
    sites = {
        site.host: f"http://127.0.0.1:{port}" for port, site in enumerate(sites_of(Shelf((), date(2026, 3, 12))), 8801)
    }
    localised = localise_source(path.read_text(encoding="utf-8"), sites)
    return localised is not None and tomllib.loads(localised).get("enabled", True)


UNPLAYED = [path for path in FILES if not is_played(path)]


@pytest.mark.sample(2)
@pytest.mark.parametrize("path", UNPLAYED, ids=lambda path: path.stem)
def test_a_quiet_round_is_one_request_a_listing(path: Path, tmp_path: Path) -> None:
    source = load_source(path)
    crawling = Crawling(tmp_path)
    pages = SavedPages(ROOT / "tests" / "sources" / source.name, source)
    expected = pages.expected()
    assert expected is not None
    with SavedSite(source) as site:
        site.write(crawling, pages=1)
        first = crawling.run(source.name)
        assert (first["verdict"], first["complete"]) == ("ok", True), first["reasons"]
        assert first["new"] >= min(len(expected["items"]), source.min_items)
        site.requests.clear()
        site.write(crawling, pages=source.max_listing_pages)
        assert crawling.run(source.name)["verdict"] == "quiet"
        assert len(site.asked()) == len(source.listings)
