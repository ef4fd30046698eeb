"""How a back-test is shown: bars by day, words, samples, and what a change to the rule alters."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from scheduler.cli.output import out, plain, show
from scheduler.rules.backtest import Backtest, Hits
from scheduler.search.document import LEVELS

BAR = 30  # characters of the longest bar
WORDS = 15


def backtest_fields(rule: str, days: int, done: Backtest) -> dict[str, Any]:
    """The fields of `pantau rules backtest --json`."""
    fields: dict[str, Any] = {"rule": rule, "days": days} | _hits(done.hits)
    for sample in fields["samples"]:
        one = done.looked.get(sample["id"])
        sample["words"] = list(one.words) if one else []
        sample |= {"level": one.level if one else None, "probability": one.probability if one else None}
    fields["words"] = dict(done.words.most_common())
    fields["levels"] = {level: done.levels[level] for level in reversed(LEVELS)}
    if done.added is not None and done.dropped is not None:
        fields |= {"added": _hits(done.added), "dropped": _hits(done.dropped)}
    return fields


def show_backtest(days: int, done: Backtest) -> None:
    """Print a back-test for a person."""
    most = max(done.hits.per_day.values(), default=1)
    for day, count in done.hits.per_day.items():
        out.print(f"{day} {'█' * max(1, round(BAR * count / most))} {count}", markup=False)
    out.print(f"{done.hits.count} hits in {days} days", style="bold")
    if looked := done.levels.total():
        levels = ", ".join(f"{done.levels[level]} {level}" for level in reversed(LEVELS))
        of = f" of the newest {looked}" if looked < done.hits.count else ""
        out.print(f"how sure: {levels}{of}", markup=False)
    if done.words:
        words = ", ".join(f"{plain(word)} {count}" for word, count in done.words.most_common(WORDS))
        out.print(f"\nwords that matched most: {words}", markup=False)
    out.print("\nthe newest:", style="bold")
    table = _table()
    for sample in done.hits.samples:
        one = done.looked.get(sample.id)
        words = ", ".join(plain(word) for word in one.words) if one else ""
        sure = f"{one.level} {one.probability:.2f}" if one else ""
        _row(table, sample.date, sample.source, sure, sample.title, words)
    show(table)
    for name, hits in (("add", done.added), ("drop", done.dropped)):
        if hits is None:
            continue
        out.print(f"\nthe change would {name} {hits.count}", style="bold")
        table = _table()
        for sample in hits.samples:
            _row(table, sample.date, sample.source, sample.title)
        show(table)


def _hits(hits: Hits) -> dict[str, Any]:
    samples = [{"id": s.id, "url": s.url, "title": s.title, "date": s.date} for s in hits.samples]
    return {"hits": hits.count, "per_day": hits.per_day, "samples": samples}


def _table() -> Table:
    return Table(box=None, pad_edge=False, show_header=False)


def _row(table: Table, date: str | None, *texts: str) -> None:
    table.add_row(date or "no date", *(plain(text).replace("[", "\\[") for text in texts))
