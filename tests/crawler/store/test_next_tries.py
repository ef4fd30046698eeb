"""When a page that came to nothing is asked for again, and when it is settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.extraction.result import ListingItem
from crawler.release import Kind, Precision
from crawler.store import Page
from crawler.store.pages import EARLY, WAITS
from tests.database import open_store

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
SETTLED = [kind for kind in Kind if not kind.is_unsettled and not kind.is_doubted]


def page(kind: Kind, attempts: int = 0, name: str = "1") -> Page:
    key = f"contoh.go.id/berita/{name}"
    return Page(key=key, url=f"https://{key}", source="contoh", kind=kind, fetched_at=AT, attempts=attempts)


def test_the_waits_grow_from_half_an_hour_to_a_week() -> None:
    assert [wait / timedelta(hours=1) for wait in WAITS] == [0.5, 2, 6, 24, 72, 168]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.is_unsettled])
def test_what_could_not_be_read_is_tried_for_ever_but_ever_more_rarely(kind: Kind) -> None:
    assert page(kind, 0).next_try == AT, "noted by an older program, which did not count"
    assert [page(kind, tries).next_try for tries in range(1, 9)] == [
        AT + wait for wait in [*WAITS, WAITS[-1], WAITS[-1]]
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.is_doubted])
def test_what_may_be_a_slip_is_tried_for_some_days_and_is_settled_then(kind: Kind) -> None:
    assert page(kind, 0).next_try is None, "what no listing led to, or an older program has settled"
    assert [page(kind, tries).next_try for tries in range(1, 6)] == [AT + wait for wait in WAITS[:5]]
    assert page(kind, 6).next_try is None


@pytest.mark.parametrize("kind", SETTLED)
def test_what_was_read_is_settled(kind: Kind) -> None:
    assert page(kind, 3).next_try is None


def test_a_run_that_begins_a_moment_early_takes_the_try() -> None:
    due = AT + WAITS[0]
    assert page(Kind.UNREAD, 1).is_due(due - EARLY)
    assert not page(Kind.UNREAD, 1).is_due(due - EARLY - timedelta(seconds=1))


def test_a_page_keeps_what_its_listing_said_until_it_is_read(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    entry = ListingItem(
        url="https://contoh.go.id/berita/1", title="Kabar", published=AT - timedelta(days=1), precision=Precision.DAY
    )
    lost = Page(**{name: getattr(page(Kind.UNREAD, 2), name) for name in Page.__slots__} | {"listed": entry})
    store.see(lost)
    assert store.page(lost.key) == lost
    assert store.known([lost.key]) == set()
    assert store.to_try_again("contoh", AT + timedelta(hours=1), 9) == []
    assert store.to_try_again("contoh", AT + timedelta(hours=2), 9) == [lost]
    assert store.to_try_again("desa", AT + timedelta(hours=2), 9) == []
    store.see(page(Kind.ARTICLE))
    found = store.page(lost.key)
    assert found is not None
    assert (found.attempts, found.listed) == (0, None)
    assert store.to_try_again("contoh", AT + timedelta(days=9), 9) == []


def test_the_longest_waiting_come_first_and_what_is_long_out_of_sight_is_left_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for name in "abc":
        store.see(page(Kind.UNREAD, 1, name))
    now = AT + timedelta(days=1)
    assert [one.key[-1] for one in store.to_try_again("contoh", now, 2)] == ["a", "b"]
    assert store.to_try_again("contoh", AT + timedelta(days=61), 9) == []
