"""The tables of stories: what tells one event from another, the names to be counted, the links."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, MetaData, String, Table

metadata = MetaData()

facts = Table(
    "story_facts",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("country", String(2), nullable=False),
    Column("day", String(10), nullable=False),
    Column("other_day", String(10)),
    Column("bilateral", Boolean, nullable=False),
    Column("people", JSON, nullable=False),
    Column("names", JSON, nullable=False),
    Column("parties", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("quantities", JSON, nullable=False),
    Column("said", JSON, nullable=False),
    Index("story_facts_by_day", "bilateral", "country", "day"),
)

# The names in bilateral releases once more, to be counted.
named = Table(
    "story_names",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("country", String(2), nullable=False),
    Column("day", String(10), nullable=False),
    Index("story_names_by_name", "name", "country", "day"),
)

# Both directions of a link are kept.
other_sides = Table(
    "other_sides",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("other_id", String(32), primary_key=True),
    Column("points", Float, nullable=False),
    Column("why", JSON, nullable=False),
)
