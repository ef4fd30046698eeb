"""`import`: saved pages and archives, as a crawl would take them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.evidence import Evidence
from crawler.import_files import import_files
from crawler.page_reader import PageReader
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import a_moment, as_json, err, line, out, plain
from scheduler.cli.sources import source_named
from scheduler.newsroom import Newsroom


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
