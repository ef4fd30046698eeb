"""`sources`: list, draft and check, on the replica sites."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.source import load_source
from scheduler.settings import ROOT
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import PARAGRAPH, SmallSite, article, listing
from tests.replica import Replica
from tests.scheduler.cli.conftest import Pantau

URL = "https://www.example.org/berita/"
ENTRIES = [(f"/berita/{number}", f"Kabar nomor {number} dari dermaga", "12 Maret 2026") for number in range(1, 6)]
UNDATED = [(path, title, "") for path, title, _ in ENTRIES]
MORE = '<div class="pagination"><a href="/berita?page=2">Selanjutnya</a></div>'
BY_SCRIPT = '<button class="pagination">2</button>'
ENGLISH = "The harbour office said that the new network is open for all of the schools on the island. " * 3


@pytest.fixture
def replica(pantau: Pantau, tmp_path: Path) -> Iterator[Replica]:
    """The shipped sources, led to the replica."""
    with Replica() as sites:
        shutil.rmtree(tmp_path / "config" / "sources")
        sites.write_sources(ROOT / "config" / "sources", tmp_path / "config" / "sources")
        yield sites


def test_a_draft_is_a_source_switched_off_with_a_folder_that_says_what_to_save(pantau: Pantau, tmp_path: Path) -> None:
    done = pantau("sources", "new", "pelabuhan", "--url", URL, "--like", "gxzf", "--language", "id", "--json")
    assert done.code == 0
    source = load_source(tmp_path / "config" / "sources" / "pelabuhan.toml")
    assert (source.enabled, source.spider, source.listings, source.language) == (False, "trs", (URL,), "id")
    folder = tmp_path / "var" / "saved-pages" / "pelabuhan"
    assert not (tmp_path / "tests").exists(), "nothing is written beside a configuration that is no checkout's"
    assert {path.name for path in folder.iterdir()} == {"README.md", "pages.toml"}
    assert [str(folder) in path for path in done.lines[0]["written"]] == [False, True, True]
    assert pantau("check-config").code == 0
    assert "pelabuhan" in pantau("sources", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gxzf", "--url", URL, "--like", "gxzf"), "exists already"),
        (("../x", "--url", URL, "--like", "gxzf"), "no name for a source"),
        (("baru", "--url", "javascript:alert(1)", "--like", "gxzf"), "not the web address"),
        (("baru", "--url", URL, "--like", "gxzff"), "did you mean gxzf"),
    ],
)
def test_a_draft_that_cannot_be_is_one_sentence(pantau: Pantau, words: tuple[str, ...], said: str) -> None:
    assert said in pantau("sources", "new", *words).refused


def test_a_title_with_signs_of_toml_stays_a_title(pantau: Pantau, tmp_path: Path) -> None:
    title = 'Kantor "Pelabuhan"\n[layout] \\ x'
    assert pantau("sources", "new", "baru", "--url", URL, "--like", "gxzf", "--title", title).code == 0
    source = load_source(tmp_path / "config" / "sources" / "baru.toml")
    assert source.title == 'Kantor "Pelabuhan" [layout] \\ x'


@pytest.mark.parametrize(
    "name", ["komdigi", "gxzf", "nanning", "nanning-en", "wsb", "dsjfzj", "kominfo", "kominfo-rss"]
)
def test_a_site_that_is_as_described_holds_in_every_field(pantau: Pantau, replica: Replica, name: str) -> None:
    done = pantau("sources", "check", name, "--json")
    broken = [field for field in done.lines if not field["holds"]]
    assert (done.code, broken) == (0, [])
    names = [field["field"] for field in done.lines]
    assert {"site", "entries", "titles", "next page", "article 1 title", "article 3 date"} <= set(names)
    assert len([r for r in replica.requests if r.path != "/robots.txt"]) <= 8


@pytest.mark.parametrize(
    ("fault", "field", "said"),
    [
        ("scripted", "site", "layout changed"),
        ("forbidden", "site", "blocked"),
        ("challenge", "site", "challenged"),
        ("waiting_room", "site", "challenged"),
        ("error", "site", "down"),
    ],
)
def test_a_site_that_is_not_is_told_field_by_field(
    pantau: Pantau, replica: Replica, fault: str, field: str, said: str
) -> None:
    replica.faults.set(host="www.gxzf.gov.cn", kind=fault)
    done = pantau("sources", "check", "gxzf", "--json")
    assert done.code == 1
    (told,) = [one for one in done.lines if one["field"] == field]
    assert (told["holds"], said in told["said"]) == (False, True)
    assert "broken" in pantau("sources", "check", "gxzf").out


@pytest.fixture
def site(pantau: Pantau, tmp_path: Path) -> Iterator[SmallSite]:
    """A site as its source describes it."""
    with SmallSite() as site:
        Crawling(tmp_path).source("desa", site.base, site.host, min_items=3)
        site.show("/berita", listing(ENTRIES, MORE))
        for path, title, date in ENTRIES:
            site.show(path, article(title, date))
        yield site


def broken(pantau: Pantau) -> tuple[int, set[str]]:
    """The exit code of a check, and the fields that do not hold."""
    done = pantau("sources", "check", "desa", "--json")
    return done.code, {field["field"] for field in done.lines if not field["holds"]}


@pytest.mark.parametrize(
    ("shown", "fields"),
    [
        (listing(ENTRIES, MORE), set()),
        (listing(ENTRIES, BY_SCRIPT), {"next page"}),
        (listing([*ENTRIES[:4], UNDATED[4]], MORE), {"listed dates"}),
        (listing(ENTRIES[:2], MORE), {"site", "entries", "articles"}),
        (listing([]), {"site", "entries", "articles"}),
    ],
    ids=["nothing broke", "pager by script", "one date lost", "few entries", "empty"],
)
def test_what_broke_on_a_listing_is_named_and_nothing_else(
    pantau: Pantau, site: SmallSite, shown: str, fields: set[str]
) -> None:
    site.show("/berita", shown)
    assert broken(pantau) == (int(bool(fields)), fields)


@pytest.mark.parametrize(
    ("date", "text", "field"),
    [
        ("", PARAGRAPH, "date"),
        ("12 Maret 2031", PARAGRAPH, "date"),
        ("12 Maret 2026", "Ya.", "text"),
        ("12 Maret 2026", ENGLISH, "language"),
    ],
    ids=["no date", "a date to come", "no text", "another language"],
)
def test_what_broke_on_the_articles_is_named(pantau: Pantau, site: SmallSite, date: str, text: str, field: str) -> None:
    site.show("/berita", listing(UNDATED, MORE))
    for path, title, _ in ENTRIES:
        site.show(path, article(title, date, text))
    code, fields = broken(pantau)
    assert (code, {f"article {number} {field}" for number in (1, 2, 3)} <= fields) == (1, True)


def test_a_check_stays_on_this_machine_where_nodes_crawl_since_their_state_is_the_live_one(
    replica: Replica, pantau: Pantau, tmp_path: Path
) -> None:
    path = tmp_path / "config" / "pantau.toml"
    nodes = 'at_once = 2\nrunner = "scrapyd"\nnodes = ["http://127.0.0.1:1"]'
    path.write_text(path.read_text(encoding="utf-8").replace("at_once = 2", nodes), encoding="utf-8")
    done = pantau("sources", "check", "wsb", "--json")
    assert done.code == 0, done
    assert not (tmp_path / "var" / "state").exists()
