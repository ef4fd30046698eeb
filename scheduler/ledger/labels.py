"""What readers said of hits: whether a rule was right about a release. The training can learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from crawler.store.database import inserting
from scheduler.ledger.tables import hits, labels


@dataclass(frozen=True, slots=True)
class Label:
    """A reader's verdict on what a rule says of a release; the last one holds."""

    release_id: str
    rule: str
    verdict: bool
    at: datetime


def label(engine: Engine, one: Label) -> None:
    """Keep a verdict; an earlier one on the same release and rule gives way."""
    with engine.execution_options(writes=True).begin() as connection:
        row = inserting(connection.dialect.name, labels).values(
            release_id=one.release_id, rule=one.rule, verdict=one.verdict, at=one.at
        )
        changed = {"verdict": row.excluded.verdict, "at": row.excluded.at}
        connection.execute(row.on_conflict_do_update(index_elements=["release_id", "rule"], set_=changed))


def all_labels(engine: Engine) -> Iterator[Label]:
    """Every verdict, by release and rule."""
    with engine.connect() as connection:
        for row in connection.execute(select(labels).order_by(labels.c.release_id, labels.c.rule)).all():
            yield Label(row.release_id, row.rule, row.verdict, row.at)


def labels_of(engine: Engine, release_id: str) -> dict[str, bool]:
    """The verdicts on a release, by rule."""
    with engine.connect() as connection:
        rows = connection.execute(select(labels.c.rule, labels.c.verdict).where(labels.c.release_id == release_id))
        return {row.rule: row.verdict for row in rows}


def release_of(engine: Engine, hit_id: int) -> str | None:
    """The release that a hit is of; None if there is no such hit."""
    with engine.connect() as connection:
        found = connection.scalar(select(hits.c.release_id).where(hits.c.id == hit_id))
    return None if found is None else str(found)
