"""A delivering process that is killed at any moment: what it left is sent by the next one, and nothing is doubled."""

from __future__ import annotations

import mailbox
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from crawler.store.tables import releases
from scheduler.jobs.deliver import deliver
from scheduler.ledger.ledger import Ledger
from scheduler.mail.send import MaildirSender, SmtpSender
from scheduler.settings import Smtp, Subscription
from tests.scheduler.mail.case import NOW, collect, hit, mail_settings, newsroom_with, release
from tests.scheduler.mail.server import smtp_server
from tests.tiers import in_chaos

READERS = Subscription(name="all", to=tuple(f"reader{n}@example.org" for n in range(12)), rules=("*",))
ROUNDS = 5

# Delivers until it is killed; the clock stands still, so that only a killed process's claim can be taken over.
PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from scheduler.jobs.deliver import deliver
from scheduler.mail.send import sender_for
from scheduler.settings import Smtp
from tests.scheduler.jobs.test_deliver_killed import READERS
from tests.scheduler.mail.case import NOW, mail_settings, open_state

folder, port = Path(sys.argv[1]), int(sys.argv[2])
smtp = Smtp(host="127.0.0.1" if port else None, port=port or 587, security="none", timeout=60)
store, ledger = open_state(folder)
print("begins", flush=True)
deliver(ledger, store, sender_for(smtp, folder / "mail"), mail_settings(READERS, smtp=smtp), now=NOW)
print("ends", flush=True)
"""


def kill_some(folder: Path, port: int, seed: int, program: str = PROGRAM) -> int:
    """Start processes and kill each at a random moment; returns how many were killed at work."""
    chance = random.Random(seed)
    killed = 0
    for _ in range(ROUNDS):
        process = subprocess.Popen([sys.executable, "-c", program, str(folder), str(port)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        killed += b"ends" not in rest
    return killed


def every_mail_is_accepted(ledger: Ledger) -> set[str]:
    """All mails of all readers are accepted; returns their Message-IDs."""
    with ledger.engine.connect() as connection:
        states = set(connection.scalars(text("select state from mails")))
        ids = set(connection.scalars(text("select message_id from mails")))
        carried = connection.scalar(text("select count(*) from mail_hits"))
    assert states == {"accepted"}
    assert len(ids) == len(READERS.to)
    assert carried == len(READERS.to) * 6
    return ids


@pytest.mark.parametrize("seed", [1, *in_chaos(2)])
def test_a_killed_process_loses_no_mail_and_repeats_one_only_under_its_message_id(tmp_path: Path, seed: int) -> None:
    store, ledger = newsroom_with(tmp_path, 3, [READERS])
    with smtp_server(tmp_path, starttls=False) as server:
        server.post.pause = 0.03
        killed = kill_some(tmp_path, server.port, seed)
        assert killed, "the test must kill a process at work"
        smtp = Smtp(host="127.0.0.1", port=server.port, security="none", timeout=60)
        deliver(ledger, store, SmtpSender(smtp), mail_settings(READERS, smtp=smtp), now=NOW)
        time.sleep(0.1)  # the server may still hold what a killed process had handed over
    ids = every_mail_is_accepted(ledger)
    counts = server.post.message_ids()
    assert set(counts) == ids
    # A mail is repeated only when a process died between handing it over and hearing or noting the answer.
    assert sum(counts.values()) <= len(ids) + killed


@pytest.mark.chaos
def test_a_killed_process_leaves_each_mail_in_the_maildir_exactly_once(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 3, [READERS])
    assert kill_some(tmp_path, 0, seed=3)
    deliver(ledger, store, MaildirSender(tmp_path / "mail"), mail_settings(READERS), now=NOW)
    ids = every_mail_is_accepted(ledger)
    counts = Counter(str(message["Message-ID"]) for message in mailbox.Maildir(tmp_path / "mail", create=False))
    assert counts == Counter(ids)


@pytest.mark.chaos
def test_follow_ups_of_a_killed_process_are_each_mailed_exactly_once(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 3, [READERS])
    sender = MaildirSender(tmp_path / "mail")
    deliver(ledger, store, sender, mail_settings(READERS), now=NOW)
    first = {str(message["Message-ID"]) for message in mailbox.Maildir(tmp_path / "mail", create=False)}
    later = NOW + timedelta(hours=1)
    with store.transaction() as connection:
        connection.execute(update(releases).where(releases.c.id == "r0001").values(withdrawn_at=later))
    collect(store, release(2, text="Ditunda.", collected_at=later))  # an edit that raises no rule any more
    store.settle("indexed", {"r0002": 2})
    store.settle("matched", {"r0002": 2})
    assert kill_some(tmp_path, 0, seed=4, program=PROGRAM.replace("now=NOW)", "now=NOW + timedelta(hours=1))"))
    deliver(ledger, store, sender, mail_settings(READERS), now=later)
    follow_ups = [m for m in mailbox.Maildir(tmp_path / "mail", create=False) if str(m["Message-ID"]) not in first]
    assert len(follow_ups) == len(READERS.to)
    assert {str(message["In-Reply-To"]) for message in follow_ups} == first
    with ledger.engine.connect() as connection:
        assert set(connection.scalars(text("select state from mails"))) == {"accepted"}
        assert connection.scalar(text("select count(*) from mail_notes")) == 2 * len(READERS.to)


def test_a_process_killed_while_recording_leaves_all_hits_or_none(tmp_path: Path) -> None:
    _, ledger = newsroom_with(tmp_path, 0, [READERS])
    code = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from tests.scheduler.mail.case import NOW, hit, open_state\n"
        "def hits():\n"
        "    yield hit(1); yield hit(2)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "open_state(Path(sys.argv[1]))[1].record(hits(), NOW)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == -signal.SIGKILL
    assert ledger.record([hit(1), hit(2)], NOW) == 2
