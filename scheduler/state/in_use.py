"""Is a scheduler at work on this state? What replaces or moves it must not be done beneath a living one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, delete, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from crawler.store.database import StoreError, open_engine
from scheduler.errors import PantauError
from scheduler.lease import HeldError, Lease, leases
from scheduler.process_id import spoken

PATIENCE = 120.0  # seconds; a holder that died on another machine is waited for less than a minute


class InUseError(PantauError):
    """A scheduler lives that works with this state."""


@contextmanager
def kept_still(engine: Engine) -> Iterator[None]:
    """Hold the timetable while the block runs, so that no scheduler works or begins to. Raises InUseError.

    One on another machine is told by its beats, so this may take most of a minute where a holder died there.
    """
    if not inspect(engine).has_table(leases.name):
        yield
        return
    lease = Lease(engine)
    stop = threading.Event()
    timer = threading.Timer(PATIENCE, stop.set)
    timer.daemon = True
    timer.start()
    try:
        if not lease.take(standby=False, stop=stop):
            raise InUseError(f"the state was in use for {PATIENCE:.0f} s: stop what works with it, then try again")
    except HeldError as error:
        with engine.connect() as connection:
            holder = connection.scalar(select(leases.c.holder))
        who = spoken(holder) if holder else "another process"
        raise InUseError(f"a scheduler is at work here ({who}): stop it first (systemctl stop pantau)") from error
    finally:
        timer.cancel()
    lease.keep()
    try:
        yield
    finally:
        lease.give_up()


@contextmanager
def kept_still_at(url: str) -> Iterator[None]:
    """The same for a state that is perhaps damaged: one that cannot be asked holds nobody up."""
    try:
        engine = open_engine(url)
        inspect(engine).has_table(leases.name)
    except (StoreError, SQLAlchemyError):  # that it is damaged may be the very reason for a restore
        yield
        return
    try:
        with kept_still(engine):
            yield
    finally:
        engine.dispose()


def forget_holders(url: str) -> None:
    """Take out of a restored state who held the timetable when it was copied."""
    engine = open_engine(url)
    try:
        if inspect(engine).has_table(leases.name):
            with engine.execution_options(writes=True).begin() as connection:
                connection.execute(delete(leases))
    finally:
        engine.dispose()
