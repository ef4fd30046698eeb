"""The tables as they were when versions began; a state made before that has them already, and gets the number only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what is not there."""
    op.create_table(
        "notes",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "pages",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_sha256", sa.String(length=64)),
        sa.Column("release_id", sa.String(length=32)),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_fetched", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        if_not_exists=True,
    )
    op.create_index("pages_by_source", "pages", ["source", "last_fetched"], if_not_exists=True)
    op.create_table(
        "release_revisions",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", MOMENT),
        sa.Column("evidence_sha256", sa.String(length=64)),
        sa.Column("evidence_file", sa.Text()),
        sa.Column("collected_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "revision"),
        if_not_exists=True,
    )
    op.create_index(
        "revisions_by_time", "release_revisions", ["collected_at", "release_id", "revision"], if_not_exists=True
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8)),
        sa.Column("published", MOMENT),
        sa.Column("utc_offset", sa.Integer()),
        sa.Column("precision", sa.String(length=8)),
        sa.Column("date_source", sa.Text()),
        sa.Column("date_conflict", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("canonical", sa.Text()),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64)),
        sa.Column("evidence_file", sa.Text()),
        sa.Column("collected_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("indexed_revision", sa.Integer(), nullable=False),
        sa.Column("matched_revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        if_not_exists=True,
    )
    op.create_index("releases_by_source", "releases", ["source", "collected_at"], if_not_exists=True)
    op.create_index("releases_to_index", "releases", ["indexed_revision", "revision"], if_not_exists=True)
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("verdict", sa.String(length=24)),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("runs_by_source", "runs", ["source", "started_at"], if_not_exists=True)
    op.create_table(
        "hits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("matched_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rule", "release_id", "revision"),
        if_not_exists=True,
    )
    op.create_index("hits_by_release", "hits", ["release_id", "revision"], if_not_exists=True)
    op.create_index("hits_to_plan", "hits", ["planned_at"], if_not_exists=True)
    op.create_table(
        "known_rules",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT),
        sa.PrimaryKeyConstraint("rule"),
        if_not_exists=True,
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(length=48), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("message_id", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_try", MOMENT),
        sa.Column("next_try", MOMENT, nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("server_words", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
        if_not_exists=True,
    )
    op.create_index("mails_by_reader", "mails", ["subscription", "recipient"], if_not_exists=True)
    op.create_index("mails_by_state", "mails", ["state", "next_try"], if_not_exists=True)
    op.create_table(
        "subscribers",
        sa.Column("subscription", sa.String(length=48), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subscription", "recipient"),
        if_not_exists=True,
    )
    op.create_table(
        "mail_hits",
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.id"]),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"]),
        sa.PrimaryKeyConstraint("hit_id", "mail_id"),
        if_not_exists=True,
    )
    op.create_index("mail_hits_by_mail", "mail_hits", ["mail_id"], if_not_exists=True)
    op.create_table(
        "mail_notes",
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("news", sa.String(length=12), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"]),
        sa.PrimaryKeyConstraint("mail_id", "news", "release_id"),
        if_not_exists=True,
    )
    op.create_index("mail_notes_by_release", "mail_notes", ["release_id"], if_not_exists=True)
    op.create_table(
        "waiting_hits",
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(length=48), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.id"]),
        sa.PrimaryKeyConstraint("hit_id", "subscription", "recipient"),
        if_not_exists=True,
    )
    op.create_index("waiting_by_reader", "waiting_hits", ["subscription", "recipient"], if_not_exists=True)
    op.create_table(
        "near_copies",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("copy_id", sa.String(length=32), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "copy_id"),
        if_not_exists=True,
    )
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.String(length=24), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("band", "release_id"),
        if_not_exists=True,
    )
    op.create_index("signature_bands_of", "signature_bands", ["release_id"], if_not_exists=True)
    op.create_table(
        "signatures",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("release_id"),
        if_not_exists=True,
    )
    op.create_table(
        "other_sides",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "other_id"),
        if_not_exists=True,
    )
    op.create_table(
        "story_facts",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("other_day", sa.String(length=10)),
        sa.Column("bilateral", sa.Boolean(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("quantities", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("release_id"),
        if_not_exists=True,
    )
    op.create_index("story_facts_by_day", "story_facts", ["bilateral", "country", "day"], if_not_exists=True)
    op.create_table(
        "story_names",
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "name"),
        if_not_exists=True,
    )
    op.create_index("story_names_by_name", "story_names", ["name", "country", "day"], if_not_exists=True)
    op.create_table(
        "job_beats",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("last_run", MOMENT, nullable=False),
        sa.Column("last_success", MOMENT),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("job"),
        if_not_exists=True,
    )
    op.create_table(
        "troubles",
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("told", MOMENT),
        sa.PrimaryKeyConstraint("subject"),
        if_not_exists=True,
    )
