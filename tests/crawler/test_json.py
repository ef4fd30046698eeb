"""Sites that answer JSON, by a source file alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.config_model import ConfigError
from crawler.source import load_source
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article

JSON = {"Content-Type": "application/json"}
WHOLE = """
[interface]
records = "hasil.berita"
title = "judul"
address = "{base}/berita/{{slug}}"
date = "terbit"
body = "isi"
last_page = "hasil.akhir"
"""


def record(number: int, **other: Any) -> dict[str, Any]:
    return {
        "slug": f"menara-{number}",
        "judul": f"Menara ke-{number} menyala di pulau terluar",
        "terbit": f"2025-11-{number:02} 10:15:00",
        "isi": f"<p>{PARAGRAPH}</p><p>Menara ke-{number}.</p>",
    } | other


def answer(records: list[Any], last: int = 1) -> Answer:
    return Answer(200, json.dumps({"hasil": {"berita": records, "akhir": last}}).encode(), JSON)


def write(crawling: Crawling, site: SmallSite, name: str, interface: str, *listings: str, **more: Any) -> None:
    crawling.source(
        name, site.base, site.host, spider="json", listings=[f"{site.base}{one}" for one in listings], **more
    )
    path = crawling.config / "sources" / f"{name}.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + interface.replace("{base}", site.base).replace("{{", "{").replace("}}", "}"),
        encoding="utf-8",
    )


def titles(crawling: Crawling) -> list[str]:
    return sorted(one.release.title for one in crawling.store.owing("indexed"))


def test_whole_releases_are_taken_out_of_the_answers_page_by_page(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = answer([record(3), record(2)], last=2)
        site.pages["/api?p=2"] = answer([record(1)], last=2)
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        report = crawling.run("kemkab")
        assert (report["verdict"], report["new"], site.asked()) == ("ok", 3, ["/api?p=1", "/api?p=2"])
        stored = {one.release.title: one.release for one in crawling.store.owing("indexed")}
        first = stored["Menara ke-1 menyala di pulau terluar"]
        assert first.url == f"{site.base}/berita/menara-1"
        assert (first.date, first.date_source) == ("2025-11-01", "API")
        assert first.published is not None
        assert first.published.isoformat() == "2025-11-01T10:15:00+07:00"
        assert PARAGRAPH in first.text
        site.requests.clear()
        assert crawling.run("kemkab")["verdict"] == "quiet"
        assert site.asked() == ["/api?p=1"]
        site.pages["/api?p=1"] = answer([record(3), record(2, judul="Menara ke-2 padam di pulau terluar")], last=2)
        assert crawling.run("kemkab")["revised"] == 1


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "bad",
    [
        {"isi": ["a", "list"]},
        {"isi": {"html": "x"}},
        {"judul": None},
        {"judul": ["a"]},
        {"judul": " "},
        {"slug": None},
        {"slug": {}},
        {"terbit": ["2025"]},
        {"terbit": True},
    ],
)
def test_a_record_of_wrong_types_is_named_and_the_others_go_on(tmp_path: Path, bad: dict[str, Any]) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = answer([record(3), record(2, **bad), "nonsense", record(1)])
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        report = crawling.run("kemkab")
    assert report["new"] == 2
    assert report["error_count"] == 2
    named = " ".join(one["error"] for one in report["errors"])
    assert "menara-2" in named or "Menara ke-2" in named
    assert "nonsense" in named
    assert "None" not in " ".join(titles(crawling))


@pytest.mark.slow
def test_a_bad_record_with_an_address_is_not_named_again_in_every_run(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = answer([record(2), record(1, judul=None)])
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        assert crawling.run("kemkab")["verdict"] == "partial"
        again = crawling.run("kemkab")
    assert (again["verdict"], again["error_count"], again["complete"]) == ("quiet", 0, True)


@pytest.mark.slow
def test_a_record_without_text_or_date_is_a_release_without_them(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = answer([record(3, isi=None), record(2, terbit=None), record(1, terbit="segera")])
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        assert crawling.run("kemkab")["new"] == 3
    stored = {one.release.url[-1]: one.release for one in crawling.store.owing("indexed")}
    assert (stored["2"].published, stored["1"].published) == (None, None)
    assert PARAGRAPH in stored["2"].text
    assert stored["3"].text == ""


@pytest.mark.slow
def test_two_listings_read_at_once_lose_nothing(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    named = WHOLE.replace(
        'address = "{base}/berita/', 'listing_names = "/(?P<bagian>[a-z]+)\\\\?"\naddress = "{base}/{{bagian}}/'
    )
    with SmallSite() as site:
        for part in ("berita", "pidato"):
            for page in (1, 2, 3):
                records = [record(page * 8 + one - 7) for one in range(8)]
                site.pages[f"/api/{part}?p={page}"] = answer(records, last=3)
        write(crawling, site, "kemkab", named, "/api/berita?p={page}", "/api/pidato?p={page}")
        report = crawling.run("kemkab")
        assert (report["verdict"], report["new"]) == ("ok", 48)
        addresses = {one.release.url for one in crawling.store.owing("indexed")}
        assert f"{site.base}/pidato/menara-1" in addresses
        assert f"{site.base}/berita/menara-24" in addresses


def test_a_search_interface_is_posted_to_and_leads_to_pages(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    interface = """
[interface]
post = '{"cari": "印尼", "halaman": {page}}'
records = 'data.0._embedded."b2b:posts"'
title = "t"
address = "{u}"
date = "ms"
first_page = 0
pages = "data.0.jumlah"
where = { jenis = "berita" }
"""
    rows = [{"t": f"Menara {n} menyala", "u": f"/b/{n}", "ms": 1762917300000 + n, "jenis": "berita"} for n in (1, 2, 3)]

    def page(some: list[dict[str, Any]]) -> Answer:
        body = {"data": [{"_embedded": {"b2b:posts": some}, "jumlah": "2"}]}
        return Answer(200, json.dumps(body).encode(), JSON)

    with SmallSite() as site:
        site.pages['/cari {"cari": "印尼", "halaman": 0}'] = page([rows[0], rows[1] | {"jenis": "iklan"}])
        site.pages['/cari {"cari": "印尼", "halaman": 1}'] = page([rows[2]])
        for row in rows:
            site.show(row["u"], article(row["t"], "12 November 2025"))
        crawling.source("cari", site.base, site.host, spider="json", listings=[f"{site.base}/cari"], home=site.base)
        path = crawling.config / "sources" / "cari.toml"
        path.write_text(path.read_text(encoding="utf-8") + interface, encoding="utf-8")
        report = crawling.run("cari")
        assert report["verdict"] == "ok", report
        assert titles(crawling) == ["Menara 1 menyala", "Menara 3 menyala"]
        assert len(site.posted) == 2


@pytest.mark.slow
def test_an_answer_that_names_the_address_of_the_next_page_is_followed_to_its_end(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    interface = WHOLE.replace('last_page = "hasil.akhir"', 'next = "hasil.lanjut"')

    def page(records: list[Any], onward: Any) -> Answer:
        return Answer(200, json.dumps({"hasil": {"berita": records, "lanjut": onward}}).encode(), JSON)

    with SmallSite() as site:
        site.pages["/api/berita"] = page([record(3)], "/api/berita?mulai=kx7")
        site.pages["/api/berita?mulai=kx7"] = page([record(2)], f"{site.base}/api/berita?mulai=q1")
        site.pages["/api/berita?mulai=q1"] = page([record(1)], None)
        write(crawling, site, "kemkab", interface, "/api/berita")
        report = crawling.run("kemkab")
        assert (report["verdict"], report["new"]) == ("ok", 3)
        assert site.asked() == ["/api/berita", "/api/berita?mulai=kx7", "/api/berita?mulai=q1"]
        site.pages["/api/berita"] = Answer(200, json.dumps({"hasil": {"berita": []}}).encode(), JSON)
        assert crawling.run("kemkab")["verdict"] == "layout_changed", (
            "what does not say whether it goes on is no answer"
        )


def test_a_bad_record_is_not_looked_for_on_a_page_that_the_interface_stands_for(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = answer([record(2), record(1, judul=None)])
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        crawling.run("kemkab")
        later(crawling.store, 24)
        site.requests.clear()
        crawling.run("kemkab")
        assert site.asked() == ["/api?p=1"]


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "body", [b"<html>maintenance</html>", b"{}", b'{"hasil": {"berita": {}, "akhir": 1}}', b'{"hasil": {"berita": []}}']
)
def test_another_answer_is_a_changed_layout_and_never_quiet(tmp_path: Path, body: bytes) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        site.pages["/api?p=1"] = Answer(200, body, JSON)
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        assert crawling.run("kemkab")["verdict"] == "layout_changed"


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ("", "needs [interface]"),
        (WHOLE.replace("{{slug}}", "x"), "names no field"),
        (WHOLE.replace('"hasil.berita"', '"hasil..berita"'), "records"),
        (WHOLE + 'pages = "n"\n', "say the same"),
        (WHOLE + 'listing_names = "("\n', "no regular expression"),
        (WHOLE + 'kolom = "x"\n', "kolom"),
    ],
)
def test_a_slip_in_the_file_is_told_before_anything_is_asked(tmp_path: Path, slip: str, said: str) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        write(crawling, site, "kemkab", slip, "/api?p={page}")
    with pytest.raises(ConfigError) as error:
        load_source(crawling.config / "sources" / "kemkab.toml")
    assert said in str(error.value)


def test_an_address_without_a_place_for_the_page_is_told(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        write(crawling, site, "kemkab", WHOLE, "/api?p=1")
    with pytest.raises(ConfigError, match=r"\{page\}"):
        load_source(crawling.config / "sources" / "kemkab.toml")


def test_what_a_site_says_is_one_line_of_the_log_and_steers_no_terminal(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        slug = "x\n\n2026-11-26 [root] ERROR: all is well\x1b[2J\u202e"
        site.pages["/api?p=1"] = answer([record(1), record(2, slug=slug, judul=["x"])])
        write(crawling, site, "kemkab", WHOLE, "/api?p={page}")
        log = crawling.start("kemkab").stderr
    (told,) = [line for line in log.splitlines() if "the record slug x" in line]
    assert "ERROR: all is well" in told
    assert log.replace("\n", "").isprintable()
