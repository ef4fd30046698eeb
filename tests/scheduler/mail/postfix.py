"""A real Postfix on a loopback port: its own configuration, queue and mailboxes, nothing of the machine's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.patience import patient
from tests.scheduler.mail.server import free_port

SERVICES = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
SETTINGS = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
alias_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ desk@example.org=desk/ later@example.org=later/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/server.pem
smtpd_tls_key_file = {folder}/server.key
smtpd_recipient_restrictions = {greylist} reject_unauth_destination
"""
GREYLIST = "check_recipient_access inline:{ { later@example.org = 451 4.7.1 come back later } },"


@dataclass(frozen=True)
class Postfix:
    """A running Postfix; mail for desk@ and later@ is taken, later@ only once `stop_greylisting` was called."""

    folder: Path
    port: int
    ca_file: Path

    def configure(self, greylist: str) -> None:
        """Write the configuration."""
        owner = pwd.getpwnam("postfix")
        facts = {"folder": self.folder, "uid": owner.pw_uid, "gid": owner.pw_gid, "greylist": greylist}
        (self.folder / "main.cf").write_text(SETTINGS.format(**facts), encoding="utf-8")
        (self.folder / "master.cf").write_text(SERVICES.format(port=self.port), encoding="utf-8")

    def stop_greylisting(self) -> None:
        """Let later@ in from now on."""
        self.configure("")
        self.say("reload")
        time.sleep(1)

    def say(self, word: str) -> None:
        """Start, reload or stop it."""
        subprocess.run(["postfix", "-c", str(self.folder), word], check=True, capture_output=True, timeout=patient(60))

    def mails(self, box: str, at_least: int = 0) -> list[bytes]:
        """What lies in a mailbox, after waiting a little for as many as are expected."""
        new = self.folder / "boxes" / box / "new"
        for _ in range(int(patient(100))):
            if len(found := list(new.glob("*"))) >= at_least:
                break
            time.sleep(0.1)
        return [path.read_bytes() for path in found]

    def log(self) -> str:
        """What Postfix has logged."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


def missing() -> str | None:
    """Why Postfix cannot run here, or None."""
    if os.geteuid() != 0:
        return "Postfix must be started by root"
    if shutil.which("postfix") is None:
        return "Postfix is not installed (apt-get install --no-install-recommends postfix)"
    return None


@contextmanager
def postfix_server() -> Iterator[Postfix]:
    """Run a Postfix of our own and remove every trace of it."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-postfix-"))
    folder.chmod(0o755)  # its processes give up root and must still get here
    owner = pwd.getpwnam("postfix")
    for name in ("queue", "data", "boxes"):
        (folder / name).mkdir()
    for name in ("data", "boxes"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "server.pem", append=True)
    server = Postfix(folder, free_port(), folder / "ca.pem")
    server.configure(GREYLIST)
    try:
        server.say("start")
        yield server
    finally:
        subprocess.run(["postfix", "-c", str(folder), "stop"], capture_output=True, timeout=patient(60))
        shutil.rmtree(folder, ignore_errors=True)
