"""Under whose name the embedded node runs, and where that account can work."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.errors import PantauError

UID = 9200  # Elasticsearch refuses to run as root; a bare number needs no entry in /etc/passwd
ELSEWHERE = Path("/var/lib/pantau-elasticsearch")
LINK = "elsewhere"


class NodeError(PantauError):
    """The embedded node cannot do what was asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the node: the caller's own, or for root the number 9200."""

    drops: bool
    elsewhere: Path = ELSEWHERE

    @classmethod
    def of_caller(cls) -> Account:
        """The account for whoever runs this process."""
        return cls(drops=os.geteuid() == 0)

    def identity(self) -> dict[str, Any]:
        """What `subprocess` needs in order to start a process under this account."""
        return {"user": UID, "group": UID, "extra_groups": []} if self.drops else {}

    def enters(self, folder: Path) -> bool:
        """Whether the account can enter a folder, or the nearest one above it that exists."""
        if not self.drops:
            return True
        while not folder.exists():
            folder = folder.parent
        try:
            asked = subprocess.run(
                ["test", "-x", folder], check=False, cwd="/", env={"PATH": os.defpath}, **self.identity()
            )
        except (OSError, ValueError) as error:
            raise NodeError(
                "Elasticsearch must not run as root, and this machine does not let root become another user"
                f" ({error}); run Pantau as an ordinary user"
            ) from error
        return asked.returncode == 0

    def place(self, folder: Path) -> Path:
        """The folder itself if the account can enter it, else one below /var/lib that stands for it.

        A checkout below /root is closed to everybody else; there the node must work elsewhere. A link in the folder
        keeps the choice, so that later changes of permissions do not part the node from its data.
        """
        link = folder / LINK
        if link.is_symlink():
            return link.readlink()
        if self.enters(folder):
            return folder
        return self.elsewhere / hashlib.sha256(str(folder).encode()).hexdigest()[:12]

    def settle(self, folder: Path) -> Path:
        """Make the folder and the place where the account works for it. Raises NodeError."""
        try:
            _make(folder)
            place = self.place(folder)
            if place != folder:
                _make(place.parent)
                _make(place)
                if not (folder / LINK).is_symlink():
                    (folder / LINK).symlink_to(place)
        except OSError as error:
            raise NodeError(
                f"{error.filename}: cannot be made ({error.strerror}); set PANTAU_VAR to another folder"
            ) from error
        if not self.enters(place):
            raise NodeError(
                f"Elasticsearch must not run as root, and no other user can enter {place}; set PANTAU_VAR to a folder"
                " that others can enter, or run Pantau as an ordinary user"
            )
        return place

    def own(self, folder: Path) -> None:
        """Hand a folder and all in it to the account."""
        if self.drops:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, UID, UID, follow_symlinks=False)
        elif not os.access(folder, os.W_OK):
            raise NodeError(f"{folder} belongs to another user; give it to yours with `sudo chown -R $USER {folder}`")


def _make(folder: Path) -> None:
    """Make a folder that others can enter, whatever the umask; one that is there stays as it is."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
