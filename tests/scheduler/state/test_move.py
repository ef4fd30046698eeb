"""A state moved into another database: nothing missing, nothing told again, and numbers that go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler.store import Store
from scheduler.ledger.ledger import Ledger
from scheduler.state.move import MoveError, all_tables, move
from tests.conftest import free_port
from tests.crawler.store.test_schema import ALL
from tests.database import postgres, programs
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.mail.case import DESK, NOW, hit


def test_every_table_is_taken_along_but_the_lease() -> None:
    known = {table.name for metadata in ALL for table in metadata.sorted_tables}
    assert {table.name for table in all_tables()} == known - {"leases"}


@pytest.mark.slow
@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_postgresql_goes_on_where_sqlite_left_off(tmp_path: Path, elasticsearch_url: str, alias: str) -> None:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias)
    rounds.collect(1, 2, 3)
    rounds.go()
    old = rounds.newsroom.store
    with postgres(free_port()) as server:
        url = f"{server.url}/postgres"
        moved = move(old.engine, url)
        new = Store(url)
        with old.engine.connect() as one, new.engine.connect() as other:
            counts = [
                [connection.scalar(select(func.count()).select_from(table)) for table in all_tables()]
                for connection in (one, other)
            ]
        assert counts[0] == counts[1]
        assert sum(counts[0]) == moved
        assert new.releases(["r0001"]) == old.releases(["r0001"])
        ledger = Ledger(new.engine)
        assert ledger.plan([DESK], domain="example.org", now=NOW + timedelta(minutes=5)) == 0, "all was told before"
        assert ledger.record([hit(9)], NOW) == 1, "numbers go on behind those that came along"
        assert ledger.plan([DESK], domain="example.org", now=NOW + timedelta(minutes=5)) == 1
        with pytest.raises(MoveError, match="not empty"):
            move(old.engine, url)
        new.engine.dispose()
    rounds.close()
