"""The tables of the ledger: readers, rules, hits, mails, and what each mail carries."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from crawler.store.tables import Moment
from scheduler.ledger.model import Hit

metadata = MetaData()


class State(StrEnum):
    """Where a mail stands.

    `failed`: the server refused it for good, or it came back; `given_up`: it could not be sent in time.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    FAILED = "failed"
    GIVEN_UP = "given_up"


# A reader is an address; a mended address is another row of the same `reader`. `last_hit_id`: all hits up to this one
# are settled for the reader. `subscriptions`: those in which the address stood last; `present`: it stands there now.
# `since` is only for the all-clear, which must not speak of days before it.
readers = Table(
    "readers",
    metadata,
    Column("address", String(254), primary_key=True),
    Column("reader", Integer, nullable=False),
    Column("subscriptions", JSON, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("last_hit_id", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Index("readers_by_reader", "reader"),
)

hits = Table(
    "hits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("release_id", String(32), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("matched_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    # The release was old when it was found: it raises no mail of its own, it waits for one that goes out anyway.
    Column("old", Boolean, nullable=False, default=False, server_default=false()),
    Column("details", JSON, nullable=False),
    Column("level", String(8), nullable=False, server_default="likely"),
    UniqueConstraint("rule", "release_id", "revision"),
    Index("hits_by_release", "release_id", "revision"),
    # Holds all that the list of alerts asks of every hit; the table itself is mostly details.
    Index("hits_to_list", "release_id", "level", "rule", "recorded_at", "id"),
)

# A rule raises alerts on what was collected from `since` on; None: on everything.
known_rules = Table(
    "known_rules",
    metadata,
    Column("rule", String(64), primary_key=True),
    Column("since", Moment),
)

mails = Table(
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription", String(48), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("message_id", String(320), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_try", Moment),
    Column("next_try", Moment, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("settled_at", Moment),
    Column("server_words", Text),
    Index("mails_by_state", "state", "next_try"),
    Index("mails_by_reader", "recipient"),
)

mail_hits = Table(
    "mail_hits",
    metadata,
    Column("hit_id", ForeignKey(hits.c.id), primary_key=True),
    Column("mail_id", ForeignKey(mails.c.id), primary_key=True),
    # False: it came with a flood, the mail only counts it. The reader has not been told of it.
    Column("shown", Boolean, nullable=False, default=True, server_default=true()),
    Index("mail_hits_by_mail", "mail_id"),
)

# What a mail says of a release that no hit says: an edit no rule matches, a withdrawal, a side that stays silent.
mail_notes = Table(
    "mail_notes",
    metadata,
    Column("mail_id", ForeignKey(mails.c.id), primary_key=True),
    Column("news", String(12), primary_key=True),
    Column("release_id", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("shown", Boolean, nullable=False, default=True, server_default=true()),
    Index("mail_notes_by_release", "release_id"),
)
# Of a note that only lists a title, the reader has not been told.
TELLS = mail_notes.c.news != "below"

# What readers said: whether a rule was right about a release.
labels = Table(
    "labels",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("verdict", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)

# What a reader keeps of a release for herself, under the name with which she logs in.
reader_marks = Table(
    "reader_marks",
    metadata,
    Column("reader", String(64), primary_key=True),
    Column("release_id", String(32), primary_key=True),
    Column("starred", Boolean, nullable=False, default=False, server_default=false()),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("at", Moment, nullable=False),
)

# What readers have subscribed to themselves. `key` opens the page on which one is confirmed, changed and ended, so it
# stands in mails to its address only. `search` are the words and filters of a search; without it `rule` is one of the
# files. Until `confirmed_at` it may get one mail, with the link: `link_sent_at` is when it went out.
own_subscriptions = Table(
    "own_subscriptions",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("address", String(254), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("search", JSON),
    Column("language", String(2), nullable=False),
    Column("rate", String(8), nullable=False),
    Column("hour", String(5), nullable=False),
    Column("weekday", String(9), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("link_sent_at", Moment),
    Column("confirmed_at", Moment),
    # Hits up to this number were found before it was confirmed.
    Column("begins_after", Integer, nullable=False, default=0, server_default="0"),
    Index("own_subscriptions_by_address", "address"),
)
SEARCH = "search."  # how the rule of a search is called; no rule of a file can have a dot in its name
# Of hits: those of the rules in the files. What a search of a reader's finds is told to that reader alone.
OF_A_FILE = hits.c.rule.not_like(f"{SEARCH}%")


def hit_of(row: Row[Any]) -> Hit:
    """The hit that a row of `hits` tells of."""
    return Hit(
        rule=row.rule,
        release_id=row.release_id,
        revision=row.revision,
        matched_at=row.matched_at,
        details=row.details,
        level=row.level,
        old=row.old,
    )
