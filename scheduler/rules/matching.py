"""Rules against indexed releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.language.reader import Reader
from scheduler.rules.rule import Example, Rule
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.document import document
from scheduler.search.index import temporary
from scheduler.search.queries import run_rules

# Releases that no rule of any sense is about: a rule that finds all of them finds everything.
PLAIN = (
    Example(lang="id", title="Kantor pos tutup pada hari libur", text="Layanan dibuka lagi hari Senin pukul delapan."),
    Example(lang="zh", source="nanning", title="公园樱花进入盛花期", text="市民可乘坐公交前往观赏，花期约十天。"),
    Example(lang="en", source="nanning-en", title="Heavy rain on Monday", text="Take an umbrella and drive slowly."),
)


def match(client: Client, index: str, rules: Sequence[Rule], ids: Sequence[str]) -> dict[str, list[str]]:
    """Which rules each of these releases raises; releases that raise none are left out. Raises SearchError."""
    return run_rules(client, index, {rule.id: rule.query() for rule in rules}, ids)


def examples_hold(client: Client, rules: Sequence[Rule], reader: Reader, folder: Path) -> list[str]:
    """Try the examples of all rules on the real engine; returns a complaint for each that does not hold.

    `folder` has the definition of the index. A rule that finds releases about nothing is complained of too.
    """
    tried = [*_examples(rules), *(("", True, example) for example in PLAIN)]
    stored = [_stored(number, example) for number, (_, _, example) in enumerate(tried)]
    with temporary(client, reader.glossary.synonyms(), folder) as alias:
        rows = [(one.release.id, 1, document(one, reader.marks(one))) for one in stored]
        rejected = dict(index_documents(client, alias, rows).rejected)
        raised = match(client, alias, rules, [one.release.id for one in stored])
    complaints = [f"{release_id}: the index refused an example ({reason})" for release_id, reason in rejected.items()]
    for (rule_id, wanted, example), one in zip(tried, stored, strict=True):
        found = raised.get(one.release.id, [])
        if rule_id and (rule_id in found) != wanted:
            key = "must_match" if wanted else "must_not_match"
            complaints.append(f"{rule_id}.toml: {key}: {example.title!r} {'does not match' if wanted else 'matches'}")
    plain = [set(raised.get(one.release.id, [])) for one in stored[-len(PLAIN) :]]
    complaints += [f"{rule_id}.toml: it matches releases about nothing" for rule_id in sorted(set.union(*plain))]
    return complaints


def _examples(rules: Sequence[Rule]) -> Iterator[tuple[str, bool, Example]]:
    for rule in rules:
        for example in rule.must_match:
            yield rule.id, True, example
        for example in rule.must_not_match:
            yield rule.id, False, example


def _stored(number: int, example: Example) -> StoredRelease:
    published = datetime.combine(example.published, time(), UTC) if example.published else None
    release = Release(
        id=f"example-{number}",
        key=f"example/{number}",
        url=f"https://example.invalid/{number}",
        source=example.source,
        kind=Kind.ARTICLE,
        title=example.title,
        text=example.text,
        lang=example.lang,
        published=published,
        precision=Precision.DAY if published else None,
        date_source=None,
        date_conflict=None,
        number=None,
        canonical=None,
        attachments=(),
        collected_at=datetime(2000, 1, 1, tzinfo=UTC),
    )
    return StoredRelease(release=release, revision=1, withdrawn_at=None)
