"""`mail`: a test mail, a look at the next alert mail, and one more try for those that were lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from crawler.config_complaints import near
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, line, out, plain, show
from scheduler.jobs.preview import Which
from scheduler.jobs.preview import preview as write_preview
from scheduler.mail.operator_mail import compose_test
from scheduler.mail_address import complaint
from scheduler.newsroom import Newsroom
from scheduler.settings import Subscription

NOTHING: dict[Which, str] = {
    "next": "there is nothing to mail, and nothing was mailed yet",
    "last": "nothing was mailed yet",
    "day": "the last 24 hours brought nothing that is subscribed to",
}


@click.group()
def mail() -> None:
    """Try the mail."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send one test mail to ADDRESS through the configured server (or into the Maildir)."""
    if wrong := complaint(address):
        raise click.BadParameter(f"{address!r}: {wrong}")
    newsroom = Newsroom(load_settings())
    settings = newsroom.settings.mail
    newsroom.sender.send(compose_test(sender=settings.sender, to=address, at=datetime.now(UTC)), address)
    where = settings.smtp.host or newsroom.settings.var / "mail"
    out.print(f"accepted by {where}", markup=False)


@mail.command()
@click.option("--to", "reader", metavar="NAME", help="For which subscription or address.")
@click.option("--last", "which", flag_value="last", help="The last mail that was sent, once more.")
@click.option("--daily", "which", flag_value="day", help="All that the last 24 hours brought, as one digest.")
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Where to write the files.")
def preview(reader: str | None, which: Which | None, folder: Path | None) -> None:
    """Write the next alert mail as .eml, .html and .txt without sending it.

    It is one that is due, else what waits for its hour, else the last one once more.

    Example: pantau mail preview --to analysts --daily
    """
    newsroom = Newsroom(load_settings())
    target = folder or newsroom.settings.var / "preview"
    shown = write_preview(
        newsroom.ledger,
        newsroom.store,
        newsroom.mail,
        target,
        now=newsroom.now(),
        to=_addresses(newsroom.mail.subscriptions, reader) if reader else (),
        which=which or "next",
        coverage=newsroom.coverage(),
        titles=newsroom.titles,
        glossary=newsroom.glossary,
        page=newsroom.settings.web.public_url,
    )
    if shown is None:
        out.print(NOTHING[which or "next"])
        return
    for path in shown.paths:
        out.print(str(path), markup=False)
    out.print(f"{shown.how}: for {shown.recipient} ({shown.subscription}), language {shown.language}", markup=False)
    out.print(f"subject: {plain(shown.subject)}", markup=False)
    if shown.others:
        out.print(f"and one each for {', '.join(shown.others)}: see --to", markup=False)


def _addresses(subscriptions: Sequence[Subscription], reader: str) -> set[str]:
    """The addresses of a subscription, or the one that is named itself. Raises BadParameter."""
    known = {one.name: set(one.to) for one in subscriptions}
    known |= {address: {address} for one in subscriptions for address in one.to}
    if reader not in known:
        raise click.BadParameter(f"there is no subscription {reader!r}; {near(reader, known)}")
    return known[reader]


@mail.command()
def retry() -> None:
    """Make every mail that failed or was given up due once more; the next delivery sends them."""
    newsroom = Newsroom(load_settings())
    again = newsroom.ledger.retry(newsroom.now())
    out.print(f"{again} mail{'' if again == 1 else 's'} due once more; `pantau once` or `pantau run` sends them")


@mail.command()
@as_json
def subscriptions(json_: bool) -> None:
    """List what readers have subscribed to themselves, with their addresses; those of the file stand there."""
    newsroom = Newsroom(load_settings())
    table = Table(box=None, pad_edge=False)
    for head in ("name", "address", "to", "when", "language", "since"):
        table.add_column(head)
    for one in newsroom.own.all():
        title, since = newsroom.title_of(one), one.confirmed_at
        if json_:
            facts = {"name": one.name, "address": one.address, "rule": one.rule, "search": one.search}
            line({**facts, "when": one.pace.when, "language": one.pace.language, "since": since and since.isoformat()})
        how = f"{since:%Y-%m-%d}" if since else "not confirmed"
        cells = (one.name, one.address, title, one.pace.when, one.pace.language, how)
        table.add_row(*(escape(plain(cell)) for cell in cells))
    if not json_:
        show(table)


@mail.command()
@click.argument("name")
def end(name: str) -> None:
    """End a subscription that a reader has made; NAME as `mail subscriptions` tells it."""
    if not Newsroom(load_settings()).own.end(name=name):
        raise click.BadParameter(f"no reader has a subscription {name!r}; `pantau mail subscriptions` lists them")
    out.print(f"{name} has ended", markup=False)
