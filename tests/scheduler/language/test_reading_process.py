"""A release that takes for ever ends a process, and nothing else: it is named, and the next one is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.store import StoredRelease
from scheduler.language.folding import Folding
from scheduler.language.glossary import Glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader, Reading, ReadingCache, Summary, TooSlowError, UnreadableError
from scheduler.language.reading_process import GuardedReader
from tests.patience import patient
from tests.scheduler.mail.case import release

pytestmark = pytest.mark.usefixtures("command_line")
SECONDS = 1.0  # of processor time, for a release that never ends


class Hostile(Folding):
    """Folds as ours does, but for words that stand for what nobody has thought of yet."""

    def __init__(self, real: Folding) -> None:
        self._table = real._table

    def __call__(self, text: str) -> str:
        if "berputar-abadi" in text:
            while True:
                pass
        if "tidur-abadi" in text:
            time.sleep(1000)
        if "mati-seketika" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "memori-habis" in text:
            return "x" * 8 * 1024**3
        return super().__call__(text)


@pytest.fixture
def reader(glossary: Glossary) -> GuardedReader:
    poisoned = replace(glossary, fold=Hostile(glossary.fold), version="hostile")
    return GuardedReader(Reader(poisoned, load_judge()), seconds=SECONDS)


def stored(number: int, text: str) -> StoredRelease:
    return StoredRelease(release=release(number, text=text), revision=1, withdrawn_at=None)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("word", "error", "said"),
    [
        ("berputar-abadi", TooSlowError, "was not read within"),
        ("tidur-abadi", TooSlowError, "was not read within"),
        ("mati-seketika", UnreadableError, "the process that read it ended"),
        ("memori-habis", UnreadableError, "MemoryError"),
    ],
)
def test_whatever_a_release_does_the_next_one_is_read_and_it_is_named(
    reader: GuardedReader, word: str, error: type[Exception], said: str
) -> None:
    began = time.monotonic()
    batch = [stored(1, "Satu."), stored(2, f"Dua {word}."), stored(3, "Tiga.")]
    found = [read for _, read in reader.summaries(batch)]
    assert [type(read) for read in found] == [Summary, error, Summary]
    assert "https://komdigi.example/berita/2" in str(found[1])
    assert said in str(found[1])
    assert time.monotonic() - began < patient(60)
    with pytest.raises(error):
        reader.read(batch[1].release)
    assert isinstance(reader.read(batch[2].release), Reading)


def test_what_is_read_in_the_process_is_what_is_read_here(glossary: Glossary) -> None:
    plain = Reader(glossary, load_judge())
    guarded = GuardedReader(plain)
    one = release(1)
    assert guarded.summary(one) == plain.read(one).summary
    assert guarded.read(one).lines == plain.read(one).lines
    assert guarded.marks(stored(1, one.text)) == plain.read(one).marks


def test_readers_of_one_glossary_share_one_process(glossary: Glossary) -> None:
    one, other = (GuardedReader(Reader(glossary, load_judge())) for _ in range(2))
    assert one._process is other._process


PROGRAM = """
import signal, sys, time
from pathlib import Path
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.language.reading_process import GuardedReader
from tests.scheduler.mail.case import release
reader = GuardedReader(Reader(load_glossary(Path("config/glossary.toml")), load_judge()))
reader.summary(release(1))
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is begun in the background has it switched off
print(reader._process._process.pid, flush=True)
time.sleep(1000)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_process_ends_with_the_program_however_that_ends(how: signal.Signals) -> None:
    root = Path(__file__).parents[3]
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.send_signal(how)
        try:
            program.wait(timeout=patient(30))
        finally:
            program.kill()
    limit = time.monotonic() + patient(30)
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < limit, "the process outlives the program"
        time.sleep(0.1)


def test_what_is_kept_is_bounded_in_number_and_in_size() -> None:
    kept: ReadingCache[str] = ReadingCache()
    made: list[str] = []

    def make(one: object) -> str:
        made.append("x")
        return "x"

    for number in range(400):
        kept.get(release(number), make)
    kept.get(release(399), make)
    assert len(made) == 400, "the last is not made again"
    kept.get(release(0), make)
    assert len(made) == 401, "the first is gone"
    for number in range(60):
        kept.get(release(number, text="x" * 100_000), make)
    kept.get(release(0, text="x" * 100_000), make)
    assert len(made) == 462
    assert kept._characters <= 3_000_000
