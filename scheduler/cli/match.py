"""`match`: which rules given texts would raise, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from crawler.extraction.url_key import release_id
from crawler.portions import portions
from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, complain, line, out, plain
from scheduler.language.judge import Level
from scheduler.language.reader import Reading
from scheduler.language.weighed_evidence import Explained, explained
from scheduler.newsroom import Newsroom
from scheduler.rules.explanation import why
from scheduler.rules.matching import match as match_rules
from scheduler.rules.rule import Rule
from scheduler.search.bulk import index_documents
from scheduler.search.document import document
from scheduler.search.index import temporary
from scheduler.search.queries import passages

BATCH = 200


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="Show the evidence with its weights, and the sentences of the deal.")
@as_json
def match(file: Path, explain: bool, json_: bool) -> None:
    """Say which rules the texts of FILE.jsonl would raise (fields id, title, text, lang, published, source)."""
    newsroom = Newsroom(load_settings())
    wrong: list[str] = []
    texts = list(read_texts(file, wrong))
    if texts:
        ensure_engine(newsroom.settings)
    for some in portions(texts, BATCH):
        for fields in matched(newsroom, some, wrong, explain=explain):
            if json_:
                line(fields)
            else:
                levels = fields["levels"]
                rules = ", ".join(f"{name} ({levels[name]['level']})" for name in fields["rules"]) or "–"
                weak = f"; only possible: {', '.join(fields['possible_rules'])}" if fields["possible_rules"] else ""
                strength = f"{fields['level']} {fields['probability']:.2f}" if fields["level"] else "nothing"
                out.print(f"{plain(fields['id'])}: {rules}{weak}  [{fields['stage']}, {strength}]", markup=False)
                for highlight in fields["highlights"]:
                    out.print(f"    {plain(highlight['sentence'])}", markup=False)
                for text in explanation(fields) if explain else ():
                    out.print(f"    {plain(text)}", markup=False)
    for complaint in wrong:
        complain(str(complaint))
    if wrong:
        raise SystemExit(2)


def matched(
    newsroom: Newsroom, texts: Sequence[tuple[str, Release]], wrong: list[str], *, explain: bool = False
) -> Iterator[dict[str, Any]]:
    """Match texts in a temporary index; nothing is stored. A text that cannot be read is named in `wrong`."""
    reader, rules = newsroom.reader, {rule.id: rule for rule in newsroom.rules}
    names = {release.id: name for name, release in texts}
    stored = [StoredRelease(release=release, revision=1, withdrawn_at=None) for _, release in texts]
    read = [(one, reading) for one, reading in reader.each(stored) if isinstance(reading, Reading)]
    wrong += [str(reading) for _, reading in reader.each(stored) if not isinstance(reading, Reading)]
    with temporary(newsroom.client, newsroom.glossary.synonyms(), newsroom.settings.config / "elasticsearch") as alias:
        index_documents(
            newsroom.client, alias, [(one.release.id, 1, document(one, reading.marks)) for one, reading in read]
        )
        raised = match_rules(newsroom.client, alias, newsroom.rules, [one.release.id for one, _ in read])
        for one, reading in read:
            ids = raised.get(one.release.id, [])

            def engine(rule_id: str, release_id: str = one.release.id) -> Callable[[], tuple[str, ...]]:
                return lambda: passages(newsroom.client, alias, release_id, rules[rule_id].query())

            fields = told(newsroom, names[one.release.id], reading, [rules[name] for name in sorted(ids)], engine)
            yield fields | (evidence_of(newsroom, reading) if explain else {})


def evidence_of(newsroom: Newsroom, reading: Reading) -> dict[str, Any]:
    """What `--explain` adds: each decision with its evidence, and the sentences of the deal, the plainest first."""
    decisions = explained(newsroom.glossary, newsroom.reader.judge, reading)
    return {
        "deal": [reading.lines[number].sentence.text for number in reading.deal],
        "decisions": [_decision(one) for one in decisions],
    }


def _decision(one: Explained) -> dict[str, Any]:
    evidence = [{"evidence": name, "adds": adds} for name, adds in one.evidence]
    return {"cooperation": one.cooperation, "level": one.level, "probability": one.probability, "evidence": evidence}


def explanation(fields: dict[str, Any]) -> Iterator[str]:
    """The same for people, a line each."""
    for sentence in fields["deal"]:
        yield f"deal: {sentence}"
    for one in fields["decisions"]:
        yield f"{one['cooperation']}: {one['level'] or 'nothing'} {one['probability']:.2f}"
        for piece in one["evidence"]:
            yield f"  {piece['adds']:+.2f}  {piece['evidence']}"


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
