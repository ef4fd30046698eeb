"""A release is read once, no more of it than can be read in time; one that cannot be read stops no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.release import Kind, Release
from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import MOST_CHARACTERS, Reader, Reading, UnreadableError


def stored(name: str, text: str) -> StoredRelease:
    release = Release(
        id=name, key=name, url=f"https://example.org/{name}", source="komdigi", kind=Kind.ARTICLE, title="Judul",
        text=text, lang="id", published=None, precision=None, date_source=None, date_conflict=None, number=None,
        canonical=None, attachments=(), collected_at=datetime(2026, 4, 20, tzinfo=UTC),
    )  # fmt: skip
    return StoredRelease(release=release, revision=1, withdrawn_at=None)


@pytest.fixture
def reader(glossary: Glossary) -> Reader:
    return Reader(glossary, load_judge())


def test_a_release_is_read_once_and_anew_when_it_changes(reader: Reader) -> None:
    one = stored("a", "Komdigi dan Telkom bertemu.")

    assert reader.read(one.release) is reader.read(one.release)
    assert reader.read(stored("a", "Teks lain.").release) is not reader.read(one.release)


def test_what_is_too_long_is_read_to_the_limit_and_said(reader: Reader) -> None:
    text = "Kantor pos buka. " * (MOST_CHARACTERS // 17 + 50)

    assert reader.marks(stored("long", text)).unread == len(text) - MOST_CHARACTERS
    assert reader.marks(stored("short", "Kantor pos buka.")).unread == 0


def test_a_release_that_cannot_be_read_is_named_and_the_others_go_on(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = reader.glossary.fold

    def broken(text: str) -> str:
        if "rusak" in text:
            raise OverflowError("too large")
        return fine(text)

    object.__setattr__(reader, "glossary", _with_fold(reader.glossary, broken))
    found = {one.release.id: reading for one, reading in reader.each([stored("bad", "rusak"), stored("good", "baik")])}

    assert isinstance(found["bad"], UnreadableError)
    assert "https://example.org/bad" in str(found["bad"])
    assert isinstance(found["good"], Reading)


def _with_fold(glossary: Glossary, fold: object) -> Glossary:
    from dataclasses import replace

    return replace(glossary, fold=fold)  # type: ignore[arg-type]
