"""`crawl`, `import`, `once`, `run`: from the sites to the mailbox."""

from __future__ import annotations

import logging
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from crawler.evidence import Evidence
from crawler.import_files import import_files
from crawler.page_reader import PageReader
from crawler.source import Source
from crawler.verdict import Verdict
from scheduler import demo_mode
from scheduler.cli.completion import source_names
from scheduler.cli.demo_sites import demo_sites
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_configuration, load_settings, newsroom_of
from scheduler.cli.log import to_console
from scheduler.cli.output import a_day, a_moment, as_json, err, line, not_ahead, out, plain, progress
from scheduler.cli.sources import source_named
from scheduler.newsroom import Newsroom

log = logging.getLogger(__name__)


@click.command()
@click.argument("source", shell_complete=source_names)
@click.option("--since", callback=a_day, metavar="DAY", help="Go back to this day (YYYY-MM-DD).")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Take at most N releases.")
@as_json
def crawl(source: str, since: date | None, limit: int | None, json_: bool) -> None:
    """Crawl one source now; exit 1 if the run was not good."""
    not_ahead("--since", since)
    newsroom = Newsroom(load_settings())
    facts = source_named(source, newsroom.settings)
    assert facts is not None  # noqa: S101 - a name was given
    with demo_sites(newsroom.settings):
        report = crawl_shown(newsroom, facts, since=since, limit=limit)
    show_report(report, json_=json_)
    if not Verdict.of(report["verdict"]).good:
        raise SystemExit(1)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--source", metavar="NAME", help="The source the pages are from: its zone and layout.")
@click.option("--at", callback=a_moment, metavar="TIME", help="When saved pages were read (ISO 8601); WARCs say so.")
@as_json
def import_(files: tuple[Path, ...], source: str | None, at: datetime | None, json_: bool) -> None:
    """Take saved pages (.html, .html.gz) or WARCs in, index and match them."""
    newsroom = Newsroom(load_settings())
    facts = source_named(source, newsroom.settings)
    evidence = Evidence(newsroom.settings.var / "evidence")
    failed = 0
    now, reader = datetime.now(UTC), PageReader()
    imported = import_files(
        files, source=facts, store=newsroom.store, evidence=evidence, reader=reader, at=now, read_at=at
    )
    for done in imported:
        failed += done.outcome == "failed"
        if json_:
            fields = {"path": done.path, "id": done.id, "kind": done.kind, "outcome": done.outcome}
            line(fields | ({"reason": done.reason} if done.reason else {}))
        else:
            reason = f" ({done.reason})" if done.reason else ""
            out.print(f"{done.outcome:10} {plain(done.path)}{plain(reason)}", markup=False)
    reader.close()
    ensure_engine(newsroom.settings)
    indexed = newsroom.index()
    hits = newsroom.match()
    err.print(f"{indexed.indexed} indexed, {hits} new alerts", markup=False)
    if failed or indexed.rejected:
        raise SystemExit(2 if failed else 1)


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


@click.command()
@click.option("--json-log", is_flag=True, help="Write the log as JSON lines.")
@click.option("--standby", is_flag=True, help="Wait while another scheduler is at work, and take over when it dies.")
def run(json_log: bool, standby: bool) -> None:
    """Run the timetable in the foreground until SIGTERM or Ctrl-C; ends demo mode."""
    from scheduler import timetable
    from scheduler.cli.errors import told

    to_console(json_lines=json_log)
    try:
        configuration = load_configuration()  # complaints come before the first crawl, not in the night
        for sentence in configuration.warnings:
            log.warning("%s", sentence)
        if demo_mode.leave(configuration.settings.var):
            log.info("demo mode has ended: the verbs mean the live system from now on")
        newsroom = newsroom_of(configuration)
        ensure_engine(newsroom.settings, say=lambda step: log.info("%s", step), quiet=json_log)
        timetable.run(newsroom, standby=standby)
    except Exception as error:
        if not json_log or (said := told(error)) is None:
            raise
        for sentence in said[0].splitlines():  # a reader of JSON reads the end as well
            log.error("%s", sentence)
        raise SystemExit(said[1]) from error


def crawl_shown(
    newsroom: Newsroom, source: Source, *, since: date | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Crawl one source with a progress bar on stderr."""
    with progress() as bar:
        task = bar.add_task(source.name, total=None, note="")

        started = time.monotonic()

        def advance(event: dict[str, Any]) -> None:
            done, known = int(event.get("done", 0)), int(event.get("known", 0))
            title = plain(str(event.get("title") or ""))[:60]
            note = how_far(event, since, datetime.now(UTC).date(), time.monotonic() - started) if since else title
            bar.update(task, completed=done, total=known or None, note=note)

        try:
            return newsroom.crawl(source, since=since, limit=limit, on_progress=advance)
        except KeyboardInterrupt:
            if since:
                err.print(f"\nstopped; the same command goes on from here: pantau crawl {source.name} --since {since}")
            raise


def how_far(event: dict[str, Any], since: date, today: date, seconds: float) -> str:
    """How far a walk into the past has come, and about how long it will still take (it slows where news was dense)."""
    if not event.get("oldest"):
        return f"page {event.get('depth', 0)}"
    oldest = date.fromisoformat(event["oldest"])
    walked, whole = (today - oldest).days, (today - since).days
    said = f"page {event['depth']}, back to {oldest}"
    if walked <= 0 or whole <= walked:
        return said
    left = seconds * (whole - walked) / walked / 60
    return f"{said}, about {left:.0f} min left" if left >= 1 else f"{said}, less than a minute left"


def show_report(report: dict[str, Any], *, json_: bool) -> None:
    """Print a run report: as JSON, or as one line a person reads."""
    if json_:
        line(report)
        return
    text = (
        f"{report['source']:12} {report['verdict']:14} {report['new']} new, {report['revised']} revised,"
        f" {report['skipped_known']} known, {report['requests']} requests, {report['seconds']:.1f} s"
    )
    out.print(plain(text), markup=False)
    for reason in report.get("reasons", []):
        out.print(f"{'':12} {plain(str(reason))}", markup=False)
