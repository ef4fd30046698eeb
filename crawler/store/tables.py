"""The tables of the state database, in SQLAlchemy Core; the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused, since nobody could say what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; what is stored is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


pages = Table(
    "pages",
    metadata,
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("source", String(48), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("status", Integer),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String(64)),
    Column("release_id", String(32)),
    Column("first_seen", Moment, nullable=False),
    Column("last_fetched", Moment, nullable=False),
    # Of a page that came to nothing: how often it was tried, and what the listing says of it.
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("listed", JSON(none_as_null=True)),
    Index("pages_by_source", "source", "last_fetched"),
    Index("pages_by_first_sight", "source", "first_seen"),
    Index("pages_by_attempts", "source", "attempts"),
)

# Known pages whose last second looks came to nothing: `failed` of them in a row told nothing of the release, `gone` of
# them, since it was last there, were answered with "there is no such page". What is there has no row.
second_looks = Table(
    "second_looks",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
)

# The newest state of each release; `release_revisions` keeps all of them, this one included.
releases = Table(
    "releases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("source", String(48), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lang", String(8)),
    Column("published", Moment),
    Column("utc_offset", Integer),  # seconds east of UTC, as the source wrote its time
    Column("precision", String(8)),
    Column("date_source", Text),
    Column("date_conflict", Text),
    Column("number", Text),
    Column("canonical", Text),
    Column("attachments", JSON, nullable=False),
    Column("evidence_sha256", String(64)),
    Column("evidence_file", Text),
    Column("collected_at", Moment, nullable=False),
    Column("cut", Boolean, nullable=False, default=False, server_default=false()),
    Column("revision", Integer, nullable=False),
    Column("withdrawn_at", Moment),
    # Work still owed: a stage has done a release when its column has reached `revision`.
    Column("indexed_revision", Integer, nullable=False, default=0),
    Column("matched_revision", Integer, nullable=False, default=0),
    # Counts what makes a stage owed again without a new revision, so that work begun before does not settle it.
    Column("changes", Integer, nullable=False, default=0, server_default="0"),
    Index("releases_to_index", "indexed_revision", "revision"),
    Index("releases_by_source", "source", "collected_at"),
    Index("releases_by_day", "source", "published"),
    Index("releases_by_number", "number"),
)

release_revisions = Table(
    "release_revisions",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Moment),
    Column("evidence_sha256", String(64)),
    Column("evidence_file", Text),
    Column("collected_at", Moment, nullable=False),
    # Holds all that the question "what has changed since" asks for; the table itself is mostly text.
    Index("revisions_by_time", "collected_at", "release_id", "revision"),
)

# What a stage (`indexed`, `matched`) could not do: how often it failed, and when the release is tried again.
set_aside = Table(
    "set_aside",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("stage", String(16), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("tried", Moment, nullable=False),
    Column("next_try", Moment, nullable=False),
    Column("reason", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source", String(48), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("verdict", String(24)),
    Column("report", JSON, nullable=False),
    Index("runs_by_source", "source", "started_at"),
)

# Small facts that must outlive a process, such as which index and glossary the releases were last indexed with.
notes = Table(
    "notes",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("value", Text, nullable=False),
)
