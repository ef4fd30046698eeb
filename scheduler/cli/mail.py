"""`mail`: a test mail, a look at the next alert mail, and one more try for those that were lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from scheduler.cli.output import out
from scheduler.cli.world import load_settings
from scheduler.context import Newsroom
from scheduler.jobs.deliver import preview as write_preview
from scheduler.mail.notice import compose_test
from scheduler.mail_address import complaint


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
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to write the files.")
def preview(folder: Path | None) -> None:
    """Write the next alert mail as .eml, .html and .txt without sending it."""
    newsroom = Newsroom(load_settings())
    target = folder or newsroom.settings.var / "preview"
    paths = write_preview(
        newsroom.ledger,
        newsroom.store,
        newsroom.settings.mail,
        target,
        now=newsroom.now(),
        coverage=newsroom.coverage(),
        titles=newsroom.titles,
        desk=newsroom.settings.web.public_url,
    )
    for path in paths:
        out.print(str(path), markup=False)
    if not paths:
        out.print("there is nothing to mail")


@mail.command()
def retry() -> None:
    """Make every mail that failed or was given up due once more; the next delivery sends them."""
    newsroom = Newsroom(load_settings())
    again = newsroom.ledger.retry(newsroom.now())
    out.print(f"{again} mail{'' if again == 1 else 's'} due once more; `pantau once` or `pantau run` sends them")
