"""Releases that could not be read, indexed or matched are set aside; what a mail left out does not count as told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table, empty; all that mails carried so far was shown."""
    op.create_table(
        "set_aside",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "stage"),
    )
    for table in ("mail_hits", "mail_notes"):
        op.add_column(table, sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.true()))
