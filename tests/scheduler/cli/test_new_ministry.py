"""A ministry that nobody has seen: its interface, feed and listing become sources by the steps of crawler/README.

No code is written, no test is edited, and nothing is asked but the site.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.crawler.crawling import Crawling
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article, listing
from tests.scheduler.cli.conftest import Pantau

WIB = timezone(timedelta(hours=7))
TITLES = [f"Menteri Buka Jalur Kapal ke Pulau {name}" for name in ("Sabu", "Rote", "Kisar", "Wetar")]
DAYS = [datetime(2026, 3, 20 - number, 9, 30, tzinfo=WIB) for number in range(len(TITLES))]


def interface(site: SmallSite) -> str:
    rows = [
        {
            "judul": title,
            "slug": f"kapal-{number}",
            "tgl": f"{day:%Y-%m-%d %H:%M:%S}",
            "isi": f"<p>{PARAGRAPH} {title}.</p>",
        }
        for number, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    ]
    body = json.dumps({"hasil": {"baris": rows, "halaman": 1}}).encode()
    site.pages["/api/siaran?hal=1"] = Answer(200, body, {"Content-Type": "application/json"})
    return "/api/siaran?hal={page}"


def feed(site: SmallSite) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{site.base}/siaran/{number}</link><pubDate>{format_datetime(day)}</pubDate></item>"
        for number, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Siaran</title>{items}</channel></rss>'.encode()
    site.pages["/rss/siaran.xml"] = Answer(200, body, {"Content-Type": "application/rss+xml"})
    _pages(site)
    return "/rss/siaran.xml"


def page(site: SmallSite) -> str:
    entries = [
        (f"/siaran/{number}", title, f"{day:%d-%m-%Y}")
        for number, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    ]
    site.show("/siaran/", listing(entries))
    _pages(site)
    return "/siaran/"


def _pages(site: SmallSite) -> None:
    for number, (title, day) in enumerate(zip(TITLES, DAYS, strict=True)):
        site.show(f"/siaran/{number}", article(title, f"{day:%d-%m-%Y}"))


PUT_RIGHT = {
    'records = "data"': 'records = "hasil.baris"',
    'title = "title"': 'title = "judul"',
    'address = "{url}"': 'address = "{base}/siaran/{slug}"',
    'date = "date"': 'date = "tgl"',
    '# body = "content" ': 'body = "isi" ',
    '# last_page = "last_page" ': 'last_page = "hasil.halaman" ',
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "spider", "saved"),
    [
        pytest.param(interface, "json", 0, id="an interface", marks=pytest.mark.chaos),
        pytest.param(feed, "feed", 2, id="a feed", marks=pytest.mark.chaos),
        pytest.param(page, "listing", 2, id="a listing"),
    ],
)
def test_a_ministry_is_added_by_one_file(
    pantau: Pantau, tmp_path: Path, shown: Callable[[SmallSite], str], spider: str, saved: int
) -> None:
    with SmallSite() as site:
        path = shown(site)
        done = pantau("sources", "new", "kapal", "--url", site.base + path, "--country", "id", "--json")
        assert (done.code, f"spider {spider}" in str(done.lines[0]["inferred"])) == (0, True)
        file = tmp_path / "config" / "sources" / "kapal.toml"
        text = file.read_text(encoding="utf-8").replace("delay = 3 ", "allow_private = true # a test's\ndelay = 0 ")
        for drafted, right in PUT_RIGHT.items() if spider == "json" else ():
            assert drafted in text
            text = text.replace(drafted, right.replace("{base}", site.base))
        file.write_text(text, encoding="utf-8")
        assert pantau("sources", "save", "kapal").code == 0
        folder = tmp_path / "config" / "saved-pages" / "kapal"
        assert len(list(folder.glob("article*"))) == saved
        told = folder / "expected.json"
        expected = json.loads(told.read_text(encoding="utf-8"))
        assert [item["title"] for item in expected["items"]] == TITLES
        assert [item["date"] for item in expected["items"]] == [f"{day:%Y-%m-%d}" for day in DAYS]
        told.write_text(json.dumps(expected | {"reviewed": True}), encoding="utf-8")
        broken = [field for field in pantau("sources", "check", "kapal", "--json").lines if not field["holds"]]
        assert broken == []
        file.write_text(file.read_text(encoding="utf-8").replace("enabled = false", "enabled = true"), encoding="utf-8")
        assert pantau("check-config").code == 0
        site.requests.clear()
        crawling = Crawling(tmp_path)
        assert crawling.run("kapal")["new"] == len(TITLES)
        site.requests.clear()
        assert (crawling.run("kapal")["verdict"], len(site.asked())) == ("quiet", 1)
