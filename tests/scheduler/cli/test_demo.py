"""`demo`: the whole job on the replica sites, then every verb on what it left, until it is stopped."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.store import Run, Store
from scheduler import demo_mode
from scheduler.cli import demo
from scheduler.cli.demo import live_state
from scheduler.cli.demo_sites import running_sites, sites_file, start_sites, stop_sites
from scheduler.process_id import claimant, is_gone
from scheduler.search.client import Client
from scheduler.settings import ROOT, load_settings
from tests.forked import PANTAU
from tests.forked import run as run_forked
from tests.patience import patient

Verb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verb(tmp_path: Path, elasticsearch_url: str, es: Client) -> Iterator[Verb]:
    """The command as a new user types it, but for the engine, which is the one of all tests."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    env |= {"PANTAU_VAR": str(tmp_path), "PANTAU_ELASTICSEARCH_URL": elasticsearch_url}

    def run(*words: str, typed: bool = False) -> subprocess.CompletedProcess[str]:
        if typed:  # all of it by the real command lines, as a new user has it
            return subprocess.run([PANTAU, *words], env=env, capture_output=True, text=True, timeout=patient(600))
        return run_forked([PANTAU, *words], env=env, timeout=patient(600))

    yield run
    run("demo", "--stop")
    for index in es.indices.get(index="pantau-demo*"):
        es.indices.delete(index=index)


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a dozen verbs, three of them with all crawls; a busy machine takes its time
def test_the_demo_does_the_whole_job_and_the_second_round_is_quiet(verb: Verb, tmp_path: Path) -> None:
    ports = free_ports()
    first = verb("demo", "--ports-from", str(ports), typed=True)
    assert first.returncode == 0, first.stderr
    for said in ("alerts:", "mail:", "searches:", "what to do next:", "pantau demo --stop", "make run"):
        assert said in first.stdout
    (mail,) = (tmp_path / "demo" / "mail" / "new").iterdir()
    assert mail.name in first.stdout
    page = tmp_path / "demo" / "mail.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "to analysts@localhost: " in " ".join(first.stdout.split())
    assert page.name in first.stdout

    facts = json.loads(verb("demo", "--json").stdout)
    assert list(facts) == ["releases", "alerts", "mails", "pages", "searches"]
    assert facts["pages"] == [str(page)]
    assert sum(facts["releases"].values()) > 90
    assert {"cooperation", "indonesia-guangxi", "indonesia-china"} <= set(facts["alerts"])
    assert facts["mails"] == [str(mail)]
    assert {found["lang"] for found in facts["searches"].values() if found["top"]} == {"id", "zh", "en"}

    again = verb("once", "--json")
    assert again.returncode == 0, again.stderr
    runs = [json.loads(line) for line in again.stdout.splitlines()]
    assert [(run["new"], run["revised"]) for run in runs] == [(0, 0)] * len(facts["releases"])
    assert list((tmp_path / "demo" / "mail" / "new").iterdir()) == [mail]
    status = verb("status")
    assert status.returncode == 0
    assert status.stderr.startswith("demo: "), "what is the demo's says so"

    # What sets Pantau up means config/ all the while, and what the demo's user wrote into its settings stays.
    checked = verb("check-config")
    assert checked.returncode == 0
    assert checked.stdout.startswith(str(ROOT / "config"))
    assert str(tmp_path / "demo" / "config") in verb("check-config", "--demo").stdout
    own = tmp_path / "demo" / "config" / "pantau.toml"
    own.write_text(own.read_text(encoding="utf-8") + "# my own line\n", encoding="utf-8")
    assert json.loads(verb("demo", "--json").stdout)["mails"] == [str(mail)]
    assert "# my own line" in own.read_text(encoding="utf-8")

    address = json.loads(verb("search", "kerja sama kecerdasan buatan", "--json").stdout.splitlines()[0])["url"]
    assert urlsplit(address).port in range(ports, ports + 14)

    # What a site does next, and what comes of it.
    published = verb("demo", "--publish")
    assert published.stdout.count("published: http://127.0.0.1:") == 2
    assert "mail to analysts@localhost: 1 signed, 1 under way: " in published.stdout
    edited = verb("demo", "--edit")
    assert "mail to analysts@localhost: Changed: " in edited.stdout
    assert "下月举行后续会谈" in edited.stdout
    broken = verb("demo", "--break", "nanning")
    assert "status: source nanning is bad: the layout has changed" in broken.stdout
    assert "pantau sources check nanning" in broken.stdout
    mended = verb("demo", "--mend")
    assert "status: source nanning is well" in mended.stdout
    assert not {published.returncode, edited.returncode, broken.returncode, mended.returncode} - {0}
    nowhere = verb("demo", "--break", "nowhere")
    assert (nowhere.returncode, "the demo has no source 'nowhere'" in nowhere.stderr) == (2, True)

    assert verb("demo", "--stop").returncode == 0
    too_late = verb("demo", "--publish")
    assert (too_late.returncode, "run `pantau demo` first" in too_late.stderr) == (2, True)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)
    assert load_settings({"PANTAU_VAR": str(tmp_path)}).demo is False, "the verbs mean the live system again"
    again = verb("once", "--demo", "--json", "wsb")
    assert json.loads(again.stdout)["verdict"] in ("ok", "quiet"), "the sites come back on the ports that they had"


def test_the_demo_leaves_a_live_state_alone_and_takes_no_verb_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not live_state(tmp_path, {})
    store = Store(f"sqlite:///{tmp_path / 'state' / 'pantau.db'}")
    assert not live_state(tmp_path, {}), "an empty state is nothing live"
    store.begin_run(Run(id="r1", source="komdigi", started_at=datetime(2026, 3, 1, tzinfo=UTC)))
    store.engine.dispose()
    assert live_state(tmp_path, {})
    assert live_state(tmp_path / "none", {"PANTAU_STATE_URL": "postgresql://db.example.org/pantau"})


def test_the_demo_takes_nothing_of_the_live_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = tmp_path / "live"
    live.mkdir()
    (live / "pantau.toml").write_text('[mail]\nsender = "live@example.org"\n[mail.smtp]\nhost = "smtp.example.org"\n')
    monkeypatch.setenv("PANTAU_CONFIG", str(live))
    monkeypatch.setenv("PANTAU_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PANTAU_STATE_URL", "postgresql://pantau@db.example.org/pantau")
    monkeypatch.setattr(demo, "start_sites", lambda *_: {})
    monkeypatch.setattr(demo, "localise", lambda text, _: text)
    stale = tmp_path / "var" / "demo" / "config"
    (stale / "sources").mkdir(parents=True)
    (stale / "sources" / "mine.toml").write_text("no longer shipped")
    (stale / "pantau.toml").write_text('[mail.smtp]\nhost = "smtp.example.org"\n')  # as older versions copied it
    settings = demo.prepare(tmp_path / "var", None)
    assert settings.demo
    assert settings.mail.smtp.host is None
    assert [one.to for one in settings.mail.subscriptions] == [("analysts@localhost",)]
    assert settings.state_url == f"sqlite:///{tmp_path / 'var' / 'demo' / 'state' / 'pantau.db'}"
    assert settings.elasticsearch.index == "pantau-demo"
    assert "smtp.example.org" not in (stale / "pantau.toml").read_text()
    assert not (stale / "sources" / "mine.toml").exists()


@pytest.mark.slow
def test_a_replica_that_does_not_answer_is_stopped_by_its_process(tmp_path: Path) -> None:
    first = free_ports()
    sites = start_sites(tmp_path, first)
    pid = json.loads(sites_file(tmp_path).read_text())["pid"]
    os.kill(pid, signal.SIGSTOP)  # as slow as can be
    assert running_sites(tmp_path) is None
    begin = time.monotonic()
    assert stop_sites(tmp_path)
    assert time.monotonic() - begin < 30
    assert is_gone(claimant(pid)) or not Path(f"/proc/{pid}/cmdline").read_bytes()
    assert not stop_sites(tmp_path), "there is none any more"
    assert start_sites(tmp_path) == sites, "the ports are kept, since the stored addresses name them"
    assert stop_sites(tmp_path)


def test_a_number_that_another_process_got_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    facts = {"pid": other.pid, "process": claimant(other.pid) + "1", "sites": {}}
    sites_file(tmp_path).write_text(json.dumps(facts))
    assert not stop_sites(tmp_path)
    assert other.poll() is None
    other.kill()
    other.wait()


@pytest.mark.slow
def test_when_the_node_cannot_start_the_sites_do_not_stay(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    env |= {"PANTAU_VAR": str(tmp_path), "PATH": "/nowhere", "JAVA_HOME": "/nowhere", "PANTAU_NODE_HOME": "/nowhere"}
    done = subprocess.run(
        [PANTAU, "demo", "--ports-from", str(free_ports())], env=env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "pid" not in json.loads((tmp_path / "demo" / "replica.json").read_text())
    assert not demo_mode.is_on(tmp_path)


def free_ports() -> int:
    """The first of enough free ports for the sites; not where another run on this machine looks, too."""
    starts = range(21_000, 32_000, 40)  # below those that the system hands out
    for first in random.sample(starts, len(starts)):
        try:
            for port in range(first, first + 14):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no ports are free")
