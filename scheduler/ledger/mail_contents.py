"""What a mail carries, story by story, read from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, union_all

from scheduler.ledger.model import AlertMail, Hit, Item
from scheduler.ledger.readers import carried_to, to_the_reader_of
from scheduler.ledger.tables import TELLS, State, hit_of, hits, mail_hits, mail_notes, mails
from scheduler.stories.related import Related
from scheduler.stories.stories import related

Told = Mapping[str, Sequence[Row[Any]]]  # release id -> earlier mails that spoke of it, the newest first
OWN_CARD = ("new", "other side")  # what may be joined into one story


def mail_of(connection: Connection, row: Row[Any]) -> AlertMail:
    """Read a mail with all that it carries; each release stands in one item only."""
    carried = _carried(connection, row.id)
    notes = connection.execute(select(mail_notes).where(mail_notes.c.mail_id == row.id)).all()
    ids = {*carried, *(note.release_id for note in notes if note.news != "below")}
    links = related(connection, ids)
    told = _told(connection, row, {*ids, *(link.release_id for found in links.values() for link in found)})
    items = [_item(found, links.get(release_id, ()), told) for release_id, found in carried.items()]
    for note in sorted(notes, key=lambda note: (note.news, note.release_id)):
        if note.release_id not in carried:
            items.append(_noted(connection, note, row, links.get(note.release_id, ()), told))
    return AlertMail(
        id=row.id,
        subscription=row.subscription,
        recipient=row.recipient,
        message_id=row.message_id,
        created_at=row.created_at,
        attempts=row.attempts,
        items=tuple(_folded(items)),
    )


def _carried(connection: Connection, mail_id: int) -> dict[str, list[Hit]]:
    """The hits of a mail by release, of the newest revision only."""
    query = select(hits).join(mail_hits, mail_hits.c.hit_id == hits.c.id).where(mail_hits.c.mail_id == mail_id)
    found: dict[str, list[Hit]] = {}
    for row in connection.execute(query.order_by(hits.c.id)):
        found.setdefault(row.release_id, []).append(hit_of(row))
    return {release_id: _newest(of_one) for release_id, of_one in found.items()}


def _newest(found: Sequence[Hit]) -> list[Hit]:
    revision = max((hit.revision for hit in found), default=0)
    return [hit for hit in found if hit.revision == revision]


def _item(found: Sequence[Hit], links: Sequence[Related], told: Told) -> Item:
    release_id, revision = found[0].release_id, found[0].revision
    item = Item(release_id=release_id, revision=revision, hits=tuple(found), related=tuple(links))
    if all(hit.old for hit in found) and release_id not in told:
        return replace(item, news="old")
    for row in told.get(release_id, ()):
        if row.revision < revision and row.state == State.ACCEPTED:
            return replace(item, news="revised", told_in=row.message_id, told_revision=row.revision)
    if any(told.get(link.release_id) for link in links if link.how == "near-copy"):
        return replace(item, news="copy")
    for link in (link for link in links if link.how == "other side"):
        for row in told.get(link.release_id, ()):
            if row.state == State.ACCEPTED:
                return replace(item, news="other side", told_in=row.message_id)
    return item


def _noted(connection: Connection, note: Row[Any], mail: Row[Any], links: Sequence[Related], told: Told) -> Item:
    """An item for news that no hit brings, with the hits that had the release told; of a mere title there are none."""
    if note.news == "below":
        return Item(release_id=note.release_id, revision=note.revision, hits=(), news="below")
    query = select(hits).where(hits.c.release_id == note.release_id, hits.c.revision <= note.revision)
    query = query.where(hits.c.id.in_(carried_to(mail.recipient)))
    earlier = [hit_of(row) for row in connection.execute(query.order_by(hits.c.id))]
    last = next((row for row in told.get(note.release_id, ()) if row.state == State.ACCEPTED), None)
    return Item(
        release_id=note.release_id,
        revision=note.revision,
        hits=tuple(_newest(earlier)),
        news=note.news,
        told_in=last.message_id if last else None,
        told_revision=last.revision if last else None,
        related=tuple(links),
    )


def _told(connection: Connection, row: Row[Any], release_ids: Collection[str]) -> Told:
    """The earlier mails to the same reader that spoke of these releases; those that never got there do not count."""
    mine = (
        to_the_reader_of(row.recipient) & (mails.c.id < row.id) & mails.c.state.not_in([State.FAILED, State.GIVEN_UP])
    )
    facts = (mails.c.id.label("mail_id"), mails.c.message_id, mails.c.state)
    of_hits = select(hits.c.release_id, hits.c.revision, *facts).join(mail_hits, mail_hits.c.hit_id == hits.c.id)
    of_notes = select(mail_notes.c.release_id, mail_notes.c.revision, *facts).where(TELLS)
    wanted = sorted(release_ids)
    query = union_all(
        of_hits.join(mails, mails.c.id == mail_hits.c.mail_id).where(
            mine, mail_hits.c.shown, hits.c.release_id.in_(wanted)
        ),
        of_notes.join(mails, mails.c.id == mail_notes.c.mail_id).where(
            mine, mail_notes.c.shown, mail_notes.c.release_id.in_(wanted)
        ),
    )
    found: dict[str, list[Row[Any]]] = {}
    for told in sorted(connection.execute(query), key=lambda told: (-told.revision, -told.mail_id)):
        found.setdefault(told.release_id, []).append(told)
    return found


def _folded(items: Sequence[Item]) -> Iterable[Item]:
    """Join the items of one story: the weightiest carries the others; of two alike, that of more rules."""
    left = sorted(items, key=lambda item: (item.weight, -len(item.hits)))
    order = {item.release_id: number for number, item in enumerate(items)}
    heads = []
    while left:
        head, *rest = left
        story = _story(head, rest) if head.news in OWN_CARD else []
        heads.append(replace(head, also=tuple(story)))
        left = [item for item in rest if item not in story]
    return sorted(heads, key=lambda item: order[item.release_id])


def _story(head: Item, rest: Sequence[Item]) -> list[Item]:
    """The items that are linked to the head, or to one that is."""
    story: list[Item] = []
    reached = {link.release_id for link in head.related}
    while more := [i for i in rest if i.news in OWN_CARD and i not in story and i.release_id in reached]:
        story += more
        reached |= {link.release_id for item in more for link in item.related}
    return story
