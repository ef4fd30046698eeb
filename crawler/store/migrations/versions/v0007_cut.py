"""A release says whether it was cut because it was too long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what was stored before was cut nowhere."""
    op.add_column("releases", sa.Column("cut", sa.Boolean(), nullable=False, server_default=sa.false()))
