"""Hits have a level, so that what is only possible can be kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the level; until now only what was likely or surer was kept, and the details said which of the two."""
    with op.batch_alter_table("hits") as changed:
        changed.add_column(sa.Column("level", sa.String(length=8), nullable=False, server_default="likely"))
    hits = sa.table("hits", sa.column("details", sa.JSON), sa.column("level"))
    sure = hits.c.details["level"].as_string() == "sure"
    op.get_bind().execute(sa.update(hits).where(sure).values(level="sure"))
