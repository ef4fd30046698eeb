"""A forked program is as good as one of the command line: own process, exit code, words and locks; it can be killed."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import Answer, SmallSite, listing
from tests.forked import PANTAU, Forked, run
from tests.patience import patient
from tests.workplace import wait_for

ENTRIES = [(f"/berita/{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 4)]


@pytest.fixture
def site():
    with SmallSite() as site:
        site.show_news(ENTRIES)
        yield site


@pytest.mark.slow
def test_both_ways_give_the_same_report(tmp_path: Path, site: SmallSite) -> None:
    told = []
    for way in ("start", "command"):
        crawling = Crawling(tmp_path / way)
        crawling.source("desa", site.base, site.host)
        done = getattr(crawling, way)("desa")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        *progress, report = map(json.loads, done.stdout.splitlines())
        facts = [report[name] for name in ("verdict", "new", "requests", "http", "kinds")]
        told.append(([line["event"] for line in progress], facts))
    assert told[0] == told[1]


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", [("url-key", "http://www.gxzf.gov.cn/gxyw/t1.shtml"), ("crawl", "komdgi"), ("lst",)])
def test_both_ways_the_command_says_the_same(tmp_path: Path, words: tuple[str, ...]) -> None:
    env = os.environ | {"PANTAU_VAR": str(tmp_path), "COLUMNS": "50"}
    typed = subprocess.run([PANTAU, *words], env=env, capture_output=True, text=True, timeout=patient(60))
    forked = run([PANTAU, *words], env=env, timeout=patient(60))
    assert (forked.returncode, forked.stdout, forked.stderr) == (typed.returncode, typed.stdout, typed.stderr)


@pytest.fixture
def hangs(site: SmallSite) -> Callable[[], bool]:
    """The site's listing never comes; gives what waits until it has been asked for."""
    asked = threading.Event()

    def hang(_: dict[str, str]) -> Answer:
        asked.set()
        threading.Event().wait(patient(30))
        return Answer(503)

    site.pages["/berita"] = hang
    return lambda: asked.wait(patient(60))


def test_it_shows_its_command_line_holds_its_locks_and_leads_its_group(
    tmp_path: Path, site: SmallSite, hangs: Callable[[], bool]
) -> None:
    crawling = Crawling(tmp_path)
    crawling.source("desa", site.base, site.host)
    command = crawling._command("desa", ())
    with (tmp_path / "lock").open("w") as ours, (tmp_path / "lock").open("w") as other:
        fcntl.flock(ours, fcntl.LOCK_EX)
        process = Forked(command, env=crawling._given({})["env"], start_new_session=True, pass_fds=(ours.fileno(),))
        ours.close()
        assert hangs()
        assert Path(f"/proc/{process.pid}/cmdline").read_text().rstrip("\0").split("\0") == command
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(patient(30)) == -signal.SIGKILL
        wait_for(lambda: fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB) is None, seconds=5)


def test_it_is_an_orphan_when_the_one_who_began_it_is_killed(
    tmp_path: Path, site: SmallSite, hangs: Callable[[], bool]
) -> None:
    crawling = Crawling(tmp_path)
    crawling.source("desa", site.base, site.host)
    begin = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.crawler.crawling import Crawling\n"
        "process = Crawling(Path(sys.argv[1])).fork('desa')\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    beginner = subprocess.Popen([sys.executable, "-c", begin, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert beginner.stdout is not None
    pid = int(beginner.stdout.readline())
    assert hangs()
    keeper = parent_of(pid)
    beginner.kill()
    beginner.communicate()
    wait_for(lambda: parent_of(pid) != keeper, seconds=4)
    os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_crawl_that_hangs_can_be_killed_and_the_next_is_a_process_of_its_own(tmp_path: Path, site: SmallSite) -> None:
    crawling, asked, go = Crawling(tmp_path), threading.Event(), threading.Event()
    crawling.source("desa", site.base, site.host)

    def hang(_: dict[str, str]) -> Answer:
        asked.set()
        go.wait(patient(60))
        return Answer(200, listing(ENTRIES).encode())

    site.pages["/berita"] = hang
    process = crawling.fork("desa")
    assert asked.wait(patient(60))
    assert process.pid != os.getpid()
    assert process.returncode is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=patient(30))
    assert process.returncode == -signal.SIGKILL
    go.set()
    site.show("/berita", listing(ENTRIES))
    assert crawling.run("desa")["new"] == len(ENTRIES)


def test_a_plain_script_may_crawl_and_is_run_once(tmp_path: Path, site: SmallSite) -> None:
    script = tmp_path / "crawls.py"
    script.write_text(
        f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.crawler.crawling import Crawling
print("begins")
crawling = Crawling(Path({str(tmp_path)!r}) / "of-script")
crawling.source("desa", {site.base!r}, {site.host!r})
print("new", crawling.run("desa")["new"])
""",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, timeout=patient(120))
    assert done.stdout.split() == ["begins", "new", str(len(ENTRIES))], done.stderr
