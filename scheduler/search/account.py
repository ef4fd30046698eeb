"""Under whose name the embedded node runs, and where that account can work."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UID = 9200  # Elasticsearch refuses to run as root; a bare number needs no entry in /etc/passwd
ELSEWHERE = Path("/var/lib/pantau-elasticsearch")


class NodeError(Exception):
    """The embedded node cannot do what was asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the node: the caller's own, or for root the number 9200."""

    drops: bool

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
            return subprocess.run(["/bin/test", "-x", folder], check=False, cwd="/", **self.identity()).returncode == 0
        except (OSError, ValueError) as error:
            raise NodeError(
                "Elasticsearch must not run as root, and this machine does not let root become another user"
                f" ({error}); run Pantau as an ordinary user"
            ) from error

    def place(self, folder: Path) -> Path:
        """The folder itself if the account can enter it, else one below /var/lib that stands for it.

        A checkout below /root is closed to everybody else; there the node must work elsewhere. A link in the folder
        keeps the choice, so that later changes of permissions do not part the node from its data.
        """
        link = folder / "elsewhere"
        if link.is_symlink():
            return link.readlink()
        if self.enters(folder):
            return folder
        place = ELSEWHERE / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        try:
            place.mkdir(parents=True, exist_ok=True)
            ELSEWHERE.chmod(0o755)
            link.symlink_to(place)
        except OSError as error:
            raise NodeError(
                f"Elasticsearch must not run as root, and no other user can enter {folder}; move the checkout to a"
                f" folder that others can enter, or set PANTAU_VAR to one ({error})"
            ) from error
        return place

    def own(self, folder: Path) -> None:
        """Hand a folder and all in it to the account."""
        if self.drops:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, UID, UID, follow_symlinks=False)
        elif not os.access(folder, os.W_OK):
            raise NodeError(f"{folder} belongs to another user; give it to yours with `sudo chown -R $USER {folder}`")
