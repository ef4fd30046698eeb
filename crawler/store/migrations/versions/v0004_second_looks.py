"""What second looks remember, in a table of their own; and the indexes that keep a question's cost flat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# A release that was missing had its page called `soft404`; its page is again of the kind that the release has.
NOTED = """
insert into second_looks (key, failed, gone)
select pages.key, 0, 1 from pages join releases on releases.key = pages.key where pages.kind = 'soft404'
"""
RESTORED = """
update pages set kind = (select releases.kind from releases where releases.key = pages.key)
where kind = 'soft404' and key in (select releases.key from releases)
"""


def upgrade() -> None:
    """Create table and indexes, and move over what the pages' kinds said."""
    op.create_table(
        "second_looks",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        if_not_exists=True,
    )
    op.create_index("releases_by_day", "releases", ["source", "published"], if_not_exists=True)
    op.create_index("releases_by_number", "releases", ["number"], if_not_exists=True)
    op.create_index("pages_by_first_sight", "pages", ["source", "first_seen"], if_not_exists=True)
    op.execute(NOTED)
    op.execute(RESTORED)
