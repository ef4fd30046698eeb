"""What the watch looks at beside sources and jobs: the search, the mails and those who get them, the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.store import Store
from scheduler.health.finding import Finding, ago
from scheduler.jobs.bounces import NOTE
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.own_subscriptions import OwnSubscriptions
from scheduler.running_configuration import configuration_finding
from scheduler.search.client import Client, SearchError
from scheduler.settings import Settings
from scheduler.state.disk import disk_findings
from scheduler.state.last_backup import backup_finding

ANSWERS_WITHIN = 5.0  # seconds; whoever asks for the verdict should not wait for all the retries of a search


def findings(settings: Settings, store: Store, ledger: Ledger, client: Client, now: datetime) -> Iterator[Finding]:
    """All of them, each with what to do."""
    yield search_finding(client)
    yield from mail_findings(ledger, now)
    if finding := own_finding(OwnSubscriptions(store.engine, settings.mail.takes)):
        yield finding
    if trouble := store.noted(NOTE):
        remedy = "check [mail.bounces]; mails that come back are not noticed before"
        yield Finding(subject="bounces", level="bad", sentence=trouble, remedy=remedy)
    if finding := configuration_finding(store, settings.config, now):
        yield finding
    if settings.demo:
        return
    yield from disk_findings(settings.var, now)
    yield backup_finding(settings.var, now)
    if settings.mail.operator is None:
        yield Finding(
            subject="operator",
            level="warning",
            sentence="nobody is told when something breaks",
            remedy="set `operator` in [mail] of config/pantau.toml",
        )


def search_finding(client: Client) -> Finding:
    """Whether Elasticsearch answers."""
    try:
        client.options(request_timeout=ANSWERS_WITHIN, max_retries=0).info()
    except SearchError as error:
        remedy = "start it again and see its log; for the embedded node: `pantau node start`"
        return Finding(subject="elasticsearch", level="bad", sentence=str(error), remedy=remedy)
    return Finding(subject="elasticsearch", level="well", sentence="answers")


def own_finding(own: OwnSubscriptions) -> Finding | None:
    """How many subscriptions readers have made themselves; None where there is none."""
    made = own.all()
    if not made:
        return None
    waiting = sum(one.confirmed_at is None for one in made)
    mailed = sum(one.confirmed_at is not None and own.takes(one.address) for one in made)
    parts = [f"{mailed} made by readers"]
    parts += [f"{waiting} not confirmed yet"] if waiting else []
    parts += [f"{resting} not mailed: see [mail.subscribing]"] if (resting := len(made) - waiting - mailed) else []
    return Finding(subject="subscriptions", level="well", sentence=", ".join(parts))


def mail_findings(ledger: Ledger, now: datetime) -> Iterator[Finding]:
    """Each reader whose mails do not arrive, and what waits for another try."""
    troubles = ledger.trouble(now)
    for one in troubles:
        yield Finding(subject=f"mail to {one.address}", level="bad", sentence=one.sentence, remedy=one.remedy)
    waiting = ledger.waiting()
    if waiting is not None:
        count, since = waiting
        mails = (
            f"{count} mail{' waits' if count == 1 else 's wait'} for another try, the first since {ago(now - since)}"
        )
        remedy = "nothing yet: each is tried again by itself"
        yield Finding(subject="mail", level="warning", sentence=mails, remedy=remedy)
    elif troubles:
        yield Finding(subject="mail", level="warning", sentence="does not reach every reader")
    else:
        yield Finding(subject="mail", level="well", sentence="nothing is stuck")
