"""The lease on the timetable: of several schedulers on one database one works, and another takes over when it dies.

No clock is compared with another machine's. The holder counts a number up; one that waits has to see it stand still
for SILENT seconds of its own before it takes over, and a holder that cannot count up stops by itself well before.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, Text, delete, insert, select, update

from crawler.store import StoreError
from scheduler.errors import PantauError
from scheduler.process_id import claimant, is_gone, same_space, spoken

BEAT = 5.0  # seconds between two beats of the holder
# A holder without a beat for so long counts itself out; its crawls have GRACE (10 s) to end. More than the 30 s that a
# write of ours may take on SQLite, where all wait for one another.
LOST = 36.0
SILENT = 50.0  # a lease without a beat for so long is free; more than LOST and GRACE together
LOOK = 1.0  # between two looks of one that waits

log = logging.getLogger(__name__)

metadata = MetaData()
leases = Table(
    "leases",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("beat", Integer, nullable=False),
)


def holder(engine: Engine, name: str = "timetable") -> str | None:
    """The process that holds a lease, as `claimant` names it; None when there is none, or it has surely ended."""
    with engine.connect() as connection:
        found = connection.scalar(select(leases.c.holder).where(leases.c.name == name))
    return None if found is None or is_gone(found) else str(found)


class HeldError(PantauError):
    """Another process holds the lease, and lives."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A holder's beat, since when it has stood at that, and whether it was ever seen to move."""

    holder: str
    beat: int
    since: float
    moved: bool = False


class Lease:
    """One process's view of the lease called `name`; `clock` gives seconds that only ever grow."""

    def __init__(self, engine: Engine, name: str = "timetable", clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self.name = name
        self.clock = clock
        self.me = claimant()
        self._seen: Seen | None = None
        self._beaten = clock()
        self._done = threading.Event()

    def take(self, *, standby: bool, stop: threading.Event) -> bool:
        """Wait until the lease is ours: True; False when `stop` was set first.

        Raises HeldError when another process of this machine holds it, or one elsewhere that is seen to live; with
        `standby` these are waited for.
        """
        told = None
        while True:
            try:
                holder = self.tried()
            except StoreError as error:
                holder = None
                log.warning("the timetable could not be asked for: %s", error)
            else:
                if holder is None:
                    return True
                if not standby and self._surely_lives(holder):
                    who = spoken(holder)
                    raise HeldError(f"a scheduler already runs as {who}; stop it first, or use --standby to wait")
            if holder is not None and told != holder:
                log.info("%s holds the timetable; waiting", spoken(holder))
                told = holder
            if stop.wait(LOOK):
                return False

    def tried(self) -> str | None:
        """Take the lease if it is free, its holder dead or silent: None. Else gives its holder."""
        begun = self.clock()
        with self.engine.execution_options(writes=True).begin() as connection:
            row = connection.execute(select(leases).where(leases.c.name == self.name)).one_or_none()
            if row is None:
                connection.execute(insert(leases).values(name=self.name, holder=self.me, beat=0))
            elif row.holder != self.me and not is_gone(row.holder) and not self._is_silent(row.holder, row.beat):
                return str(row.holder)
            else:
                # A holder that gives a late sign of life in this very moment keeps it.
                same = (leases.c.name == self.name) & (leases.c.holder == row.holder) & (leases.c.beat == row.beat)
                change = update(leases).where(same).values(holder=self.me, beat=row.beat + 1)
                if connection.execute(change).rowcount != 1:
                    return str(row.holder)
                if row.holder != self.me:
                    log.warning("took the timetable over from %s", spoken(row.holder))
        self._beaten = begun
        return None

    def beat(self) -> bool:
        """Say that we live; False when the lease is another's by now. Raises what the database raises."""
        begun = self.clock()
        ours = (leases.c.name == self.name) & (leases.c.holder == self.me)
        with self.engine.begin() as connection:  # it is one statement, and need not wait for other writers' turns
            held = connection.execute(update(leases).where(ours).values(beat=leases.c.beat + 1)).rowcount == 1
        self._beaten = begun if held else -math.inf
        return held

    @property
    def lost(self) -> bool:
        """Whether another one may have it by now: no beat has come through for LOST seconds, or it was taken."""
        return self.clock() - self._beaten >= LOST

    def keep(self) -> None:
        """Go on saying that we live, in a thread of its own, until `give_up`."""
        threading.Thread(target=self._keep, name="lease", daemon=True).start()

    def give_up(self) -> None:
        """Let another one have it at once; also when the database is not there to be told."""
        self._done.set()
        ours = (leases.c.name == self.name) & (leases.c.holder == self.me)
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                connection.execute(delete(leases).where(ours))
        except StoreError as error:
            log.warning("the timetable could not be handed back: %s", error)

    def _keep(self) -> None:
        while not self._done.wait(BEAT):
            try:
                if not self.beat():
                    return
            except StoreError as error:
                log.warning("no sign of life could be given: %s", error)

    def _surely_lives(self, holder: str) -> bool:
        """Whether it is a process of this machine, where `is_gone` would know; or its beat was seen to move."""
        return same_space(holder) or (self._seen is not None and self._seen.moved)

    def _is_silent(self, holder: str, beat: int) -> bool:
        now, seen = self.clock(), self._seen
        if seen is None or seen.holder != holder:
            self._seen = seen = Seen(holder, beat, now)
        elif seen.beat != beat:
            self._seen = seen = Seen(holder, beat, now, moved=True)
        return now - seen.since >= SILENT
