"""Readers star releases and keep notes on them; the list of alerts finds what it asks in an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of readers' marks, empty, and the index."""
    op.create_table(
        "reader_marks",
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("starred", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reader", "release_id"),
    )
    op.create_index("hits_to_list", "hits", ["release_id", "level", "rule", "recorded_at", "id"])
