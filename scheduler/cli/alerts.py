"""`match` and `rules`: what the alert rules do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from crawler.extraction.url_key import release_id
from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.cli.backtest import backtest_fields, show_backtest
from scheduler.cli.engine import ensure_engine
from scheduler.cli.output import as_json, err, line, out, plain
from scheduler.cli.world import load_settings
from scheduler.context import Newsroom
from scheduler.language.judge import Level
from scheduler.language.reader import Reading
from scheduler.rules.backtest import backtest as run_backtest
from scheduler.rules.explanation import why
from scheduler.rules.matching import examples_hold
from scheduler.rules.matching import match as match_rules
from scheduler.rules.rule import Rule, load_rule
from scheduler.search.document import document
from scheduler.search.indexing import index
from scheduler.search.queries import passages, temporary

BATCH = 200


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def match(file: Path, json_: bool) -> None:
    """Say which rules the texts of FILE.jsonl would raise (fields id, title, text, lang, published, source)."""
    newsroom = Newsroom(load_settings())
    wrong: list[str] = []
    texts = list(read_texts(file, wrong))
    if texts:
        ensure_engine(newsroom.settings)
    for start in range(0, len(texts), BATCH):
        for fields in matched(newsroom, texts[start : start + BATCH], wrong):
            if json_:
                line(fields)
            else:
                rules = ", ".join(fields["rules"]) or "–"
                strength = f"{fields['level']} {fields['probability']:.2f}" if fields["level"] else "nothing"
                out.print(f"{plain(fields['id'])}: {rules}  [{fields['stage']}, {strength}]", markup=False)
                for highlight in fields["highlights"]:
                    out.print(f"    {plain(highlight['sentence'])}", markup=False)
    for complaint in wrong:
        click.echo(f"pantau: {complaint}", err=True)
    if wrong:
        raise SystemExit(2)


def matched(newsroom: Newsroom, texts: list[tuple[str, Release]], wrong: list[str]) -> Iterator[dict[str, Any]]:
    """Match texts in a temporary index; nothing is stored. A text that cannot be read is named in `wrong`."""
    reader, rules = newsroom.reader, {rule.id: rule for rule in newsroom.rules}
    names = {release.id: name for name, release in texts}
    stored = [StoredRelease(release=release, revision=1, withdrawn_at=None) for _, release in texts]
    read = [(one, reading) for one, reading in reader.each(stored) if isinstance(reading, Reading)]
    wrong += [str(reading) for _, reading in reader.each(stored) if not isinstance(reading, Reading)]
    with temporary(newsroom.client, newsroom.glossary.synonyms(), newsroom.settings.config / "elasticsearch") as alias:
        index(newsroom.client, alias, [(one.release.id, 1, document(one, reading.marks)) for one, reading in read])
        raised = match_rules(newsroom.client, alias, newsroom.rules, [one.release.id for one, _ in read])
        for one, reading in read:
            ids = raised.get(one.release.id, [])

            def engine(rule_id: str, release_id: str = one.release.id) -> Callable[[], tuple[str, ...]]:
                return lambda: passages(newsroom.client, alias, release_id, rules[rule_id].query())

            yield told(newsroom, names[one.release.id], reading, [rules[name] for name in sorted(ids)], engine)


def told(
    newsroom: Newsroom,
    name: str,
    reading: Reading,
    raised: list[Rule],
    engine: Callable[[str], Callable[[], tuple[str, ...]]],
) -> dict[str, Any]:
    """What `match` says of one text: `rules` are those at least likely, `possible_rules` the weaker ones.

    `level` and `probability` are those of the surest rule among them, cooperation of any before the others.
    """
    strength = {rule.id: rule.strength(reading.marks) for rule in raised}
    weak = [rule.id for rule in raised if strength[rule.id][1] == Level.POSSIBLE]
    highlights: list[dict[str, Any]] = []
    for rule in raised:
        if rule.id not in weak:
            found = why(newsroom.glossary, reading, rule, engine(rule.id))
            highlights += [h for h in found if h["sentence"] not in {other["sentence"] for other in highlights}]
    surest = strength.get("cooperation") or max(strength.values(), default=(round(reading.marks.score, 4), None))
    return {
        "id": name,
        "rules": [rule.id for rule in raised if rule.id not in weak],
        "possible_rules": weak,
        "level": surest[1],
        "probability": surest[0],
        "levels": {rule_id: {"level": level, "probability": chance} for rule_id, (chance, level) in strength.items()},
        "concepts": list(reading.marks.concepts),
        "stage": reading.marks.stage,
        "topics": list(reading.marks.topics),
        "parties": list(reading.marks.parties),
        "highlights": highlights,
    }


def read_texts(file: Path, wrong: list[str]) -> Iterator[tuple[str, Release]]:
    """Read the texts; a bad line is named in `wrong`, and the others go on. Raises BadParameter: no such file."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # U+0085 and U+2028 end no line of JSON
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            fields = json.loads(text)
            yield str(fields["id"]), _release(number, fields)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"lacks the field {error}" if isinstance(error, KeyError) else str(error)
            wrong.append(f"{file}, line {number}: {reason}")


def _release(number: int, fields: dict[str, Any]) -> Release:
    published = fields.get("published")
    day = date.fromisoformat(published[:10]) if published else None
    key = f"match/{number}"
    return Release(
        id=release_id(key),
        key=key,
        url=f"https://example.invalid/{number}",
        source=str(fields.get("source") or "match"),
        kind=Kind.ARTICLE,
        title=str(fields.get("title") or ""),
        text=str(fields["text"]),
        lang=fields.get("lang"),
        published=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
        precision=Precision.DAY if day else None,
        date_source="given",
        date_conflict=None,
        number=None,
        canonical=None,
        attachments=(),
        collected_at=datetime.now(UTC),
    )


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
            line({"id": rule.id, "title": rule.title})
        else:
            out.print(f"{rule.id:24} {rule.title}", markup=False)


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
@click.argument("rule")
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
    if alert is None and done.hits.count and sys.stdin.isatty() and newsroom.ledger.leaves_out_old(rule):
        alert = click.confirm("The rule is new. Shall these old releases alert too?", default=False)
    if alert:
        out.print(f"{newsroom.raise_old(rule, days)} new alerts; the next delivery mails them", markup=False)
