"""Pages are read beside the crawl: one that takes too long or too much memory, or breaks the reading, costs itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import page_reader
from crawler.errors import PantauError
from crawler.extraction.page import NotHtmlError, extract
from crawler.page_reader import PageReader, UnreadablePageError, bound_memory
from tests.crawler.small_site import article


@pytest.fixture
def reader() -> Iterator[PageReader]:
    reader = PageReader(seconds=1, memory=400 * 1024**2)
    yield reader
    reader.close()


def whoami() -> int:
    return os.getpid()


def for_ever() -> None:
    while True:
        pass


def asleep() -> None:
    signal.pause()


def a_gigabyte() -> int:
    return len(bytearray(1024**3))


def broken() -> None:
    raise KeyError("no such thing")


def told() -> None:
    raise PantauError("in plain words")


def dead() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def what_cannot_be_handed_over() -> object:
    return lambda: None


def test_pages_are_read_in_one_other_process(reader: PageReader) -> None:
    first = reader.run(whoami)
    assert first != os.getpid()
    assert reader.run(whoami) == first
    page, url = article("Layanan baru di desa", "10 Maret 2026").encode(), "https://contoh.go.id/a"
    assert reader.run(extract, page, url=url) == extract(page, url=url)


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read(
    reader: PageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_reader, "PATIENCE", 1000)  # other work may keep it waiting for long
    with pytest.raises(UnreadablePageError, match="processor time") as error:
        reader.run(for_ever)
    assert error.value.what == "timeout"
    assert reader.run(whoami) != os.getpid()


@pytest.mark.slow
def test_a_page_that_waits_for_ever_is_given_up(reader: PageReader) -> None:
    with pytest.raises(UnreadablePageError, match="not read within"):
        reader.run(asleep)
    assert reader.run(whoami)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (a_gigabyte, "memory"),
        (broken, "KeyError: 'no such thing'"),
        (dead, "signal 9"),
        (what_cannot_be_handed_over, "reading it failed"),
    ],
)
def test_a_page_that_breaks_the_reading_is_named_and_the_next_one_is_read(reader: PageReader, read, said: str) -> None:
    with pytest.raises(UnreadablePageError, match=said) as error:
        reader.run(read)
    assert error.value.what == "failed"
    assert reader.run(whoami)


def test_what_reading_says_itself_is_passed_on(reader: PageReader) -> None:
    with pytest.raises(PantauError, match="in plain words"):
        reader.run(told)
    with pytest.raises(NotHtmlError, match="PDF"):
        reader.run(extract, b"%PDF-1.7 ...")


def test_the_reader_has_no_file_of_the_crawl_and_ends_with_it(reader: PageReader) -> None:
    with Path(os.devnull).open() as theirs:
        assert theirs.fileno() not in reader.run(open_files)
    pid = reader.run(whoami)
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def open_files() -> list[int]:
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


def held() -> int:
    bound_memory(300 * 1024**2)
    try:
        return a_gigabyte()
    except MemoryError:
        return 0


def test_a_process_that_is_bound_holds_no_more_than_it_may(reader: PageReader) -> None:
    assert reader.run(held) == 0


def test_a_page_has_room_whatever_the_program_held_before() -> None:
    reader = PageReader(memory=1)  # less than this process holds
    try:
        assert reader.run(len, [0] * 1_000_000) == 1_000_000
        with pytest.raises(UnreadablePageError, match="memory"):
            reader.run(a_gigabyte)
    finally:
        reader.close()
