"""A release is within bounds, however it is made, and says when it was cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Visit, release_of
from crawler.release import LONGEST_ADDRESS, LONGEST_TEXT, LONGEST_TITLE, MOST_ATTACHMENTS, Kind, Precision, Release
from crawler.store import Outcome
from tests.crawler.store.test_store import page, release
from tests.database import open_store

NOW = datetime(2026, 3, 26, 3, tzinfo=UTC)
AHEAD = NOW + timedelta(days=3)
URL = "https://situs.go.id/a/1"


def test_a_release_of_ordinary_size_is_left_as_it_is() -> None:
    one = release(title="J" * LONGEST_TITLE, text="isi\n" * 1000, attachments=("https://situs.go.id/a.pdf",))
    assert not one.cut
    assert len(one.title) == LONGEST_TITLE
    assert one.text == "isi\n" * 1000


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"title": "judul " * 1_000_000}, lambda one: len(one.title) <= LONGEST_TITLE and one.title.endswith("…")),
        ({"text": "kata " * 1_000_000}, lambda one: len(one.text) == LONGEST_TEXT),
        ({"text": "satu baris dari isi\n" * 100_000}, lambda one: one.text.endswith("satu baris dari isi")),
        ({"attachments": tuple(f"https://situs.go.id/{n}.pdf" for n in range(5000))},
         lambda one: len(one.attachments) == MOST_ATTACHMENTS),
        ({"attachments": ("https://situs.go.id/" + "x" * LONGEST_ADDRESS,)}, lambda one: one.attachments == ()),
    ],
)  # fmt: skip
def test_what_is_too_much_of_a_release_is_left_out_and_it_says_so(change, holds) -> None:
    for one in (release(**change), replace(release(), **change)):
        assert holds(one)
        assert one.cut


def test_facts_beside_the_text_are_bounded_too() -> None:
    long = "x" * 5000
    one = release(number=long, date_conflict=long, date_source=long, canonical=f"https://situs.go.id/{long}")
    assert max(map(len, (one.number, one.date_conflict, one.date_source))) <= 300
    assert one.canonical is None


def test_a_part_of_an_address_is_no_address() -> None:
    with pytest.raises(ValueError, match="address"):
        release(url="https://situs.go.id/" + "x" * LONGEST_ADDRESS)


def test_a_key_is_within_the_bound_and_still_one_page_s_own() -> None:
    keys = {url_key(f"https://situs.go.id/?a={'/' * 900}{number}") for number in range(3)}
    assert len(keys) == 3
    assert max(map(len, keys)) <= LONGEST_ADDRESS


def test_that_a_release_was_cut_is_stored_and_given_back(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one = release(text="kata " * 100_000)
    assert store.collect(one, page(one)) is Outcome.NEW
    (stored,) = store.owing("indexed")
    assert stored.release == one
    assert stored.release.cut
    assert store.holds(one)
    store.engine.dispose()


def made(extract: Extract, item: ListingItem) -> Release:
    found = release_of(extract, key=url_key(URL), item=item, source="situs", at=NOW)
    assert found is not None
    return found


def test_a_date_that_is_still_to_come_is_none_whoever_names_it() -> None:
    ahead = {"published": AHEAD, "precision": Precision.MINUTE}
    told = Extract(kind=Kind.ARTICLE, title="Judul", text="Isi.", date_source="JSON-LD datePublished", **ahead)
    one = made(told, ListingItem(url=URL, **ahead))
    assert one.published is None
    assert "2026-03-29" in (one.date_conflict or "")
    listed = {"published": NOW - timedelta(days=1), "precision": Precision.DAY}
    assert made(told, ListingItem(url=URL, **listed)).date_source == "listing"
    without = Extract(kind=Kind.ARTICLE, title="Judul", text="Isi.")
    assert made(without, ListingItem(url=URL, **ahead)).published is None


def test_a_visit_that_goes_into_the_log_leaves_out_what_came() -> None:
    fetched = Fetched(url=URL, status=200, headers=(("X", "rahasia" * 100),), body=b"rahasia" * 100_000, at=NOW)
    visit = Visit(page=page(release()), fetched=fetched, release=release(text="rahasia " * 10_000))
    assert len(repr(visit)) < 5_000
    assert "rahasia" not in repr(visit)
