"""A whole Pantau in a folder of its own: configuration on the replica, its own state, index and mailbox."""

from __future__ import annotations

import json
import mailbox
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from email.message import Message
from pathlib import Path
from typing import Any

from tests.database import state_url
from tests.forked import PANTAU, Forked, run
from tests.patience import patient
from tests.replica import Replica

ROOT = Path(__file__).resolve().parents[1]


class Workplace:
    """Runs the real command on the replica sites; everything it writes lies below `folder`."""

    def __init__(self, folder: Path, replica: Replica, elasticsearch_url: str) -> None:
        self.folder = folder
        self.replica = replica
        self.index = f"pantau-test-{uuid.uuid4().hex[:12]}"
        self.config = folder / "config"
        shutil.copytree(ROOT / "config", self.config, ignore=shutil.ignore_patterns("sources"))
        replica.write_sources(ROOT / "config" / "sources", self.config / "sources")
        settings = (self.config / "pantau.toml").read_text(encoding="utf-8")
        self.settings(settings.replace('index = "pantau-releases"', f'index = "{self.index}"'))
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")} | {
            "PANTAU_CONFIG": str(self.config),
            "PANTAU_VAR": str(folder / "var"),
            "PANTAU_STATE_URL": state_url(folder / "var"),
            "PANTAU_ELASTICSEARCH_URL": elasticsearch_url,
        }

    def settings(self, text: str) -> None:
        """Replace `pantau.toml`."""
        (self.config / "pantau.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end."""
        return run([PANTAU, *words], env=self.env, timeout=patient(timeout))

    def start(self, *words: str) -> Forked:
        """Start a verb and go on."""
        return Forked(
            [PANTAU, *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip

    def json(self, *words: str) -> list[dict[str, Any]]:
        """Run a verb with `--json`; whatever it prints must be JSON, a line each."""
        done = self.run(*words, "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def mails(self) -> list[Message]:
        """The mails in the Maildir."""
        folder = self.folder / "var" / "mail"
        return list(mailbox.Maildir(folder, create=False)) if folder.is_dir() else []

    def kill(self, process: Forked) -> None:
        """`kill -9` a verb and everything it started, as a power cut would."""
        children = subprocess.run(["pgrep", "-f", str(self.folder)], capture_output=True, text=True).stdout.split()
        for pid in [process.pid, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.communicate()


def wait_for(what: Any, *, seconds: float, every: float = 0.2) -> Any:
    """Call `what` until it gives something true; fails when the time, stretched to this machine, is over."""
    end = time.monotonic() + patient(seconds)
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(every)
    raise AssertionError(f"nothing came of it within {patient(seconds):.0f} s")


def links_in(message: Message) -> set[str]:
    """The web addresses in a mail's plain text, those of related releases too."""
    return set(re.findall(r"https?://[^\s<>]+", text_of(message)))


def items_in(message: Message) -> list[str]:
    """The addresses of the releases that a mail is about: what is only named beside has blanks before it."""
    return re.findall(r"^(https?://\S+)$", text_of(message), re.MULTILINE)


def text_of(message: Message) -> str:
    """A mail's plain text."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode("utf-8").replace("\r\n", "\n")
    return ""
