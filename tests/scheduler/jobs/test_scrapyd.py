"""Crawls on real Scrapyd nodes: placed, followed, begun anew when a node dies; report and log come home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from crawler.source import Source, load_source
from scheduler.jobs import scrapyd
from scheduler.jobs.crawl import crawl
from scheduler.settings import ROOT, Crawl, Settings, State
from tests.conftest import free_port
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import SmallSite, article, listing
from tests.patience import patient
from tests.workplace import wait_for

CFG = ROOT / "config" / "deploy" / "scrapyd" / "scrapy.cfg"
ENTRIES = [(f"/berita/{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 7)]


class Scrapyd:
    """A real Scrapyd with the shipped configuration, in a folder of its own."""

    def __init__(self, folder: Path, crawling: Crawling, **changes: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        folder.mkdir()
        text = CFG.read_text(encoding="utf-8")
        for name, value in ({"http_port": str(self.port), "poll_interval": "0.3"} | changes).items():
            text, count = re.subn(rf"(?m)^{name} =.*$", f"{name} = {value}", text)
            assert count == 1, name
        (folder / "scrapy.cfg").write_text(text, encoding="utf-8")
        self.env = os.environ | {
            "PANTAU_CONFIG": str(crawling.config),
            "PANTAU_VAR": str(folder / "var"),
            "PANTAU_STATE_URL": crawling.state_url,
        }
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).with_name("scrapyd")
        with (self.folder / "scrapyd.log").open("ab") as log:
            self.process = subprocess.Popen([program], cwd=self.folder, env=self.env, stdout=log, stderr=log)
        wait_for(self._answers, seconds=60)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/daemonstatus.json", timeout=patient(2)):
                return True
        except urllib.error.HTTPError as error:
            with error:
                return error.code == 401
        except OSError:
            return False

    def kill(self) -> None:
        """As a machine that is gone: the crawls it had begun are orphans."""
        self.process.kill()
        self.process.wait()


class Office:
    """Nodes, a site and a source that reads it."""

    def __init__(self, folder: Path, site: SmallSite) -> None:
        self.folder = folder
        self.site = site
        self.crawling = Crawling(folder)
        self.store = self.crawling.store
        self.nodes: list[Scrapyd] = []

    def node(self, **changes: str) -> Scrapyd:
        self.nodes.append(Scrapyd(self.folder / f"node{len(self.nodes)}", self.crawling, **changes))
        return self.nodes[-1]

    def settings(self, *more: str, **section: Any) -> Settings:
        return Settings(
            config=self.crawling.config, var=self.folder / "var", state=State(url=self.crawling.state_url),
            crawl=Crawl(runner="scrapyd", nodes=(*more, *(node.url for node in self.nodes)), **section),
        )  # fmt: skip

    def source(self, name: str = "desa", **facts: Any) -> Source:
        self.crawling.source(name, self.site.base, self.site.host, **facts)
        return load_source(self.crawling.config / "sources" / f"{name}.toml")

    def crawl(self, source: Source, *, settings: Settings | None = None, **options: Any) -> dict[str, Any]:
        return crawl(settings or self.settings(), source, self.store, **options)

    def in_background(self, source: Source, **options: Any) -> tuple[threading.Thread, list[dict[str, Any]]]:
        reports: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: reports.append(self.crawl(source, **options)))
        thread.start()
        return thread, reports

    def collected(self, source: str = "desa") -> int:
        return self.store.count().get(source, 0)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(scrapyd, "ANSWER", patient(20))  # a node starts a process of its own to list its spiders
    with SmallSite() as site:
        site.show("/berita", listing(ENTRIES))
        for path, title, date in ENTRIES:
            site.show(path, article(title, date))
        office = Office(tmp_path, site)
        yield office
        for node in office.nodes:
            node.kill()
        office.store.engine.dispose()


@pytest.fixture
def soon_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrapyd, "DEAD", patient(2.0))


@pytest.mark.slow
def test_a_crawl_on_a_node_keeps_its_releases_and_its_report_and_log_come_home(office: Office) -> None:
    office.node()
    source = office.source()
    report = office.crawl(source, limit=4)
    assert (report["verdict"], report["new"], report["reasons"]) == ("ok", 4, [])
    assert office.collected() == 4
    assert (office.folder / "node0" / "var" / "evidence" / "desa").is_dir()
    assert (office.folder / "var" / "logs" / "crawl-desa.log").exists()
    assert office.crawl(source)["new"] == 2, "what is known is not asked for again"


@pytest.mark.chaos
def test_what_a_crawl_says_in_its_log_is_brought_home(office: Office) -> None:
    office.node()
    office.site.show("/robots.txt", "User-agent: *\nDisallow: /")
    report = office.crawl(office.source())
    assert report["verdict"] == "robots"
    (kept,) = (office.folder / "node0" / "logs" / "default" / "desa").iterdir()
    assert (office.folder / "var" / "logs" / "crawl-desa.log").read_bytes() == kept.read_bytes()


@pytest.mark.usefixtures("soon_killed")
@pytest.mark.chaos
def test_the_node_with_the_least_to_do_gets_the_crawl(office: Office) -> None:
    office.node()
    office.node()
    stop = threading.Event()
    slow = []
    for number in (1, 2):
        slow.append(office.in_background(office.source(f"desa{number}", delay=3), stop=stop))
        wait_for(lambda n=number: len(list(office.folder.glob("node?/logs/default/*/*.log"))) == n, seconds=60)
    assert [len(list(office.folder.glob(f"node{n}/logs/default/*/*.log"))) for n in range(2)] == [1, 1]
    stop.set()
    for thread, reports in slow:
        thread.join(patient(60))
        assert reports[0]["verdict"] in ("ok", "quiet", "partial")


@pytest.fixture
def soon_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrapyd, "GRACE", 2.0)


@pytest.mark.chaos
@pytest.mark.usefixtures("soon_dead")
def test_a_crawl_whose_node_died_begins_anew_on_another_in_the_same_turn(office: Office) -> None:
    office.node()
    office.node()
    thread, reports = office.in_background(office.source(delay=1.5))
    wait_for(office.collected, seconds=60)
    (busy,) = [node for node in office.nodes if (node.folder / "logs" / "default").exists()]
    busy.kill()
    thread.join(patient(120))
    (report,) = reports
    assert report["verdict"] in ("ok", "quiet")
    assert office.collected() == len(ENTRIES)
    second, first = office.store.latest_runs("desa")
    assert second.id == report["run"]
    assert first.finished_at is not None
    assert first.verdict in ("failed", "partial")
    said = " ".join(first.report["reasons"])
    assert "the node was lost in mid-crawl" in said or "the scheduler that had begun it is gone" in said


@pytest.mark.chaos
@pytest.mark.usefixtures("soon_dead")
@pytest.mark.chaos
def test_a_node_that_was_restarted_has_lost_the_crawl_and_it_begins_anew(office: Office) -> None:
    office.node()
    office.node()
    thread, reports = office.in_background(office.source(delay=1.5))
    wait_for(office.collected, seconds=60)
    (busy,) = [node for node in office.nodes if (node.folder / "logs" / "default").exists()]
    busy.kill()
    busy.start()
    thread.join(patient(120))
    assert reports[0]["verdict"] in ("ok", "quiet")
    assert office.collected() == len(ENTRIES)


@pytest.mark.usefixtures("soon_killed")
@pytest.mark.chaos
def test_a_crawl_over_its_limit_is_ended_on_its_node(office: Office) -> None:
    office.node()
    began = time.monotonic()
    report = office.crawl(office.source(delay=2.5, time_limit=0.05))
    assert report["verdict"] == "timeout"
    assert time.monotonic() - began < patient(45)
    node = scrapyd.Node(office.nodes[0].url, Crawl())
    wait_for(lambda: node.load() == 0, seconds=20)


@pytest.mark.slow
@pytest.mark.usefixtures("soon_killed")
def test_stopping_the_scheduler_ends_the_crawl(office: Office) -> None:
    office.node()
    stop = threading.Event()
    thread, reports = office.in_background(office.source(delay=3), stop=stop)
    wait_for(office.collected, seconds=60)
    stop.set()
    thread.join(patient(60))
    assert reports[0]["verdict"] == "partial", reports[0]["reasons"]


@pytest.mark.slow
def test_nodes_that_do_not_answer_are_passed_over_and_named_when_there_is_no_other(office: Office) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    source = office.source()
    report = office.crawl(source, settings=office.settings(dead))
    assert report["verdict"] == "failed"
    assert f"{dead}: nobody answers there" in report["reasons"][0]
    office.node()
    assert office.crawl(source, settings=office.settings(dead))["verdict"] == "ok"


@pytest.mark.chaos
def test_a_source_that_the_node_does_not_know_is_named(office: Office) -> None:
    office.node()
    office.source()
    source = office.source("baru")
    scrapyd.Node(office.nodes[0].url, Crawl()).load()
    (office.crawling.config / "sources" / "baru.toml").rename(office.folder / "baru.toml")
    report = office.crawl(source)
    assert report["verdict"] == "failed"
    assert "spider 'baru' not found" in report["reasons"][0]


@pytest.mark.chaos
def test_a_node_with_a_login_is_asked_with_it(office: Office) -> None:
    office.node(username="pantau", password="rahasia")
    source = office.source()
    report = office.crawl(source)
    assert "refuses the login; set crawl.user and PANTAU_SCRAPYD_PASSWORD" in report["reasons"][0]
    report = office.crawl(source, settings=office.settings(user="pantau", password=SecretStr("rahasia")))
    assert report["verdict"] == "ok"


def test_no_secret_is_told_to_a_node(office: Office) -> None:
    settings = office.settings("http://127.0.0.1:1").model_copy(
        update={"state": State(url="postgresql://pantau:rahasia@127.0.0.1/pantau")}
    )
    told = scrapyd.settings_for(settings, office.source(), "run", into_the_past=True)
    assert "rahasia" not in str(told)
    assert "postgresql" not in str(told)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"runner": "scrapyd"}, "needs nodes"),
        ({"nodes": ("http://a:6800", "http://a:6800")}, "named twice"),
        ({"nodes": ("http://a:6800",), "password": SecretStr("x")}, "never sent without TLS"),
        ({"nodes": ("ftp://a",)}, "takes a web address"),
    ],
)
def test_nodes_that_cannot_be_are_one_sentence(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Crawl(**section)


def test_nodes_elsewhere_need_a_state_that_they_can_reach(tmp_path: Path) -> None:
    section = Crawl(runner="scrapyd", nodes=("https://node.example.org",))
    with pytest.raises(ValidationError, match="keep the state on PostgreSQL"):
        Settings(config=tmp_path, var=tmp_path, crawl=section)
    assert Settings(config=tmp_path, var=tmp_path, crawl=section, state=State(url="postgresql://db.example.org/pantau"))
