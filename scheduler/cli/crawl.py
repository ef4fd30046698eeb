"""`crawl`: one source now, with a bar that shows how far it is."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import click

from crawler.source import Source
from crawler.verdict import Verdict
from scheduler.cli.completion import source_names
from scheduler.cli.demo_sites import demo_sites
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import a_day, as_json, err, line, not_ahead, out, plain, progress
from scheduler.cli.sources import source_named
from scheduler.newsroom import Newsroom


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
