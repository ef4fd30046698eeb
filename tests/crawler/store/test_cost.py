"""What is asked for each page is answered by an index, so that its cost does not grow with the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from crawler.store import Store
from tests.crawler.store.test_store import NOW, page, release
from tests.database import ON_POSTGRES, open_store

SOURCES = ("situs",)
TITLE = "Kabel laut baru digelar sampai Bitung"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    for name in "abc":
        store.collect(release(name, number="88/HM/KOMINFO/03/2026", title=TITLE), page(release(name)))
    yield store
    store.engine.dispose()


@contextmanager
def asked(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """The statements that the store sends meanwhile."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    yield found
    event.remove(store.engine, "before_cursor_execute", note)


def scans(store: Store, statements: list[tuple[str, Any]]) -> list[str]:
    """The steps of the statements' plans that read a whole table."""
    explain, whole = ("explain ", "Seq Scan on ") if ON_POSTGRES else ("explain query plan ", "SCAN ")
    with store.engine.connect() as connection:
        if ON_POSTGRES:
            connection.execute(text("set enable_seqscan = off"))  # three rows are read at once otherwise
        plans = [
            str(row[-1])
            for statement, parameters in statements
            for row in connection.exec_driver_sql(explain + statement, parameters)
        ]
    return [step for step in plans if whole in step]


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "twin by title": lambda store: store.twin(release("new", title=TITLE), SOURCES),
    "twin by number": lambda store: store.twin(release("new", number="88/HM/KOMINFO/03/2026", title=TITLE), SOURCES),
    "as stored": lambda store: store.holds(release("a")),
    "left out": lambda store: store.watched("situs", NOW - timedelta(days=2), NOW, "situs.go.id"),
    "due": lambda store: store.due("situs", NOW + timedelta(hours=3), 20),
    "missing since": lambda store: store.missing_since("situs.go.id/a"),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_of_each_page_or_run_reads_no_table_whole(store: Store, question: Callable[[Store], object]) -> None:
    with asked(store) as statements:
        question(store)
    assert statements
    assert scans(store, statements) == []


def test_a_twin_is_looked_for_without_reading_texts(store: Store) -> None:
    with asked(store) as statements:
        assert (
            store.twin(release("new", number="88/HM/KOMINFO/03/2026", title="Judul lain yang cukup panjang"), SOURCES)
            is None
        )
    assert len(statements) >= 3
    assert not [statement for statement, _ in statements if "releases.text" in statement]


def test_reading_a_table_whole_would_be_seen(store: Store) -> None:
    assert scans(store, [("select * from releases where canonical = 'x'", ())])
