"""A scheduler that runs with what is no longer on disk says so, and nobody puts its index back and forth."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.lease import HeldError, Lease
from scheduler.running_configuration import declare, fingerprint, running
from tests.conftest import CONFIG, free_port
from tests.scheduler.jobs.whole_round import WholeRound


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[WholeRound]:
    shutil.copytree(CONFIG, tmp_path / "config")
    rounds = WholeRound(tmp_path, f"http://127.0.0.1:{free_port()}", "nowhere")
    rounds.newsroom.settings = rounds.newsroom.settings.model_copy(update={"config": tmp_path / "config"})
    yield rounds
    rounds.close()


def begin(rounds: WholeRound, glossary: str) -> Lease:
    """Take the timetable, as a scheduler that has read the configuration as it is now."""
    store = rounds.newsroom.store
    lease = Lease(store.engine)
    assert lease.tried() is None
    declare(store, configuration=fingerprint(rounds.folder / "config"), glossary=glossary, at=rounds.now)
    return lease


@pytest.mark.sample(1)
@pytest.mark.parametrize("file", ["glossary.toml", "pantau.toml", "sources/wsb.toml", "alerts/cooperation.toml"])
def test_a_file_changed_under_a_running_scheduler_is_told_until_it_is_restarted(rounds: WholeRound, file: str) -> None:
    lease = begin(rounds, rounds.newsroom.reader.version)
    assert rounds.levels()["configuration"] == "well"
    path = rounds.folder / "config" / file
    path.write_text(path.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    rounds.later(hours=2)
    [finding] = [one for one in rounds.newsroom.verdict().findings if one.subject == "configuration"]
    assert finding.level == "bad"
    assert "started 2 h ago, still works with what it read then" in finding.sentence
    assert "restart" in finding.remedy
    lease.give_up()
    assert "configuration" not in rounds.levels(), "none runs"
    begin(rounds, rounds.newsroom.reader.version)
    assert rounds.levels()["configuration"] == "well"


def test_the_examples_for_deployment_are_no_configuration(rounds: WholeRound) -> None:
    before = fingerprint(rounds.folder / "config")
    (rounds.folder / "config" / "deploy" / "mine.toml").write_text("x = 1\n")
    assert fingerprint(rounds.folder / "config") == before


@pytest.mark.slow
@pytest.mark.parametrize("other", ["an older one", "{glossary}/another judge"])
def test_an_index_is_not_set_up_beside_a_scheduler_that_reads_otherwise(rounds: WholeRound, other: str) -> None:
    reads_with = other.format(glossary=rounds.newsroom.glossary.version)
    code = (
        "import sys, time\n"
        "from datetime import UTC, datetime\n"
        "from crawler.store import Store\n"
        "from scheduler.lease import Lease\n"
        "from scheduler.running_configuration import declare\n"
        "store = Store(sys.argv[1])\n"
        "assert Lease(store.engine).tried() is None\n"
        "declare(store, configuration='old', glossary=sys.argv[2], at=datetime.now(UTC))\n"
        "print('runs', flush=True)\n"
        "time.sleep(60)\n"
    )
    url = rounds.newsroom.settings.state_url
    process = subprocess.Popen([sys.executable, "-c", code, url, reads_with], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "runs\n"
        with pytest.raises(HeldError, match=r"reads with another glossary or judge.*restart it"):
            rounds.newsroom.index()
        assert "index" not in rounds.newsroom.heartbeat.all(), "the scheduler's own job has not failed"
    finally:
        process.kill()
        process.communicate()
    assert running(rounds.newsroom.store) is None, "it is dead"
    rounds.now += timedelta(minutes=1)
