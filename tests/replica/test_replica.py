"""The replica as a whole: its truth, its days, its changes, and the source files that lead to it."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler.source import load_sources
from scheduler.cli import demo
from tests.replica import Replica, SiteRelease, localise_source
from tests.replica.asking import get, records
from tests.replica.conftest import TODAY

SOURCES = Path(__file__).resolve().parents[2] / "config" / "sources"


def test_every_release_is_at_its_address_and_all_addresses_differ(replica: Replica) -> None:
    urls = [one.url for one in replica.truth]
    assert len(urls) == len(set(urls)) > 110
    for one in replica.truth:
        if one.host != "web.komdigi.go.id":
            assert get(one.url).status == 200, one.url


def test_each_site_has_a_robots_file_that_allows_its_listings_and_forbids_one_path(replica: Replica) -> None:
    for base in replica.base.values():
        lines = get(f"{base}/robots.txt").text.split("\n")
        assert lines[0] == "User-agent: *"
        assert len([line for line in lines if re.fullmatch(r"Disallow: /\w+/?", line)]) == 1


def test_no_page_leads_to_a_real_address_of_a_played_site(replica: Replica) -> None:
    pages = [get(one.url).text for one in replica.truth if one.host not in ("web.komdigi.go.id", "www.nanning.gov.cn")]
    pages.append(json.dumps(records(replica, 1)))
    for host in replica.base:
        assert not [page for page in pages if f"//{host}/" in page]


def test_the_meeting_is_told_on_both_sides(replica: Replica) -> None:
    told = {(one.host, one.lang): one for one in replica.truth if one.seed}
    komdigi = told["web.komdigi.go.id", "id"]
    assert komdigi.date == date(2024, 3, 25)
    assert "25 Maret 2024" in komdigi.text
    assert "Selasa (25/3)" in komdigi.text
    assert all(one.labels.indonesia_guangxi and one.labels.stage in ("talks", "agreed") for one in told.values())
    assert told["www.gxzf.gov.cn", "zh"].date == told["www.nanning.gov.cn", "zh"].date == date(2025, 3, 26)


def test_days_count_back_from_today_while_addresses_stay(replica: Replica) -> None:
    with Replica(TODAY + timedelta(days=1)) as later:
        path = "/gxyw/t"
        before = {one.url.partition(path)[2]: one.date for one in replica.truth if path in one.url}
        after = {one.url.partition(path)[2]: one.date for one in later.truth if path in one.url}
    assert after == {number: day + timedelta(days=1) for number, day in before.items()}
    for host in ("web.komdigi.go.id", "www.gxzf.gov.cn", "www.nanning.gov.cn", "english.nanning.gov.cn"):
        newest = max(one.date for one in replica.truth if one.host == host)
        assert TODAY - timedelta(days=3) < newest < TODAY


def test_source_files_are_rewritten_so_that_they_load_and_lead_here(replica: Replica, tmp_path: Path) -> None:
    replica.write_sources(SOURCES, tmp_path)
    sources = load_sources(tmp_path)
    played = {"dsjfzj", "gxzf", "komdigi", "kominfo", "kominfo-rss", "nanning", "nanning-en", "wsb"}
    played |= {"komdigi-news", "nanning-en-business"}  # other sections of these sites, and off
    assert sources.keys() == played, "a site that the replica does not play is left out"
    for source in sources.values():
        assert source.allow_private
        assert source.delay == 0
        assert all(url.startswith("http://127.0.0.1:") for url in (*source.listings, *source.fallback_listings))
        assert all(host.startswith("127.0.0.1:") for host in source.allowed_hosts)


def test_only_whole_names_of_played_hosts_are_rewritten() -> None:
    sites = {"www.gxzf.gov.cn": "http://127.0.0.1:9", "_control": "http://127.0.0.1:8/_control"}
    text = 'home = "https://www.gxzf.gov.cn/a"\ndelay = 3\nother = ["wsb.gxzf.gov.cn", "www.gxzf.gov.cn"]\n'
    facts = tomllib.loads(localise_source(text, sites) or "")
    assert facts == {
        "delay": 0,
        "allow_private": True,
        "home": "http://127.0.0.1:9/a",
        "other": ["wsb.gxzf.gov.cn", "127.0.0.1:9"],
    }
    untouched = "# see https://www.gxzf.gov.cn.example/x and http://wsb.gxzf.gov.cn/"
    rewritten = localise_source(untouched, sites)
    assert rewritten is not None
    assert rewritten.endswith(untouched)


@pytest.mark.parametrize("key", ["listings", "fallback_listings", "allowed_hosts"])
def test_a_source_that_is_not_played_wholly_is_left_out_since_it_would_be_crawled_live(
    replica: Replica, tmp_path: Path, key: str
) -> None:
    """The name resolves nowhere, so that a test that asks it all the same fails instead of crawling anybody."""
    foreign, played = "kota.example.invalid", "www.nanning.gov.cn"
    facts = {"listings": [f"https://{played}/x/"], "fallback_listings": [], "allowed_hosts": [played]}
    facts[key] = [*facts[key], foreign if key == "allowed_hosts" else f"https://{foreign}/y/"]
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in facts.items())
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "kota.toml").write_text(text, encoding="utf-8")
    (tmp_path / "from" / "nanning.toml").write_text((SOURCES / "nanning.toml").read_text("utf-8"), encoding="utf-8")
    replica.write_sources(tmp_path / "from", tmp_path / "to")
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["nanning.toml"]
    assert demo.localise(text, replica.base) is None, "the demo leaves it out by the same rule"


def test_what_is_published_edited_and_withdrawn_shows_at_once() -> None:
    with Replica(TODAY) as replica:
        release = SiteRelease(
            host="www.gxzf.gov.cn", section="gxyw", slug="new", title="新桥通车", text="一座新桥{md}通车。", lang="zh"
        )
        one = replica.publish("www.gxzf.gov.cn", release)
        listing = replica.base["www.gxzf.gov.cn"] + "/gxyw/"
        etag = get(listing).headers["ETag"]
        assert "新桥通车" in get(listing).text
        assert "4月15日" in get(one.url).text
        replica.edit(one.url, title="新桥今日通车")
        assert "新桥今日通车" in get(one.url).text
        assert get(listing, If_None_Match=etag).status == 200
        replica.withdraw(one.url)
        assert get(one.url).status == 404
        assert "新桥" not in get(listing).text
        held = replica.publish_held(2)
        assert [one.host for one in held] == ["web.komdigi.go.id", "www.gxzf.gov.cn"]
        assert held[0].url in [one.url for one in replica.truth]
        assert records(replica, 1)["data"][0]["title"] == held[0].title
        assert len(replica.publish_held(99)) < 10
        assert replica.publish_held() == []


def test_every_request_is_in_the_log_with_its_status(replica: Replica) -> None:
    replica.reset_log()
    base = replica.base["www.gxzf.gov.cn"]
    get(f"{base}/gxyw/?a=1")
    get(f"{base}/none")
    assert [(one.host, one.path, one.status) for one in replica.requests] == [
        ("www.gxzf.gov.cn", "/gxyw/?a=1", 200),
        ("www.gxzf.gov.cn", "/none", 404),
    ]
