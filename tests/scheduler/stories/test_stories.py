"""The two sides of one meeting are linked, with reasons; two meetings of the same countries are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

import pytest

from crawler.release import Release
from crawler.store import Page
from scheduler.language.names import Named
from scheduler.search.document import Marks
from scheduler.stories.near_copies import NearCopies
from scheduler.stories.stories import Stories, later
from scheduler.stories.story_facts import Telling
from tests.crawler.store.test_store import release
from tests.database import open_store

WIB = timezone(timedelta(hours=7))
DAY = datetime(2026, 3, 24, 10, 0, tzinfo=WIB)
BOTH = ("meutya-hafid", "nong-shengwen")
OURS = "Jakarta, Selasa (24/3/2026) - Kedua pihak sepakat melatih 9 juta talenta digital dan memasang 120 bus pintar."
THEIRS = "3月24日，双方同意培养1000万名数字人才，并投放120辆智能公交车。"


class Newsdesk:
    """A store whose releases are related as the match job does it."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(folder)
        self.copies, self.stories = NearCopies(self.store.engine), Stories(self.store.engine)

    def tell(
        self,
        name: str,
        country: Literal["id", "cn"],
        text: str,
        *,
        people: tuple[str, ...] = BOTH,
        others: tuple[str, ...] = (),
        parties: tuple[str, ...] = ("indonesia", "guangxi"),
        topics: tuple[str, ...] = ("ai",),
        published: datetime = DAY,
        conflict: str | None = None,
    ) -> Release:
        """Collect a release, or a new state of it, and relate it."""
        one = dataclasses.replace(release(name), title=name, text=text, published=published, collected_at=published)
        one = dataclasses.replace(one, date_conflict=conflict)
        page = Page(key=one.key, url=one.url, source=one.source, kind=one.kind, fetched_at=DAY, release_id=one.id)
        self.store.collect(one, page)
        marks = Marks(concepts=(), topics=topics, stage="agreed", parties=parties, lines=(), score=1.0, glossary="test")
        self.copies.relate([one])
        stored = self.store.releases([one.id])[one.id]
        named = Named(people=frozenset(people), others=frozenset(others))
        self.stories.relate([Telling(stored=stored, marks=marks, named=named, country=country)])
        return one

    def links(self, name: str) -> list[tuple[str, str]]:
        return [(link.how, link.release_id) for link in self.stories.related(f"id-{name}")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    desk = Newsdesk(tmp_path)
    yield desk
    desk.store.engine.dispose()


def test_the_other_sides_release_is_linked_both_ways_with_its_reasons(desk: Newsdesk) -> None:
    desk.tell("a", "id", OURS)
    desk.tell("b", "cn", THEIRS, published=DAY + timedelta(days=1))
    [link] = desk.stories.related("id-a")
    assert (link.how, link.release_id) == ("other side", "id-b")
    assert link.why == (
        "name meutya-hafid",
        "name nong-shengwen",
        "figure 120 bus",
        "topic ai",
        "day 2026-03-24",
        "days 1",
    )
    assert desk.links("b") == [("other side", "id-a")]


def test_a_figure_told_differently_is_pointed_out_each_side_first_for_itself(desk: Newsdesk) -> None:
    desk.tell("a", "id", OURS)
    desk.tell("b", "cn", THEIRS)
    assert desk.stories.related("id-a")[0].differs == ("figure 9 juta talenta / 1000万名",)
    assert desk.stories.related("id-b")[0].differs == ("figure 1000万名 / 9 juta talenta",)


@pytest.mark.parametrize(
    ("theirs", "wanted"),
    [
        ("3月25日，双方举行会谈。", ("date 2026-03-24 / 2026-03-25",)),
        ("3月25日，双方举行会谈；此前于3月24日抵达。", ()),
        ("双方举行会谈，60名代表出席，另有35家企业参加。", ()),
        ("双方举行会谈。", ()),
    ],
)
def test_what_only_one_side_tells_is_no_difference(desk: Newsdesk, theirs: str, wanted: tuple[str, ...]) -> None:
    desk.tell("a", "id", OURS)
    desk.tell("b", "cn", theirs)
    assert desk.stories.related("id-a")[0].differs == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {"country": "id"},
        {"published": DAY + timedelta(days=8)},
        {"people": ()},
        {"people": ("nezar-patria", "wei-tao")},
        {"parties": ("indonesia", "india")},
        {"parties": ()},
    ],
    ids=["same country", "a week later", "nobody named", "other people", "another country", "no cooperation"],
)
def test_another_meeting_is_not_linked(desk: Newsdesk, changes: dict[str, Any]) -> None:
    desk.tell("a", "id", "Kedua pihak bertemu.")
    facts: dict[str, Any] = {"country": "cn", "text": "双方举行会谈。", **changes}
    desk.tell("b", **facts)
    assert desk.links("a") == []


def test_two_amounts_in_common_link_without_any_name(desk: Newsdesk) -> None:
    desk.tell("a", "id", "Sebanyak 120 bus pintar senilai 3,2 miliar yuan.", people=())
    desk.tell("b", "cn", "投放120辆智能公交车，总额32亿元。", people=())
    assert desk.links("a") == [("other side", "id-b")]


def test_a_name_that_stands_in_most_releases_links_nothing(desk: Newsdesk) -> None:
    places = ("Jakarta", "Nanning")
    for number in range(20):
        week = DAY - timedelta(days=8 + number)
        desk.tell(f"i{number}", "id", f"Berita {number}.", people=(), others=places, published=week)
        desk.tell(f"c{number}", "cn", f"消息{number}。", people=(), others=places, topics=("trade",), published=week)
    desk.tell("a", "id", "Kedua pihak bertemu.", people=(), others=places)
    desk.tell("b", "cn", "双方举行会谈。", people=(), others=places)
    assert desk.links("a") == []
    desk.tell("c", "cn", "双方举行会谈。", people=(), others=("Jakarta", "Universitas Udayana", "Denpasar"))
    desk.tell("d", "id", "Kedua pihak bertemu.", people=(), others=("Jakarta", "Universitas Udayana", "Denpasar"))
    assert desk.links("d") == [("other side", "id-c")]


def test_an_edit_of_either_side_makes_the_links_anew(desk: Newsdesk) -> None:
    desk.tell("a", "id", "Kedua pihak bertemu.")
    desk.tell("b", "cn", "双方举行会谈。")
    desk.tell("b", "cn", "通知。", people=())
    assert desk.links("a") == desk.links("b") == []
    desk.tell("b", "cn", "双方举行会谈。")
    assert desk.links("a") == [("other side", "id-b")]
    desk.tell("a", "id", "Pengumuman.", people=())
    assert desk.links("b") == []


def test_the_other_side_of_a_copy_is_the_other_side_of_both(desk: Newsdesk) -> None:
    text = OURS + " Pertemuan itu berlangsung di kantor kementerian dan dihadiri oleh para pejabat dari kedua negara."
    desk.tell("a", "id", text)
    desk.tell("copy", "id", text + " Sumber: kementerian.", people=(), parties=())
    desk.tell("b", "cn", THEIRS)
    assert desk.links("copy") == [("near-copy", "id-a"), ("other side", "id-b")]


def test_the_other_side_of_a_copy_from_our_own_country_is_none_but_told_also(desk: Newsdesk) -> None:
    text = OURS + " Pertemuan itu berlangsung di kantor kementerian dan dihadiri oleh para pejabat dari kedua negara."
    desk.tell("a", "id", text)
    desk.tell("copy", "cn", text + " Sumber: kementerian.", people=(), parties=())
    desk.tell("b", "cn", THEIRS)
    assert desk.links("copy") == [("near-copy", "id-a"), ("same side", "id-b")]
    assert desk.links("a") == [("near-copy", "id-copy"), ("other side", "id-b")]


def test_what_is_told_weeks_later_of_the_same_matter_is_found_whichever_side_tells_it(desk: Newsdesk) -> None:
    desk.tell("talks", "id", OURS, others=("Komdigi",))
    desk.tell("one-name", "cn", "通知。", people=(), others=("Komdigi",), published=DAY + timedelta(days=20))
    desk.tell("signed", "id", OURS, published=DAY + timedelta(days=30))
    desk.tell("theirs", "cn", THEIRS, published=DAY + timedelta(days=20))
    desk.tell("others", "cn", THEIRS, people=("wei-tao",), topics=("trade",), published=DAY + timedelta(days=20))
    desk.tell("too-late", "cn", THEIRS, published=DAY + timedelta(days=60))
    with desk.store.engine.connect() as connection:
        found = later(connection, ["id-talks", "id-others"], until=(DAY + timedelta(days=35)).date())
    assert {one: sorted(ids) for one, ids in found.items()} == {"id-talks": ["id-signed", "id-theirs"]}


def test_a_release_that_nobody_related_has_no_story(desk: Newsdesk) -> None:
    assert desk.stories.related("id-unknown") == []


@pytest.mark.parametrize("slip_first", [True, False])
def test_a_page_that_contradicts_its_own_year_is_linked_by_the_day_it_means(desk: Newsdesk, slip_first: bool) -> None:
    def slip() -> None:
        conflict = "the text says Selasa (24/3), which fits 2026-03-24, not 2025-03-24 (a Monday)"
        text = "Jakarta, 24 Maret 2025 - Kedua pihak bertemu, Selasa (24/3)."
        desk.tell("a", "id", text, published=DAY.replace(year=2025), conflict=conflict)

    if slip_first:
        slip()
    desk.tell("b", "cn", "3月24日，双方举行会谈。", published=DAY + timedelta(days=1))
    if not slip_first:
        slip()
    [link] = desk.stories.related("id-a")
    assert link.release_id == "id-b"
    assert link.differs == ("date 2025-03-24 / 2026-03-24",)
