"""What readers said of hits, as texts to learn from: one release a line, with the labels that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crawler.store import StoredRelease
from scheduler.language.glossary_file import ANY, DOMESTIC, ENDED
from scheduler.rules.rule import Rule

STREAM = "readers"
PAIRS = {"indonesia-china": "indonesia_china", "indonesia-guangxi": "indonesia_guangxi"}
INSIDE = {"indonesia-guangxi": ("indonesia-china",)}  # a yes to the one is a yes to the others, a no the other way


def labelled(
    verdicts: Iterable[tuple[str, str, bool]], releases: Mapping[str, StoredRelease], rules: Mapping[str, Rule]
) -> Iterator[dict[str, Any]]:
    """One release a line, from verdicts (release id, rule, right).

    What no verdict decides is left out, and a release of which nothing is known is, too.

    Only rules that ask for one cooperation and nothing else can tell: a no to *cooperation on health* may mean either.
    """
    of: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for release_id, rule, verdict in verdicts:
        if asked := _asked(rules.get(rule)):
            of[release_id].append((asked, verdict))
    for release_id, said in sorted(of.items()):
        labels = labels_of(said)
        stored = releases.get(release_id)
        if stored is None or "cooperation" not in labels:
            continue
        release = stored.release
        yield {
            "id": release_id,
            "stream": STREAM,
            "lang": release.lang or "id",
            "source": release.source,
            "published": release.published.date().isoformat() if release.published else None,
            "title": release.title,
            "text": release.text,
            "labels": labels,
        }


def labels_of(verdicts: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    """What follows from verdicts on cooperations: any yes means that there is cooperation, a no to any that there is
    none."""
    found: dict[str, bool] = {}
    for asked, verdict in sorted(verdicts, key=lambda one: one[1]):  # a yes comes last, and holds
        if asked == ANY and not verdict:
            found = dict.fromkeys((*PAIRS.values(), "cooperation"), False)
        elif asked in PAIRS:
            found[PAIRS[asked]] = verdict
            for wider in INSIDE.get(asked, ()) if verdict else ():
                found[PAIRS[wider]] = True
            for closer in () if verdict else (name for name, wide in INSIDE.items() if asked in wide):
                found[PAIRS[closer]] = False
        if verdict:
            found["cooperation"] = True
        if verdict and asked == DOMESTIC:
            found |= dict.fromkeys(PAIRS.values(), False)
    return found


def _asked(rule: Rule | None) -> str | None:
    """The one cooperation that a rule asks for; None if it asks for more, or less, or an ending."""
    if rule is None or len(rule.all) != 1 or rule.any or rule.none:
        return None
    asked = rule.all[0].values("cooperation")
    only = len(asked) == 1 and len(rule.all[0].asked) == 1
    return asked[0] if only and asked[0] != ENDED else None
