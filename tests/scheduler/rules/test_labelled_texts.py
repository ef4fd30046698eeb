"""What follows from readers' verdicts, and what does not."""

from __future__ import annotations

import pytest

from crawler.store import StoredRelease
from scheduler.rules.labelled_texts import labelled, labels_of
from scheduler.rules.rule import Rule
from tests.scheduler.mail.case import release


@pytest.mark.parametrize(
    ("verdicts", "labels"),
    [
        ([("any", False)], {"cooperation": False, "indonesia_china": False, "indonesia_guangxi": False}),
        ([("any", True)], {"cooperation": True}),
        (
            [("indonesia-guangxi", True)],
            {"cooperation": True, "indonesia_china": True, "indonesia_guangxi": True},
        ),
        ([("indonesia-china", False)], {"indonesia_china": False, "indonesia_guangxi": False}),
        ([("indonesia-china", False), ("any", True)],
         {"cooperation": True, "indonesia_china": False, "indonesia_guangxi": False}),
        ([("domestic", True)], {"cooperation": True, "indonesia_china": False, "indonesia_guangxi": False}),
        ([("international", False)], {}),
        ([("any", False), ("indonesia-china", True)],
         {"cooperation": True, "indonesia_china": True, "indonesia_guangxi": False}),
    ],
)  # fmt: skip
def test_what_follows_from_verdicts(verdicts: list[tuple[str, bool]], labels: dict[str, bool]) -> None:
    assert labels_of(verdicts) == labels


def test_a_release_is_written_as_the_training_reads_it(rules: tuple[Rule, ...]) -> None:
    known = {rule.id: rule for rule in rules}
    stored = {
        one.id: StoredRelease(release=one, revision=1, withdrawn_at=None)
        for one in (release(1, title="Satu"), release(2), release(3))
    }
    first, second, third = stored
    verdicts = [
        (first, "cooperation", True),
        (second, "health", True),  # may be wrong by its topic alone
        (third, "indonesia-china", False),  # says nothing of cooperation with others
        ("gone", "cooperation", True),
        (first, "gone-rule", False),
    ]
    (only,) = labelled(verdicts, stored, known)
    assert (only["id"], only["title"], only["labels"]) == (first, "Satu", {"cooperation": True})
    assert {"stream", "lang", "source", "published", "text"} <= only.keys()
