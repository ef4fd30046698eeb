"""Readers are addresses, told by the number of a hit; what waits for them is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crawler.store.tables import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make a reader of each subscribed address, served up to the first hit that still waits for it."""
    op.create_table(
        "readers",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("subscriptions", sa.JSON(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("last_hit_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("readers_by_reader", "readers", ["reader"])
    _carry_over(op.get_bind())
    op.drop_table("waiting_hits")
    op.drop_table("subscribers")
    op.drop_index("hits_to_plan", "hits")
    with op.batch_alter_table("hits") as hits:
        hits.drop_column("planned_at")
        hits.add_column(sa.Column("old", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("mails_by_reader", "mails")
    op.create_index("mails_by_reader", "mails", ["recipient"])
    with op.batch_alter_table("troubles") as troubles:
        troubles.alter_column("subject", existing_type=sa.String(length=96), type_=sa.String(length=300))
    with op.batch_alter_table("releases") as releases:
        releases.add_column(sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))


def _carry_over(connection: sa.Connection) -> None:
    """Who is subscribed, and up to which hit each has been served."""
    text = sa.text
    newest = connection.scalar(text("select max(id) from hits")) or 0
    undealt = connection.scalar(text("select min(id) from hits where planned_at is null"))
    waiting: dict[str, int] = {
        row.recipient: row.first
        for row in connection.execute(
            text("select recipient, min(hit_id) as first from waiting_hits group by recipient")
        )
    }
    subscribers = sa.table(
        "subscribers", sa.column("subscription"), sa.column("recipient"), sa.column("first_seen", Moment)
    )
    rows = connection.execute(sa.select(subscribers).order_by(subscribers.c.recipient, subscribers.c.subscription))
    found: dict[str, dict[str, object]] = {}
    for row in rows.all():
        first = min([newest + 1, *(one for one in (undealt, waiting.get(row.recipient)) if one is not None)])
        reader = found.setdefault(
            row.recipient,
            {
                "address": row.recipient, "reader": len(found) + 1, "subscriptions": [], "present": True,
                "last_hit_id": first - 1, "since": row.first_seen,
            },
        )  # fmt: skip
        names = reader["subscriptions"]
        assert isinstance(names, list)  # noqa: S101 - made so above
        names.append(row.subscription)
    readers = sa.table(
        "readers",
        sa.column("address"), sa.column("reader"), sa.column("subscriptions", sa.JSON), sa.column("present"),
        sa.column("last_hit_id"), sa.column("since", Moment),
    )  # fmt: skip
    if found:
        connection.execute(sa.insert(readers), list(found.values()))
