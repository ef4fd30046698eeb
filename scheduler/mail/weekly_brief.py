"""The weekly brief in words: the counts, what became of the month before, and what one side alone has told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.ledger.week import Outcome, Week
from scheduler.mail.item import Material, ReaderView, ShownItem, shown_item

MOST = 5  # lines of each kind
OUTCOMES: tuple[Outcome, ...] = ("further", "ended", "withdrawn", "both", "silent")
TOLD_SINGLY = ("further", "ended", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What stands at the head of a weekly mail: two sentences, and lines, each with the release that it is about.

    `more` is how many one-sided releases there are beside those listed.
    """

    counts: str
    month: str
    became: tuple[tuple[ShownItem, str], ...]
    one_sided: tuple[ShownItem, ...]
    more: int


def weekly_brief(week: Week, material: Material, view: ReaderView) -> Brief:
    """Word the week in the reader's language; releases that the store has no more are only counted."""
    words = view.words
    counted = [
        words.say("week_count", what=words.stage(stage), count=here, before=before)
        for stage, (here, before) in week.counts.items()
    ]
    found = Counter(one.outcome for one in week.announcements)
    parts = [words.say(f"month_{outcome}", count=found[outcome]) for outcome in OUTCOMES if found[outcome]]
    month = f"{words.say('month_count', count=len(week.announcements))} {words.mail['clause'].join(parts)}"
    alone = [item for item in week.one_sided if item.release_id in material.stored]
    return Brief(
        counts=words.mail["semicolon"].join(counted) or words.say("week_none"),
        month=month if week.announcements else "",
        became=tuple(_became(week, material, view))[:MOST],
        one_sided=tuple(shown_item(item, material, view) for item in alone[:MOST]),
        more=len(alone[MOST:]),
    )


def _became(week: Week, material: Material, view: ReaderView) -> Iterator[tuple[ShownItem, str]]:
    """The announcements that came to something, each with where it stands now."""
    words = view.words
    for one in week.announcements:
        if one.outcome in TOLD_SINGLY and one.item.release_id in material.stored:
            gone = one.outcome == "withdrawn"
            now = words.say("became_withdrawn") if gone else words.say("became", stage=words.stage(one.stage))
            yield shown_item(one.item, material, view), now
