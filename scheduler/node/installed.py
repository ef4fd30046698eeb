"""An official Elasticsearch that somebody has unpacked, for the embedded node to run instead of the one from Maven."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scheduler.node.account import Account, NodeError
from scheduler.node.java import java_home, version_of

SERVER = re.compile(r"elasticsearch-(\d+)\.(\d+)\.(\d+)\.jar")
LEAST = 8  # the client speaks to 8.19 and 9
JAVA = {8: 17, 9: 21}  # what each series needs; a distribution brings it along
NEEDED = ("config/jvm.options", "config/log4j2.properties", "modules")


@dataclass(frozen=True, slots=True)
class InstalledProgram:
    """An unpacked distribution: its folder, its version, and the Java that runs it."""

    home: Path
    version: str
    java: Path


def installed_program(home: Path, account: Account) -> InstalledProgram:
    """Look at a folder that `elasticsearch.home` names. Raises NodeError, which says what is wrong with it."""
    found = next((hit for path in sorted((home / "lib").glob("*.jar")) if (hit := SERVER.fullmatch(path.name))), None)
    lacks = [name for name in NEEDED if not (home / name).exists()]
    if found is None or lacks:
        raise NodeError(
            f"{home} is no unpacked Elasticsearch ({lacks[0] if lacks else 'lib/elasticsearch-*.jar'} is missing):"
            " let PANTAU_NODE_HOME name the folder that holds bin, lib and modules"
        )
    major, version = int(found[1]), ".".join(found.groups())
    if major < LEAST:
        raise NodeError(f"{home} is Elasticsearch {version}; Pantau works with 8.19 and 9")
    if not account.enters(home):
        raise NodeError(
            f"Elasticsearch must not run as root, and no other user can enter {home}:"
            " put it where others can enter, such as /opt/elasticsearch"
        )
    least = JAVA.get(major, max(JAVA.values()))
    bundled = home / "jdk"
    if (version_of(bundled, account) or 0) >= least:
        return InstalledProgram(home, version, bundled)
    java = java_home(least, account)
    if java is None:
        raise NodeError(
            f"{home} brings no Java along (jdk), and Java {least} is not installed: unpack it anew, or install one"
        )
    return InstalledProgram(home, version, java)
