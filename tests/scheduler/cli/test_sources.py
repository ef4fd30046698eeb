"""`sources`: list, draft and check, on the replica sites."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.source import load_source
from scheduler.settings import ROOT
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article, listing
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


def files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_a_draft_is_one_file_of_a_source_switched_off_and_says_what_it_inferred(pantau: Pantau, tmp_path: Path) -> None:
    before = files(tmp_path)
    done = pantau("sources", "new", "pelabuhan", "--url", "https://pelabuhan.example.go.id/berita/", "--json")
    assert done.code == 0
    source = load_source(tmp_path / "config" / "sources" / "pelabuhan.toml")
    assert (source.enabled, source.spider, source.country, source.language) == (False, "listing", "id", "id")
    assert source.timezone == "Asia/Jakarta"
    assert files(tmp_path) - before == {Path("config/sources/pelabuhan.toml")}, "and nothing else is written anywhere"
    assert " ".join(done.lines[0]["inferred"]).count("since the host ends in .id") == 1
    assert pantau("check-config").code == 0
    (listed,) = [one for one in pantau("sources", "list", "--json").lines if one["name"] == "pelabuhan"]
    assert (listed["enabled"], listed["a_week"]) == (False, None), "nothing is known of its weeks yet"
    told = pantau("sources", "check", "pelabuhan", "--offline", "--json")
    assert (told.code, told.lines[0]["field"], told.lines[0]["holds"]) == (1, "saved pages", False)


@pytest.mark.parametrize(
    ("url", "options", "found"),
    [
        ("http://swj.nanning.gov.cn/xw/", (), ("trs", "cn", "zh", "Asia/Shanghai")),
        ("http://english.nanning.gov.cn/news/", (), ("trs", "cn", "en", "Asia/Shanghai")),
        ("https://www.example.org.cn/en/news/", (), ("listing", "cn", "en", "Asia/Shanghai")),
        ("https://example.go.id/feed/", (), ("feed", "id", "id", "Asia/Jakarta")),
        ("https://example.go.id/api/berita?p={page}", (), ("json", "id", "id", "Asia/Jakarta")),
        ("https://example.go.id/b/", ("--timezone", "Asia/Jayapura"), ("listing", "id", "id", "Asia/Jayapura")),
        ("https://asean.example.org/news/", ("--country", "id", "--language", "en"),
         ("listing", "id", "en", "Asia/Jakarta")),
        ("https://example.go.id/berita/", ("--like", "gxzf"), ("trs", "id", "id", "Asia/Jakarta")),
    ],
)  # fmt: skip
def test_country_zone_language_and_spider_are_inferred_from_the_address(
    pantau: Pantau, tmp_path: Path, url: str, options: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert pantau("sources", "new", "baru", "--url", url, *options).code == 0
    source = load_source(tmp_path / "config" / "sources" / "baru.toml")
    assert (source.spider, source.country, source.language, source.timezone) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gxzf", "--url", URL, "--country", "id"), "exists already"),
        (("../x", "--url", URL, "--country", "id"), "no name for a source"),
        (("baru", "--url", "javascript:alert(1)", "--country", "id"), "not the web address"),
        (("baru", "--url", URL, "--like", "gxzff"), "did you mean gxzf"),
        (("baru", "--url", URL), "say --country id or --country cn"),
        (("baru", "--url", "https://x.go.id/api/berita"), "{page}"),
    ],
)
def test_a_draft_that_cannot_be_is_one_sentence(pantau: Pantau, words: tuple[str, ...], said: str) -> None:
    assert said in pantau("sources", "new", *words).refused


def test_a_title_with_signs_of_toml_stays_a_title(pantau: Pantau, tmp_path: Path) -> None:
    title = 'Kantor "Pelabuhan"\n[layout] \\ x'
    assert pantau("sources", "new", "baru", "--url", URL, "--country", "id", "--title", title).code == 0
    source = load_source(tmp_path / "config" / "sources" / "baru.toml")
    assert source.title == 'Kantor "Pelabuhan" [layout] \\ x'


@pytest.mark.sample(2)
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


@pytest.mark.sample(2)
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_pages_are_saved_as_they_came_with_a_draft_to_confirm(pantau: Pantau, site: SmallSite, tmp_path: Path) -> None:
    before = files(tmp_path)
    done = pantau("sources", "save", "desa", "--json")
    folder = Path("config/saved-pages/desa")
    assert files(tmp_path) - before == {
        folder / name for name in ("listing.html", "article.html", "article-2.html", "pages.toml", "expected.json")
    }
    assert sorted(site.asked(but=())) == ["/berita", "/berita/1", "/berita/2", "/robots.txt"]
    assert all("Pantau" in headers["user-agent"] for _, headers in site.requests)
    addresses = tomllib.loads((tmp_path / folder / "pages.toml").read_text(encoding="utf-8"))
    second = site.pages[addresses["article_2"].removeprefix(site.base)]
    assert (tmp_path / folder / "article-2.html").read_bytes() == second.body  # type: ignore[union-attr]
    expected = json.loads((tmp_path / folder / "expected.json").read_text(encoding="utf-8"))
    assert (expected["reviewed"], len(expected["items"])) == (False, 5)
    assert expected["article_2"]["title"] in {title for _, title, _ in ENTRIES}
    assert [one["field"] for one in done.lines[1:] if not one["holds"]] == ["reviewed"]
    site.requests.clear()
    told = tmp_path / folder / "expected.json"
    told.write_text(told.read_text(encoding="utf-8").replace("false", "true", 1), encoding="utf-8")
    assert pantau("sources", "check", "desa", "--offline").code == 0
    assert site.asked(but=()) == [], "offline nothing is asked"
    assert "somebody has reviewed" in pantau("sources", "save", "desa").refused
    assert pantau("sources", "save", "desa", "--over").code == 0


@pytest.mark.slow
def test_a_site_that_refuses_or_is_nowhere_saves_nothing_and_says_why(
    pantau: Pantau, site: SmallSite, tmp_path: Path
) -> None:
    site.pages["/robots.txt"] = Answer(200, b"User-agent: *\nDisallow: /", {"Content-Type": "text/plain"})
    assert "robots" in pantau("sources", "save", "desa").failed
    path = tmp_path / "config" / "sources" / "desa.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(site.host, "desa.invalid"), encoding="utf-8")
    assert "cannot be resolved" in pantau("sources", "save", "desa").failed
    assert not (tmp_path / "config" / "saved-pages").exists()
