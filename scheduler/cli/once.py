"""`once`: from the sites to the mailbox, now and in this order."""

from __future__ import annotations

import click

from crawler.verdict import Verdict
from scheduler.cli.completion import source_names
from scheduler.cli.crawl import crawl_shown, show_report
from scheduler.cli.demo_sites import demo_sites
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_configuration, newsroom_of
from scheduler.cli.output import as_json, err
from scheduler.cli.sources import source_named
from scheduler.newsroom import Newsroom


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE…]", shell_complete=source_names)
@as_json
def once(sources: tuple[str, ...], json_: bool) -> None:
    """Crawl all (or the named) sources, index, match and deliver, now and in this order."""
    newsroom = newsroom_of(load_configuration())
    wanted = [source_named(name, newsroom.settings) for name in sources]
    chosen = [s for s in wanted if s] or [s for s in newsroom.sources.values() if s.enabled]
    ensure_engine(newsroom.settings)
    good = True
    with demo_sites(newsroom.settings):
        for source in chosen:
            report = crawl_shown(newsroom, source)
            show_report(report, json_=json_)
            good = good and Verdict.of(report["verdict"]).good
    good = settle(newsroom) and good
    if not good:
        raise SystemExit(1)


def settle(newsroom: Newsroom) -> bool:
    """Index, match and deliver what is pending; say what came of it. False when something was refused."""
    indexed = newsroom.index()
    hits = newsroom.match()
    mails = newsroom.deliver()
    newsroom.publish()
    err.print(f"{indexed.indexed} indexed, {hits} new alerts, {mails.accepted} mails accepted", markup=False)
    if newsroom.settings.mail.smtp.host is None and mails.accepted:
        err.print(f"no mail server is configured: mails lie in {newsroom.settings.var / 'mail'}", markup=False)
    if not newsroom.settings.mail.subscriptions:
        err.print("nobody is subscribed to alerts: see [[mail.subscriptions]] in pantau.toml", markup=False)
    if undelivered := mails.failed + mails.given_up + mails.pending:
        err.print(f"{undelivered} mails were not handed over: `pantau status` says why", markup=False)
    return not indexed.rejected and not undelivered
