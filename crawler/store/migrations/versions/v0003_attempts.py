"""How often a page that came to nothing was tried, and what its listing says of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; what has failed before is tried again at once."""
    op.add_column("pages", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("pages", sa.Column("listed", sa.JSON(), nullable=True))
    op.create_index("pages_by_attempts", "pages", ["source", "attempts"])
