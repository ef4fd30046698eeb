"""`demo`: the whole job on the replica sites, shown to somebody who has just cloned the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from rich.table import Table

from crawler.report import Verdict
from scheduler.cli.collect import crawl_shown, show_report
from scheduler.cli.engine import ensure_engine, node_of
from scheduler.cli.output import err, line, out, plain
from scheduler.cli.replica import start_sites, stop_sites
from scheduler.context import Newsroom
from scheduler.search.queries import search
from scheduler.settings import ROOT, Settings, load_settings

SEARCHES = (("id", "kerja sama kecerdasan buatan"), ("zh", "人工智能合作"), ("en", "AI cooperation"))


@click.command()
@click.option("--stop", is_flag=True, help="Stop the replica sites and the embedded node.")
@click.option("--ports-from", type=click.IntRange(1024, 65000), metavar="N", help="First port of the sites (8801).")
@click.option("--json", "json_", is_flag=True, help="Print the result as one JSON object.")
def demo(stop: bool, ports_from: int | None, json_: bool) -> None:
    """Run the whole job on the replica sites: crawl, index, match, mail; then say where to look."""
    if stop:
        settings = load_settings()
        stop_sites(settings.var if settings.demo else settings.var / "demo")
        node_of(settings).stop()
        out.print("the replica sites and the node are stopped")
        return
    settings = prepare(load_settings(live=True), ports_from)
    newsroom = Newsroom(settings)
    err.rule("1 Elasticsearch", align="left")
    ensure_engine(settings)
    err.rule("2 crawl the replica sites", align="left")
    reports = [crawl_shown(newsroom, source) for source in newsroom.sources.values() if source.enabled]
    for report in reports if not json_ else []:
        show_report(report, json_=False)
    err.rule("3 index, match, deliver", align="left")
    indexed = newsroom.index()
    new = newsroom.match()
    newsroom.deliver()
    newsroom.publish()
    err.print(f"{indexed.indexed} releases indexed, {new} new alerts", markup=False)
    tell(newsroom, json_=json_)
    if indexed.rejected or not all(Verdict.of(report["verdict"]).good for report in reports):
        raise SystemExit(1)


def prepare(live: Settings, ports_from: int | None) -> Settings:
    """Make the demo's own configuration below `var/demo`: the shipped files, with the replica's addresses."""
    var = live.var / "demo"
    config = var / "config"
    sites = start_sites(var, ports_from)
    for part in ("alerts", "elasticsearch", "kibana"):
        shutil.copytree(live.config / part, config / part, dirs_exist_ok=True)
    for name in ("glossary.toml", "traditional.txt"):
        shutil.copy(live.config / name, config / name)
    (config / "sources").mkdir(parents=True, exist_ok=True)
    for path in sorted((live.config / "sources").glob("*.toml")):
        played, localised = config / "sources" / path.name, localise(path.read_text(encoding="utf-8"), sites)
        if localised is None:
            played.unlink(missing_ok=True)
            err.print(f"{path.stem} is left out: the replica does not play its site", markup=False)
        else:
            played.write_text(localised, encoding="utf-8")
    text = (live.config / "pantau.toml").read_text(encoding="utf-8")
    (config / "pantau.toml").write_text(text.replace('index = "pantau-releases"', 'index = "pantau-demo"'), "utf-8")
    settings = live.model_dump() | {"config": config, "var": var, "demo": True}
    settings["elasticsearch"] = live.elasticsearch.model_copy(update={"index": "pantau-demo"})
    return Settings.model_validate(settings)


def tell(newsroom: Newsroom, *, json_: bool) -> None:
    """Say what there is now, where it lies, and what to do next."""
    found: dict[str, dict[str, str | None]] = {}
    for lang, words in SEARCHES:
        best = search(newsroom.client, newsroom.settings.elasticsearch.index, words, limit=1)
        found[words] = {"lang": lang, "top": best[0].title if best else None, "url": best[0].url if best else None}
    mails = sorted((newsroom.settings.var / "mail").rglob("new/*"))
    counts, hits = newsroom.store.count(), newsroom.ledger.hits_per_rule()
    if json_:
        line({"releases": counts, "alerts": hits, "mails": [str(mail) for mail in mails], "searches": found})
        return
    table = Table(box=None, pad_edge=False, title="what there is now", title_justify="left")
    table.add_column("source")
    table.add_column("releases", justify="right")
    for source, count in sorted(counts.items()):
        table.add_row(source, str(count))
    out.print(table)
    out.print("\nalerts: " + ", ".join(f"{rule} {count}" for rule, count in sorted(hits.items())), markup=False)
    out.print("\nmail:", style="bold")
    for mail in mails:
        out.print(f"  {shown(mail)}", markup=False)
    out.print("\nsearches:", style="bold")
    for words, top in found.items():
        out.print(f"  {words}  ->  {plain(top['top'] or 'nothing')}", markup=False)
    out.print("\nwhat to do next:", style="bold")
    for command, what in (
        ("pantau search 智慧城市", "search it yourself; every verb works on the demo's data until the first `run`"),
        ("pantau web", "read it in a browser, at http://127.0.0.1:8080"),
        ("pantau once", "read the sites again: nothing new, no second mail"),
        ("pantau status", "see whether all is well"),
        ("pantau demo --stop", "stop the replica sites and the node"),
        ("make run", "start on the live sources"),
    ):
        out.print(f"  {f'.venv/bin/{command}' if command.startswith('pantau') else command:36} {what}", markup=False)


def shown(path: Path) -> str:
    """A path as short as it can be said from where the user stands."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def localise(text: str, sites: dict[str, str]) -> str | None:
    """Rewrite a source file so that it speaks of the replica; None if any of its hosts would still be asked live."""
    from tests.replica import localise_source

    return localise_source(text, sites)
