"""Indexing: every outcome is counted, and what is refused is named."""

from __future__ import annotations

import pytest

from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, SearchError, connect
from scheduler.search.document import Marks
from scheduler.search.document import document as build
from scheduler.search.index import setup
from scheduler.settings import Elasticsearch as Section
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import count, document, rows
from tests.scheduler.search.proxy import proxy


@pytest.fixture
def newsroom(es: Client, alias: str) -> str:
    setup(es, alias, (), CONFIG / "elasticsearch")
    return alias


def test_each_outcome_is_counted(es: Client, newsroom: str) -> None:
    one = document("one", "id", "Judul", "Isi.")
    first = index_documents(es, newsroom, [("one", 2, one), ("two", 1, one)])
    again = index_documents(es, newsroom, [("one", 2, one), ("two", 2, one), ("three", 1, one)])
    older = index_documents(es, newsroom, [("one", 1, one | {"title": "Judul lama"})])

    assert (first.created, first.updated, first.known, first.rejected) == (2, 0, 0, [])
    assert (again.created, again.updated) == (1, 2)
    assert (older.created, older.updated, older.known) == (0, 0, 1)
    assert es.get(index=newsroom, id="one")["_source"]["title"] == "Judul"


def test_a_refused_document_is_named_with_its_reason_and_the_others_go_in(es: Client, newsroom: str) -> None:
    good, unknown = document("good", "id", "Judul", "Isi."), document("unknown", "id", "Judul", "Isi.", colour="red")
    wrong = document("wrong", "id", "Judul", "Isi.", date="kemarin")

    tally = index_documents(es, newsroom, [("unknown", 1, unknown), ("good", 1, good), ("wrong", 1, wrong)])

    assert tally.created == 1
    reasons = dict(tally.rejected)
    assert "colour" in reasons["unknown"]
    assert "kemarin" in reasons["wrong"]
    assert count(es, newsroom) == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize("fault", ["413", "400", "cut"])
def test_a_batch_that_is_refused_or_dropped_is_sent_singly_and_the_one_at_fault_named(
    es: Client, newsroom: str, elasticsearch_url: str, fault: str
) -> None:
    many = [(f"d{n}", 1, document(f"d{n}", "id", "Judul", "racun" if n == 1 else "Isi.")) for n in range(4)]
    with proxy(elasticsearch_url) as way:
        client = connect(Section(url=way.url), way.url)
        way.break_(fault, "_bulk", having=b"racun")
        tally = index_documents(client, newsroom, many)
        assert (tally.created, [name for name, _ in tally.rejected]) == (3, ["d1"])
        assert tally.rejected[0][1]
        way.break_(fault, "_bulk")
        if fault == "cut":
            with pytest.raises(SearchError):
                index_documents(client, newsroom, many)
        else:
            assert len(index_documents(client, newsroom, many).rejected) == 4
        client.close()
    assert count(es, newsroom) == 3


def test_documents_can_be_found_at_once(es: Client, newsroom: str) -> None:
    index_documents(es, newsroom, rows())

    assert count(es, newsroom) == len(rows())


def test_without_a_setup_no_index_springs_up(es: Client, alias: str) -> None:
    with pytest.raises(SearchError, match="pantau index setup"):
        index_documents(es, alias, rows())

    assert not es.indices.exists(index=alias)


def test_a_stored_release_and_its_marks_fit_the_mapping(es: Client, newsroom: str) -> None:
    release = Release(
        id="a1", key="example.org/a", url="https://example.org/a", source="gxzf", kind=Kind.ARTICLE, title="标题",
        text="正文。", lang="zh", published=None, precision=None, date_source=None, date_conflict=None, number=None,
        canonical=None, attachments=("https://example.org/a.pdf",), collected_at=rows_moment(),
    )  # fmt: skip
    monthly = build(
        StoredRelease(release=release, revision=3, withdrawn_at=rows_moment()),
        Marks(
            concepts=("ai",), topics=("ai",), stage="talks", parties=("nanning",), lines=("ai talks", "ai"), score=1.5,
            glossary="v1",
        ),
    ) | {"date": "2026-03", "published": "2026-03-01T00:00:00+08:00", "precision": str(Precision.MONTH)}  # fmt: skip

    tally = index_documents(es, newsroom, [("a1", 3, monthly)])

    assert tally.rejected == []
    near = {"intervals": {"lines": {"match": {"query": "talks ai", "max_gaps": 100, "ordered": True}}}}
    same = {"intervals": {"lines": {"match": {"query": "ai talks", "max_gaps": 100, "ordered": True}}}}
    assert count(es, newsroom, same) == 1
    assert count(es, newsroom, near) == 0  # the second `ai` stands in another sentence


def rows_moment():
    from datetime import UTC, datetime

    return datetime(2026, 3, 26, 3, tzinfo=UTC)
