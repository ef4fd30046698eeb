"""The lease on the timetable: one holder, a standby that takes over, and a holder that knows when it has lost it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.store import Store
from scheduler.lease import LOST, SILENT, HeldError, Lease
from scheduler.process_id import claimant
from tests.database import ON_POSTGRES, open_store, state_url
from tests.patience import patient

ELSEWHERE = "otherhost/boot/pid:[1]|77|1"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.engine.dispose()


def held_by(store: Store, holder: str, beat: int = 0) -> None:
    with store.transaction() as connection:
        connection.execute(text("delete from leases"))
        connection.execute(
            text("insert into leases (name, holder, beat) values ('timetable', :holder, :beat)"),
            {"holder": holder, "beat": beat},
        )


def test_a_free_lease_is_taken_and_given_back(store: Store) -> None:
    lease = Lease(store.engine)
    assert lease.tried() is None
    assert lease.beat()
    lease.give_up()
    assert not lease.beat()
    assert lease.lost


def test_a_silent_holder_elsewhere_is_followed_only_after_its_time(store: Store) -> None:
    held_by(store, ELSEWHERE)
    clock = Clock()
    lease = Lease(store.engine, clock=clock)
    assert lease.tried() == ELSEWHERE
    clock.seconds += SILENT - 1
    assert lease.tried() == ELSEWHERE
    clock.seconds += 1
    assert lease.tried() is None


def test_each_beat_of_a_holder_elsewhere_begins_the_wait_anew(store: Store) -> None:
    clock = Clock()
    lease = Lease(store.engine, clock=clock)
    for beat in range(6):
        held_by(store, ELSEWHERE, beat)
        assert lease.tried() == ELSEWHERE
        clock.seconds += SILENT - 1
    assert lease.tried() == ELSEWHERE, "it was silent for less than the time"


def test_a_holder_that_could_not_beat_counts_itself_out_before_another_begins(store: Store) -> None:
    clock = Clock()
    lease = Lease(store.engine, clock=clock)
    assert lease.tried() is None
    clock.seconds += LOST - 1
    assert not lease.lost
    clock.seconds += 1
    assert lease.lost


def test_one_that_cannot_beat_is_out_ten_seconds_before_it_is_followed_and_that_within_a_minute(store: Store) -> None:
    clock = Clock()
    holder, other = Lease(store.engine, clock=clock), Lease(store.engine, clock=clock)
    holder.me = ELSEWHERE
    assert holder.tried() is None
    assert other.tried() == ELSEWHERE
    began, out, followed = clock.seconds, 0.0, 0.0
    while not followed and clock.seconds < began + 300:
        clock.seconds += 1
        if holder.lost and not out:
            out = clock.seconds - began
        if other.tried() is None:
            followed = clock.seconds - began
    assert out > 0, "it counts itself out"
    assert out + 10 <= followed < 60, "its crawls have ten seconds to end"


@pytest.mark.skipif(not ON_POSTGRES, reason="on SQLite nobody can write in between")
def test_a_late_sign_of_life_in_the_moment_of_the_takeover_keeps_the_lease(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by(store, ELSEWHERE)
    clock = Clock()
    lease = Lease(store.engine, clock=clock)
    assert lease.tried() == ELSEWHERE
    clock.seconds += SILENT

    def beats_now(holder: str, beat: int) -> bool:
        other = open_store(tmp_path)
        holding = Lease(other.engine)
        holding.me = holder
        assert holding.beat()
        return True

    monkeypatch.setattr(lease, "_is_silent", beats_now)
    assert lease.tried() == ELSEWHERE


def test_a_holder_that_slept_through_its_time_finds_the_lease_taken(store: Store) -> None:
    lease = Lease(store.engine)
    assert lease.tried() is None
    held_by(store, ELSEWHERE)
    assert not lease.beat()
    assert lease.lost
    lease.give_up()
    with store.engine.connect() as connection:
        assert connection.scalar(text("select holder from leases")) == ELSEWHERE, "it is not taken from its new holder"


def test_without_standby_one_that_lives_is_left_in_peace_with_its_name(store: Store) -> None:
    alive = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        here = claimant().split("|")[0]
        started = Path(f"/proc/{alive.pid}/stat").read_text().rpartition(")")[2].split()[19]
        held_by(store, f"{here}|{alive.pid}|{started}")
        with pytest.raises(HeldError, match=rf"process {alive.pid} on .*--standby"):
            Lease(store.engine).take(standby=False, stop=threading.Event())
    finally:
        alive.kill()
        alive.wait()
    assert Lease(store.engine).take(standby=False, stop=threading.Event()), "a dead one of this machine leaves it free"


@pytest.mark.slow
def test_without_standby_one_elsewhere_is_left_in_peace_once_it_was_seen_to_live(store: Store) -> None:
    held_by(store, ELSEWHERE)
    beats = threading.Timer(1.5, held_by, [store, ELSEWHERE, 1])
    beats.start()
    with pytest.raises(HeldError, match="process 77 on otherhost"):
        Lease(store.engine).take(standby=False, stop=threading.Event())
    beats.join()


def test_one_that_waits_can_be_stopped(store: Store) -> None:
    held_by(store, ELSEWHERE)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert not Lease(store.engine).take(standby=True, stop=stop)


HOLD = """
import sys, threading, time
from crawler.store import Store
from scheduler import lease
lease.BEAT, lease.LOST, lease.SILENT, lease.LOOK = 0.3, 2.0, 5.0, 0.2
one = lease.Lease(Store(sys.argv[1]).engine)
one.me = sys.argv[2] + "|" + one.me.partition("|")[2]  # as on a machine of its own
assert one.take(standby=True, stop=threading.Event())
print("begins", time.monotonic(), flush=True)
one.keep()
while not one.lost:
    time.sleep(0.05)
print("ends", time.monotonic(), flush=True)
"""


def word(process: subprocess.Popen[str]) -> tuple[str, float]:
    assert process.stdout is not None
    said, moment = process.stdout.readline().split()
    return said, float(moment)


@pytest.mark.slow
def test_of_two_machines_one_works_and_one_that_hangs_is_followed(tmp_path: Path) -> None:
    url = state_url(tmp_path)
    open_store(tmp_path).engine.dispose()
    machines = []
    try:
        for name in ("one/b/pid:[1]", "two/b/pid:[2]"):
            machines.append(
                subprocess.Popen([sys.executable, "-c", HOLD, url, name], stdout=subprocess.PIPE, text=True)
            )
            if len(machines) == 1:
                assert word(machines[0])[0] == "begins"
        holder, other = machines
        time.sleep(6)  # longer than the silence that is waited for
        os.kill(holder.pid, signal.SIGSTOP)  # as if its machine hung; it cannot count itself out now
        hangs = time.monotonic()
        said, at = word(other)
        assert said == "begins"
        assert 4 <= at - hangs <= patient(15), "not while the holder was alive, and soon after it hung"
        os.kill(holder.pid, signal.SIGCONT)
        assert word(holder)[0] == "ends", "it finds out by its next beat"
    finally:
        for machine in machines:
            machine.kill()
            machine.communicate()
