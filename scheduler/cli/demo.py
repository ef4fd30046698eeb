"""`demo`: the whole job on the replica sites, shown to somebody who has just cloned the project."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click
from rich.table import Table

from crawler.verdict import Verdict
from scheduler import demo_mode
from scheduler.cli.crawl import crawl_shown, show_report
from scheduler.cli.demo_acts import ACTS, break_
from scheduler.cli.demo_mails import mails_in, pages_of
from scheduler.cli.demo_sites import running_sites, start_sites, stop_sites
from scheduler.cli.embedded_node import ensure_engine, node_of
from scheduler.cli.output import err, line, out, plain, show
from scheduler.newsroom import Newsroom
from scheduler.node.node import NodeError
from scheduler.search.queries import search
from scheduler.settings import ROOT, Settings, folders, load_settings

SHIPPED = ROOT / "config"
SEARCHES = (("id", "kerja sama kecerdasan buatan"), ("zh", "人工智能合作"), ("en", "AI cooperation"))


# The demo's own settings, written once; what leads out of the demo does not count in this file.
TOML = """\
{header}
# Its state, index and mailbox are its own, whatever is written here. Change what you like to try; it is kept.
[mail]
sender = "pantau@localhost"

[[mail.subscriptions]]
name = "analysts"
to = ["analysts@localhost"]
rules = ["indonesia-guangxi", "indonesia-china", "international", "cooperation-ended"]
language = "en" # "en", "id" or "zh"
"""
HEADER = "# The settings of `pantau demo` alone."


@click.command()
@click.option("--stop", is_flag=True, help="Stop the replica sites and the embedded node, and leave demo mode.")
@click.option("--ports-from", type=click.IntRange(1024, 65000), metavar="N", help="First port of the sites (8801).")
@click.option("--publish", "act", flag_value="publish", help="The sites publish two more releases: see what comes.")
@click.option("--edit", "act", flag_value="edit", help="A site edits a release that was alerted of: see what comes.")
@click.option("--break", "broken", metavar="SOURCE", help="A site changes its layout: see what status says.")
@click.option("--mend", "act", flag_value="mend", help="Put the sites right again.")
@click.option("--json", "json_", is_flag=True, help="Print the result of the first round as one JSON object.")
def demo(stop: bool, ports_from: int | None, act: str | None, broken: str | None, json_: bool) -> None:
    """Run the whole job on the replica sites: crawl, index, match, mail; then say where to look.

    Afterwards the verbs mean the demo, until `pantau demo --stop` or the first `pantau run`.
    """
    where = folders(demo=False)
    if stop:
        end(where.var)
        return
    if broken:
        break_(where.var, broken)
        return
    if act:
        ACTS[act](where.var)
        return
    fresh = running_sites(demo_mode.folder(where.var)) is None
    settings = prepare(where.var, ports_from)
    newsroom = Newsroom(settings)
    err.rule("1 Elasticsearch", align="left")
    try:
        ensure_engine(settings)
    except NodeError:
        if fresh:
            stop_sites(settings.var)
        raise
    if mine := not live_state(where.var):
        demo_mode.enter(where.var)
    err.rule("2 crawl the replica sites", align="left")
    reports = [crawl_shown(newsroom, source) for source in newsroom.sources.values() if source.enabled]
    for report in reports if not json_ else []:
        show_report(report, json_=False)
    err.rule("3 index, match, deliver", align="left")
    indexed = newsroom.index()
    new = newsroom.match()
    newsroom.deliver()
    newsroom.publish()
    err.print(
        f"{indexed.indexed} releases indexed; {new} new alerts, one for each rule that a release meets", markup=False
    )
    tell(newsroom, json_=json_, option="" if mine else " --demo")
    if indexed.rejected or not all(Verdict.of(report["verdict"]).good for report in reports):
        raise SystemExit(1)


def end(var: Path) -> None:
    """Stop the replica sites and the node, and leave demo mode."""
    settings = Settings(config=var, var=demo_mode.folder(var), demo=True)  # the node is found by its folder alone
    stop_sites(settings.var)
    node = node_of(settings)
    lives = live_state(var)
    if not lives:
        node.stop()
    demo_mode.leave(var)
    out.print("the replica sites are stopped" if lives else "the replica sites and the node are stopped")
    if lives:
        out.print("the node is left to the live system: `pantau node stop` ends it")


def live_state(var: Path, env: Mapping[str, str] = os.environ) -> bool:
    """Whether something live has been done here, so that the verbs go on meaning that."""
    if env.get("PANTAU_STATE_URL") or env.get("PANTAU_STATE_URL_FILE"):
        return True
    database = var / "state" / "pantau.db"
    if not database.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            return opened.execute("select 1 from runs limit 1").fetchone() is not None
    except sqlite3.Error:
        return True  # it cannot be told, and what is there may matter


def prepare(var: Path, ports_from: int | None) -> Settings:
    """Make the demo's own configuration below `var/demo`: the shipped files, with the replica's addresses.

    Nothing of the live configuration is taken, and what the demo's user wrote into its settings stays.
    """
    config = demo_mode.folder(var) / "config"
    sites = start_sites(demo_mode.folder(var), ports_from)
    for part in ("alerts", "elasticsearch", "kibana"):
        shutil.copytree(SHIPPED / part, config / part, dirs_exist_ok=True)
    for name in ("glossary.toml", "traditional.txt"):
        shutil.copy(SHIPPED / name, config / name)
    (config / "sources").mkdir(parents=True, exist_ok=True)
    for stale in (config / "sources").glob("*.toml"):
        stale.unlink()
    for path in sorted((SHIPPED / "sources").glob("*.toml")):
        localised = localise(path.read_text(encoding="utf-8"), sites)
        if localised is not None:  # the replica plays its site
            (config / "sources" / path.name).write_text(localised, encoding="utf-8")
    file = config / "pantau.toml"
    if not file.is_file() or not file.read_text(encoding="utf-8").startswith(HEADER):
        file.write_text(TOML.format(header=HEADER), encoding="utf-8")
    return load_settings(demo=True)


def tell(newsroom: Newsroom, *, json_: bool, option: str = "") -> None:
    """Say what there is now, where it lies, and what to do next; `option` is what a verb needs to mean the demo."""
    found: dict[str, dict[str, str | None]] = {}
    for lang, words in SEARCHES:
        best = search(newsroom.client, newsroom.settings.elasticsearch.index, words, limit=1)
        found[words] = {"lang": lang, "top": best[0].title if best else None, "url": best[0].url if best else None}
    mails = mails_in(newsroom.settings.var)
    pages = pages_of(newsroom.settings.var, mails)
    counts, hits = newsroom.store.count(), newsroom.ledger.hits_per_rule()
    if json_:
        line(
            {
                "releases": counts,
                "alerts": hits,
                "mails": [str(mail) for mail in mails],
                "pages": [str(page) for page in pages],
                "searches": found,
            }
        )
        return
    table = Table(box=None, pad_edge=False, title="what there is now", title_justify="left")
    table.add_column("source")
    table.add_column("releases", justify="right")
    for source, count in sorted(counts.items()):
        table.add_row(source, str(count))
    show(table)
    out.print("\nalerts: " + ", ".join(f"{rule} {count}" for rule, count in sorted(hits.items())), markup=False)
    out.print("\nmail:", style="bold")
    for path, (page, message) in zip(mails, pages.items(), strict=True):
        out.print(f"  to {plain(str(message['To']))}: {plain(str(message['Subject']))}", markup=False)
        out.print(f"    open {shown(page)} in a browser; as it was sent: {shown(path)}", markup=False)
    out.print("\nsearches:", style="bold")
    for words, top in found.items():
        out.print(f"  {words}  ->  {plain(top['top'] or 'nothing')}", markup=False)
    out.print("\nwhat to do next:", style="bold")
    meant = "" if option else "; until `demo --stop` the verbs mean the demo"
    for command, what in (
        (f"pantau search{option} 智慧城市", "search it yourself" + meant),
        (f"pantau web{option}", "read it in a browser, at http://127.0.0.1:8080"),
        (f"pantau once{option}", "read the sites again: nothing new, no second mail"),
        (f"pantau status{option}", "see whether all is well"),
        ("pantau demo --publish", "more is published; also --edit, --break SOURCE, --mend"),
        ("pantau demo --stop", "stop the replica sites and the node; the verbs mean the live system again"),
        ("pantau check-config", "check your own settings in config/: these are never the demo's"),
        ("make run", "start on the live sources; ends the demo too"),
    ):
        out.print(f"  {f'.venv/bin/{command}' if command.startswith('pantau') else command:36} {what}", markup=False)


def shown(path: Path) -> str:
    """A path as short as it can be said from where the user stands."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def localise(text: str, sites: dict[str, str]) -> str | None:
    """Rewrite a source file so that it speaks of the replica; None if any of its hosts would still be asked live."""
    from tests.replica import localise_source

    return localise_source(text, sites)
