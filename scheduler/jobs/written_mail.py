"""A mail of the ledger, written for its reader: what it is written from lies in store, ledger and configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import EmailMessage

from crawler.store import Revision, Store
from scheduler.language.glossary import Glossary
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail
from scheduler.ledger.own_subscriptions import OwnSubscription
from scheduler.mail.compose import compose
from scheduler.mail.coverage import Coverage, coverage_line
from scheduler.mail.flood import select_items
from scheduler.mail.item import Material
from scheduler.mail.subscription_page import subscription_page
from scheduler.mail.words import Titles, words
from scheduler.search.document import LEVELS
from scheduler.settings import Mail, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSources:
    """What mails are written from."""

    store: Store
    ledger: Ledger
    titles: Titles
    glossary: Glossary | None
    page: str | None


def write_mail(
    mail: AlertMail, sources: MailSources, settings: Mail, coverage: Coverage | None
) -> tuple[EmailMessage, frozenset[str]]:
    """Write a mail; returns it, and which releases it leaves out because there are too many."""
    theirs = [one for one in settings.subscriptions if mail.recipient in one.to]
    named = [one for one in theirs if one.name == mail.subscription]  # none when it was renamed since
    reader = next(iter(named or theirs), Subscription(name="none", to=(mail.recipient,)))
    # An all-clear speaks for all of the reader's subscriptions, so for the surest level that any of them stops at.
    least = max((one.level for one in theirs), key=LEVELS.index, default="likely")
    if theirs and not named:
        mail = replace(mail, subscription=reader.name)
    mine = [one for one in theirs if isinstance(one, OwnSubscription)]
    titles = replace(sources.titles, rules={**sources.titles.rules, **{one.rules[0]: one.title for one in mine}})
    own = None
    if isinstance(reader, OwnSubscription) and sources.page:
        own = subscription_page(sources.page, reader.key, reader.title)
    week = None
    if reader.when == "weekly":
        week = sources.ledger.week(reader, mail.created_at, one_sided_days=settings.one_sided_days)
    stored = sources.store.releases(mail.release_ids | (week.release_ids if week else set()))
    material = Material(
        stored=stored,
        edits=_edits(mail, sources.store),
        titles=titles,
        glossary=sources.glossary,
        page=sources.page,
    )
    line = coverage_line(coverage, words(reader.language), sources.titles, reader.zone) if coverage else None
    message = compose(
        mail,
        material,
        sender=settings.sender,
        language=reader.language,
        zone=reader.zone,
        translation=reader.translation,
        coverage=line,
        assured=coverage is None or coverage.assured,
        least=least,
        week=week,
        own=own,
        called=reader.title,
    )
    return message, select_items(mail, material.stored).left_out


def _edits(mail: AlertMail, store: Store) -> dict[str, tuple[Revision, Revision]]:
    """Of each edited release, what the reader was told and what it says now."""
    found = {}
    for item in mail.items:
        if item.news == "revised" and item.told_revision is not None:
            by_number = {revision.revision: revision for revision in store.revisions(item.release_id)}
            old, new = by_number.get(item.told_revision), by_number.get(item.revision)
            if old and new:
                found[item.release_id] = (old, new)
    return found
