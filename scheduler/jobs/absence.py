"""Absence alerts: a source, or what a rule is about, of which nothing has been heard for more days than it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from crawler.source import Source
from crawler.store import Store
from scheduler.health.backlog import first_seen
from scheduler.health.finding import Finding, ago
from scheduler.ledger.ledger import Ledger
from scheduler.rules.rule import Rule

WATCHED = "silence watched"  # the note of since when each is watched


def absence_findings(
    sources: Iterable[Source], rules: Iterable[Rule], store: Store, ledger: Ledger, now: datetime
) -> Iterator[Finding]:
    """One for each source and rule that names `silent_days`; a warning that is told once, and its end once."""
    watched = [one for one in sources if one.enabled and one.silent_days]
    asked = [one for one in rules if one.silent_days and not one.draft]
    named = {f"silence of source {one.name}": (one.silent_days or 0, one.title) for one in watched}
    named |= {f"silence of rule {one.id}": (one.silent_days or 0, one.title) for one in asked}
    since = first_seen(store, list(named), now, note=WATCHED)
    published = store.newest() if watched else {}
    matched = ledger.newest_of([one.id for one in asked]) if asked else {}
    last = {f"silence of source {one.name}": published.get(one.name) for one in watched}
    last |= {f"silence of rule {one.id}": matched.get(one.id) for one in asked}
    for subject, (days, title) in named.items():
        yield _finding(subject, title, days, last[subject], since[subject], now)


def _finding(subject: str, title: str, days: int, last: datetime | None, since: datetime, now: datetime) -> Finding:
    """Judge one; where nothing was ever heard, the silence begins when it was first watched."""
    heard = f"the last release {ago(now - last)} ago" if last else "no release yet"
    if now - (last or since) < timedelta(days=days):
        return Finding(subject=subject, level="well", sentence=f"{title}: {heard}")
    said = f"{title}: nothing for {days} days; {heard}"
    look = "see whether that is so: the site itself, `pantau sources check`, and for a rule `pantau rules backtest`"
    return Finding(subject=subject, level="warning", told=True, once=True, sentence=said, remedy=look)
