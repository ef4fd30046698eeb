"""The files for running Pantau on a server name nothing that is not there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scheduler.environment import ENVIRONMENT, OTHERS
from scheduler.settings import ROOT

DEPLOY = ROOT / "config" / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("pantau*.*"))
KNOWN = {*OTHERS, *ENVIRONMENT, *(f"{name}_FILE" for name in ENVIRONMENT)}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units_where_they_are_to_be_installed(tmp_path: Path) -> None:
    done = verified(tmp_path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    unit = tmp_path / "etc" / "systemd" / "system" / "pantau.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("RestartSec=", "RestrtSec="), encoding="utf-8")
    assert "RestrtSec" in analysed(tmp_path).stderr, "it does look"


def verified(root: Path) -> subprocess.CompletedProcess[str]:
    """What systemd says of the units below a root that holds what they name."""
    for name in ("opt/pantau/.venv/bin/pantau", "usr/bin/find"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#!/bin/sh\n")
        (root / name).chmod(0o755)
    own = root / "etc" / "systemd" / "system"
    own.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(DEPLOY / name, own / name)
    for folder in (Path("/usr/lib/systemd/system"), Path("/lib/systemd/system")):
        if folder.is_dir():
            shutil.copytree(folder, root / "usr/lib/systemd/system", symlinks=True)
            break
    return analysed(root)


def analysed(root: Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "verify", "--man=no", f"--root={root}", *UNITS]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", [*UNITS, "compose.yaml", "Dockerfile", "README.md"])
def test_every_variable_of_ours_is_one_that_pantau_knows(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    own = {"PANTAU_PASSWORD"}  # of compose.yaml itself
    assert set(re.findall(r"PANTAU_[A-Z_]+\b", text)) - own <= KNOWN


def test_the_containers_have_the_secrets_and_ports_that_they_are_told_of() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"/run/secrets/([a-z-]+)", text))
    assert named == {"smtp-password", "web-password", "web-token"}
    for name in named:
        assert f"file: ./secrets/{name}" in text
        assert re.search(rf"secrets: \[.*\b{name}\b.*\]", text)
    assert "127.0.0.1:8080:8080" in text
    assert "PANTAU_WEB_LISTEN: 0.0.0.0" in text
    assert "PANTAU_ELASTICSEARCH_USER: pantau" in text
    assert "roles/writer.json" in text
    for variable in re.findall(r"\$\{(\w+):[?-]", text):
        assert variable in (DEPLOY / "README.md").read_text(encoding="utf-8")


def test_each_image_can_be_held_to_a_digest() -> None:
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    images = re.findall(r"image: (.*)", compose)
    assert len(images) == 3
    assert all(re.fullmatch(r"\$\{\w+_IMAGE:-[\w./-]+:[\d.]+\}", image) for image in images)
    froms = re.findall(r"(?m)^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert set(froms) == {"${PYTHON_IMAGE}"}
