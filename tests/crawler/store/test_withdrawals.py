"""What it takes to call a release withdrawn, and what gives the mark back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.store import Absence, Page, Store
from crawler.store.second_looks import PUT_OFF
from crawler.store.tables import pages, releases
from tests.crawler.store.test_store import NOW, page, release
from tests.database import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    for name in "abcdef":
        one = release(name)
        store.collect(one, replace(page(one), etag='"v1"', last_modified="Thu, 12 Mar 2026 00:00:00 GMT"))
    yield store
    store.engine.dispose()


def known(store: Store, name: str = "a") -> Page:
    found = store.page(f"situs.go.id/{name}")
    assert found is not None
    return found


def withdrawn(store: Store, name: str = "a") -> datetime | None:
    return store.releases([f"id-{name}"])[f"id-{name}"].withdrawn_at


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def test_two_looks_six_hours_apart_make_a_withdrawal_and_the_index_is_owed_it(store: Store) -> None:
    store.settle("indexed", {"id-a": 1})
    looks = [store.gone(known(store), after(hours)) for hours in (2, 5, 8.5, 20)]
    assert looks == [Absence.MISSING, Absence.MISSING, Absence.WITHDRAWN, Absence.KNOWN]
    assert withdrawn(store) == after(8.5)
    assert "id-a" in [one.release.id for one in store.owing("indexed")]


def test_a_look_that_proves_nothing_does_not_withdraw(store: Store) -> None:
    assert store.gone(known(store), after(2), proven=False) is Absence.MISSING
    assert store.gone(known(store), after(10), proven=False) is Absence.MISSING
    assert withdrawn(store) is None
    assert store.gone(known(store), after(17)) is Absence.WITHDRAWN


def test_what_was_there_in_between_is_not_gone_twice(store: Store) -> None:
    store.gone(known(store), after(2))
    store.see(replace(known(store), fetched_at=after(9)))
    assert store.missing_since("situs.go.id/a") is None
    assert store.gone(known(store), after(24)) is Absence.MISSING
    store.collect(replace(release("a"), text="Kabel laut batal digelar."), replace(page(release("a")), fetched_at=NOW))
    assert store.gone(known(store), after(48)) is Absence.MISSING
    assert withdrawn(store) is None


def test_what_is_there_again_loses_the_mark_and_is_owed_to_the_index_anew(store: Store) -> None:
    for hours in (2, 9):
        store.gone(known(store), after(hours))
    store.settle("indexed", {"id-a": 1})
    assert store.there_again(["situs.go.id/a", "situs.go.id/b"], after(24)) == 1
    assert withdrawn(store) is None
    assert [one.revision for one in store.owing("indexed") if one.release.id == "id-a"] == [2]
    assert store.releases(["id-a"])["id-a"].release == replace(release("a"), collected_at=after(24))
    assert store.there_again(["situs.go.id/a"], after(25)) == 0
    assert store.gone(known(store), after(48)) is Absence.MISSING


def test_a_missing_page_is_asked_for_without_condition_and_beside_one_that_was_there(store: Store) -> None:
    for name in "abcdef":  # all of them looked at just now, so that none is due but the missing one
        store.see(replace(known(store, name), fetched_at=after(25)))
    store.gone(known(store), after(26))
    assert store.due("situs", after(27), 20) == []
    missing, beside = store.due("situs", after(33), 20)
    assert (missing.key, missing.etag, missing.last_modified) == ("situs.go.id/a", None, None)
    assert (beside.key != "situs.go.id/a", beside.etag) == (True, '"v1"')
    assert len(store.due("situs", after(33), 1)) == 2  # one more than allowed, or nothing could ever be proven
    assert store.due("situs", after(33), 0) == []  # a source that wants no second looks


def test_missing_pages_do_not_take_the_places_of_all_others(store: Store) -> None:
    for name in "abcd":
        store.gone(known(store, name), after(1))
    keys = [page.key[-1] for page in store.due("situs", after(8), 4)]
    assert len(keys) == 4
    assert len(set(keys) & set("abcd")) == 2


def test_failed_looks_wait_longer_each_time_and_stand_behind_the_others(store: Store) -> None:
    moment = after(2)
    for wait in PUT_OFF:
        store.look_failed("situs.go.id/a", moment)
        assert "situs.go.id/a" not in [page.key for page in store.due("situs", moment + wait / 2, 20)]
        moment += wait
        asked = [page.key for page in store.due("situs", moment, 20)]
        assert asked[-1] == "situs.go.id/a"
    assert "situs.go.id/a" not in [page.key for page in store.due("situs", after(30 * 24 + 12), 5)]


def test_a_failed_look_is_no_proof_and_forgets_none(store: Store) -> None:
    store.gone(known(store), after(2))
    store.look_failed("situs.go.id/a", after(9))
    assert withdrawn(store) is None
    assert store.gone(known(store), after(16)) is Absence.WITHDRAWN


def test_an_address_that_is_no_release_s_own_is_never_withdrawn(store: Store) -> None:
    other = replace(known(store), key="situs.go.id/elsewhere")
    assert [store.gone(other, after(hours)) for hours in (2, 12)] == [Absence.MISSING, Absence.MISSING]
    with store.engine.connect() as connection:
        assert not connection.scalars(select(releases.c.id).where(releases.c.withdrawn_at.is_not(None))).all()
        assert not connection.scalars(select(pages.c.key).where(pages.c.key == other.key)).all()
