"""Each fault of a site has its verdict, and what it hid is collected when it is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawler.crawling import Crawling, later
from tests.replica import Replica

HOST = "wsb.gxzf.gov.cn"
LIST = "/xwyw_48149/dfws_48154/"


def shorter_timeout(crawling: Crawling, name: str) -> None:
    path = crawling.config / "sources" / f"{name}.toml"
    path.write_text("timeout = 2\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("forbidden", "blocked"),
        ("too_many", "blocked"),
        ("challenge", "challenged"),
        ("waiting_room", "challenged"),
        ("error", "down"),
        ("drop", "down"),
        ("hang", "down"),
        ("early_close", "down"),
        ("huge", "down"),
        ("gzip_bomb", "down"),
        ("redirect_loop", "down"),
        ("redirect_private", "layout_changed"),  # `blocked` is what the site answers, not what we refuse to ask
        ("garbage", "layout_changed"),
        ("scripted", "layout_changed"),
        ("robots", "robots"),
    ],
)
def test_a_fault_of_the_listing_has_its_verdict(
    kind: Any, verdict: str, replica: Replica, on_replica: Crawling
) -> None:
    shorter_timeout(on_replica, "wsb")
    replica.faults.set(HOST, kind)
    report = on_replica.run("wsb")
    assert report["verdict"] == verdict, report["reasons"]
    assert report["reasons"]
    assert report["new"] == 0


@pytest.mark.slow
def test_when_a_fault_is_over_all_is_collected(replica: Replica, on_replica: Crawling) -> None:
    replica.faults.set(HOST, "waiting_room")
    on_replica.run("wsb")
    replica.faults.clear()
    report = on_replica.run("wsb")
    assert report["verdict"] == "ok"
    assert report["new"] == report["listed"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "verdict"), [("error", "down"), ("challenge", "challenged"), ("waiting_room", "challenged")]
)
def test_a_fault_of_all_pages_has_its_verdict_and_they_are_read_later(
    kind: Any, verdict: str, replica: Replica, on_replica: Crawling
) -> None:
    replica.faults.set(HOST, kind, path=f"{LIST}t")
    report = on_replica.run("wsb")
    assert report["verdict"] == verdict, report["reasons"]
    assert report["new"] == 0
    assert report["listed"] > 0
    replica.faults.clear()
    later(on_replica.store, 1)
    again = on_replica.run("wsb")
    assert (again["verdict"], again["new"]) == ("ok", report["listed"])


@pytest.mark.slow
def test_a_slow_site_is_waited_for(replica: Replica, on_replica: Crawling) -> None:
    replica.faults.set(HOST, "slow", seconds=1.0, times=3)
    assert on_replica.run("wsb")["verdict"] == "ok"


def test_other_class_names_do_not_matter_to_general_extraction(replica: Replica, on_replica: Crawling) -> None:
    replica.faults.set(HOST, "changed_layout")
    report = on_replica.run("wsb")
    assert report["verdict"] == "ok"
    assert report["coverage"]["text"] == 1.0


@pytest.mark.slow
def test_one_listing_of_two_that_fails_makes_the_run_partial(replica: Replica, on_replica: Crawling) -> None:
    replica.faults.set("www.gxzf.gov.cn", "error", path="/zwhd/")
    report = on_replica.run("gxzf")
    assert report["verdict"] == "partial"
    assert report["new"] > 0


@pytest.mark.slow
def test_the_portal_is_the_second_way_and_nothing_comes_twice(replica: Replica, on_replica: Crawling) -> None:
    replica.faults.set("web.komdigi.go.id", "forbidden")
    first = on_replica.run("komdigi")
    assert first["verdict"] == "partial"
    numbered = [one for one in replica.truth if one.host == "portal.komdigi.go.id"]
    assert first["new"] == len(numbered) > 0
    stored = {one.release.url: one.release.title for one in on_replica.store.owing("indexed")}
    assert stored == {one.url: one.title for one in numbered}
    second = on_replica.run("komdigi")
    assert second["new"] == 0
    replica.faults.clear()
    third = on_replica.run("komdigi")
    of_interface = [one for one in replica.truth if one.host == "web.komdigi.go.id" and one.reachable]
    assert third["verdict"] == "ok"
    assert third["new"] == len(of_interface) - len(numbered)


@pytest.mark.slow
def test_all_parts_of_a_split_article_are_one_release(replica: Replica, on_replica: Crawling) -> None:
    split = [one for one in replica.truth if one.form == "parts" and one.reachable]
    assert split
    on_replica.run("gxzf")
    on_replica.run("dsjfzj")
    on_replica.run("wsb")
    stored = {one.release.url: one.release for one in on_replica.store.owing("indexed")}
    for one in split:
        for paragraph in one.text.splitlines():
            assert paragraph in stored[one.url].text
