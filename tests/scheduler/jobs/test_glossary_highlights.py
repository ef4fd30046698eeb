"""Words of the shipped glossary at their places, for the reader's eye."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.release import Kind, Release
from crawler.store import StoredRelease
from scheduler.jobs.glossary_highlights import spans
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.settings import ROOT


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(ROOT / "config" / "glossary.toml")


def stored(title: str, text: str) -> StoredRelease:
    release = Release(
        id="x", key="x", url="https://example.org/x", source="komdigi", kind=Kind.ARTICLE, title=title, text=text,
        lang="id", published=None, precision=None, date_source=None, date_conflict=None, number=None, canonical=None,
        attachments=(), collected_at=datetime(2026, 4, 20, tzinfo=UTC),
    )  # fmt: skip
    return StoredRelease(release=release, revision=1, withdrawn_at=None)


def test_words_are_marked_where_they_stand_and_names_are_not_strong(glossary: Glossary) -> None:
    one = stored("人工智能合作", "Di Jakarta mereka membahas kerja sama  kecerdasan buatan.")
    title, text = spans(one, glossary)
    assert [(one.release.title[m.start : m.end], m.strong) for m in title] == [("人工智能", True), ("合作", True)]
    found = {one.release.text[m.start : m.end]: m.strong for m in text}
    assert found["Jakarta"] is False
    assert found["kerja sama"] is True
    assert found["kecerdasan buatan"] is True


def test_phrases_that_must_not_count_are_not_marked(glossary: Glossary) -> None:
    title, text = spans(stored("农民专业合作社", "Biro Humas dan Kerja Sama"), glossary)
    assert "cooperation" not in {mark.concept for mark in (*title, *text)}


def test_words_that_tell_only_in_company_are_not_marked(glossary: Glossary) -> None:
    one = stored("", "Peserta menyelesaikan proyek di Jakarta, lalu menandatangani nota kesepahaman.")
    found = {one.release.text[m.start : m.end] for m in spans(one, glossary)[1]}
    assert found == {"Jakarta", "menandatangani", "nota kesepahaman"}
