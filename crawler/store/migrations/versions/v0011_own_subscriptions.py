"""Readers make subscriptions of their own, to a rule or to a search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table of readers' own subscriptions, empty."""
    op.create_table(
        "own_subscriptions",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("search", sa.JSON(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("rate", sa.String(length=8), nullable=False),
        sa.Column("hour", sa.String(length=5), nullable=False),
        sa.Column("weekday", sa.String(length=9), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begins_after", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("own_subscriptions_by_address", "own_subscriptions", ["address"])
