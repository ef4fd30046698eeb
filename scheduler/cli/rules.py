"""`rules`: list, check, try, draft the alert rules, and keep what readers say of their hits."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.source import ConfigError
from scheduler.cli.backtest import backtest_fields, show_backtest
from scheduler.cli.completion import rule_names
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, err, line, out, plain
from scheduler.ledger.labels import Label, all_labels, label, release_of
from scheduler.newsroom import Newsroom
from scheduler.rules.backtest import backtest as run_backtest
from scheduler.rules.labelled_texts import labelled
from scheduler.rules.matching import examples_hold
from scheduler.rules.rule import load_rule
from scheduler.rules.rule_draft import draft


@click.group()
def rules() -> None:
    """The alert rules."""


@rules.command("list")
@as_json
def list_(json_: bool) -> None:
    """List the rules."""
    newsroom = Newsroom(load_settings())
    for rule in newsroom.rules:
        if json_:
            line({"id": rule.id, "title": rule.title, "draft": rule.draft})
        else:
            out.print(f"{rule.id:24} {rule.title}{'  (draft: raises nothing)' if rule.draft else ''}", markup=False)


@rules.command()
def check() -> None:
    """Try every rule's examples on the real engine; exit 1 if one does not hold."""
    newsroom = Newsroom(load_settings())
    ensure_engine(newsroom.settings)
    complaints = examples_hold(
        newsroom.client, newsroom.rules, newsroom.reader, newsroom.settings.config / "elasticsearch"
    )
    for complaint in complaints:
        err.print(plain(complaint), markup=False)
    if complaints:
        raise SystemExit(1)
    out.print(f"{len(newsroom.rules)} rules: every example holds")


@rules.command()
@click.argument("rule", shell_complete=rule_names)
@click.option("--days", type=click.IntRange(1, 36500), default=365, show_default=True)
@click.option(
    "--changed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The rule as it would be, a file like those in config/alerts: shows what the change would add and drop.",
)
@click.option(
    "--alert/--no-alert",
    default=None,
    help="Alert on these old releases too; without it a new rule is asked about on a terminal, and else does not.",
)
@as_json
def backtest(rule: str, days: int, changed: Path | None, alert: bool | None, json_: bool) -> None:
    """Show what a rule would have raised over the past days, by which words, and what a change would alter."""
    newsroom = Newsroom(load_settings())
    by_id = {one.id: one for one in newsroom.rules}
    if rule not in by_id:
        raise click.BadParameter(f"there is no rule {rule!r}; known are {', '.join(sorted(by_id))}")
    if alert and by_id[rule].draft:
        raise click.BadParameter(f"{rule} is a draft and raises nothing; take its line `draft = true` away first")
    ensure_engine(newsroom.settings)
    done = run_backtest(
        newsroom.client,
        newsroom.settings.elasticsearch.index,
        newsroom.reader,
        newsroom.store.releases,
        by_id[rule],
        days=days,
        changed=load_rule(changed, newsroom.glossary) if changed else None,
    )
    if json_:
        line(backtest_fields(rule, days, done) | ({"alerts": newsroom.raise_old(rule, days)} if alert else {}))
        return
    show_backtest(days, done)
    if (
        alert is None
        and not by_id[rule].draft
        and done.hits.count
        and sys.stdin.isatty()
        and newsroom.ledger.leaves_out_old(rule)
    ):
        alert = click.confirm("The rule is new. Shall these old releases alert too?", default=False)
    if alert:
        out.print(f"{newsroom.raise_old(rule, days)} new alerts; the next delivery mails them", markup=False)


@rules.command("new")
@click.argument("name")
@click.option("--like", required=True, metavar="RULE", help="The rule whose file is copied.")
@as_json
def new(name: str, like: str, json_: bool) -> None:
    """Write a new rule as a draft, which is checked and can be tried, and raises nothing; say what to do next."""
    folder = load_settings().config / "alerts"
    try:
        written = draft(name, like, folder)
    except ConfigError as error:
        raise click.BadParameter(str(error)) from error
    if json_:
        line({"rule": name, "written": str(written)})
        return
    out.print(f"written: {written}", markup=False)
    out.print("next: edit title, conditions and examples in it (README.md beside it explains every key);", markup=False)
    out.print(f"      `pantau rules check`, then `pantau rules backtest {name}` show what it raises;", markup=False)
    out.print("      take the line `draft = true` away, and it alerts from then on", markup=False)


@rules.command("label")
@click.argument("found", metavar="HIT|RELEASE")
@click.argument("rule", shell_complete=rule_names)
@click.argument("verdict", type=click.Choice(["yes", "no"]))
@as_json
def label_(found: str, rule: str, verdict: str, json_: bool) -> None:
    """Keep whether a rule is right about a release, given by its id or by the number of a hit; the last word holds."""
    newsroom = Newsroom(load_settings())
    known = sorted(one.id for one in newsroom.rules)
    if rule not in known:
        raise click.BadParameter(f"there is no rule {rule!r}; known are {', '.join(known)}")
    release_id = release_of(newsroom.store.engine, int(found)) if found.isascii() and found.isdigit() else None
    release_id = release_id or found
    if not newsroom.store.releases([release_id]):
        raise click.BadParameter(f"there is neither a hit nor a release {found!r}")
    label(newsroom.store.engine, Label(release_id, rule, verdict == "yes", datetime.now(UTC)))
    fields = {"release_id": release_id, "rule": rule, "verdict": verdict}
    if json_:
        line(fields)
    else:
        out.print(f"kept: {rule} is {'right' if verdict == 'yes' else 'wrong'} about {release_id}", markup=False)


@rules.command("labels")
def labels_() -> None:
    """Write the labelled releases as JSON lines that `make train TEXTS=FILE` learns from."""
    newsroom = Newsroom(load_settings())
    kept = list(all_labels(newsroom.store.engine))
    releases = newsroom.store.releases({one.release_id for one in kept})
    verdicts = [(one.release_id, one.rule, one.verdict) for one in kept]
    for fields in labelled(verdicts, releases, {rule.id: rule for rule in newsroom.rules}):
        line(fields)
