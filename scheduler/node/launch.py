"""How the embedded node is launched: its files, its command line, its environment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SETTINGS = """\
cluster.name: pantau
node.name: pantau
path.data: {run}/data
path.logs: {run}/logs
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.type: single-node
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
# No log of garbage collections and no dumps of the heap: they would fill the disk of an unattended machine.
JVM = """\
-Xms{heap}
-Xmx{heap}
-Xlog:disable
-Xlog:all=warning:stderr:utctime,level,tags
-XX:-HeapDumpOnOutOfMemoryError
"""
# What marks the telling line of a failed launch, the best first: the server's own fault, the virtual machine's, any.
TELLING = ("fatal exception", "Error occurred", "Caused by:", "ERROR", "Exception")


def write_config(place: Path, home: Path, *, port: int, heap: str) -> None:
    """Write the node's files below `place`/run; data that lie there stay."""
    run = place / "run"
    for name in ("config/jvm.options.d", "data", "logs", "tmp"):
        (run / name).mkdir(parents=True, exist_ok=True)
    for name in ("jvm.options", "log4j2.properties"):
        shutil.copy(home / "config" / name, run / "config" / name)
    # From 100 ports on: a node finds itself a free one, and nobody else needs to know it.
    transport = f"{port + 100}-{min(port + 199, 65535)}"
    (run / "config" / "elasticsearch.yml").write_text(SETTINGS.format(run=run, port=port, transport=transport))
    (run / "config" / "jvm.options.d" / "pantau.options").write_text(JVM.format(heap=heap))


def command(home: Path, place: Path, java: Path) -> list[str]:
    """The command line; it ends when the node is up, and leaves it running in the background."""
    run = place / "run"
    if not (home / "lib" / "tools" / "server-launcher").is_dir():  # that came with Elasticsearch 9
        launcher = [
            "-Dcli.name=server",
            "-Dcli.script=bin/elasticsearch",
            "-Dcli.libs=lib/tools/server-cli",
            f"-Des.path.home={home}",
            f"-Des.path.conf={run / 'config'}",
            "-Des.distribution.type=zip",
            *("-cp", f"{home}/lib/*:{home}/lib/cli-launcher/*"),
            "org.elasticsearch.launcher.CliToolLauncher",
        ]
    else:
        launcher = ["-cp", f"{home}/lib/tools/server-launcher/*", "org.elasticsearch.server.launcher.ServerLauncher"]
    small = ["-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"]
    return [str(java / "bin" / "java"), *small, *launcher, "-d", "-p", str(run / "pid")]


def environment(home: Path, place: Path, java: Path) -> dict[str, str]:
    """The environment: nothing of the caller's, so that no JAVA_TOOL_OPTIONS or secret of his reaches the node."""
    run = place / "run"
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOSTNAME": "localhost",
        "ES_HOME": str(home),
        "ES_PATH_CONF": str(run / "config"),
        "ES_TMPDIR": str(run / "tmp"),
        "LIBFFI_TMPDIR": str(run / "tmp"),
        "ES_DISTRIBUTION_TYPE": "zip",
        "ES_JAVA_HOME": str(java),
        "JAVA": str(java / "bin" / "java"),
        "JAVA_TYPE": "ES_JAVA_HOME",
    }


def last_words(log: Path) -> str:
    """What a launch log tells of its failure: the most telling line and the one after it."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    for sign in TELLING:
        for number, line in enumerate(lines):
            if sign in line:
                return " ".join(lines[number : number + 2])[:400]
    return next((line for line in reversed(lines) if line), "it gave no reason")[:400]
