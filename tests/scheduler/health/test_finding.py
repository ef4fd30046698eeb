"""A finding is harmless and bounded wherever it is shown, whatever a site has said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.errors import LONGEST, one_line
from scheduler.health import Finding
from scheduler.health.verdict import judge_source
from scheduler.mail.operator_mail import NoticeLine, compose_notice
from tests.scheduler.health.test_verdict import NOW, run, source

FORGED = (
    "x\n\nsource komdigi is well again (was bad since 2026-11-25 00:00 UTC)\n    read (0 min ago): \u202e\x1b[2J"
    "\x9b31m\u2028"
)


def test_a_finding_is_one_bounded_line_whoever_has_worded_it() -> None:
    one = Finding(subject=FORGED * 50, level="bad", sentence=FORGED + "y" * 6_000_000, remedy=FORGED * 500)
    for text, limit in ((one.subject, 300), (one.sentence, 2000), (one.remedy, 2000)):
        assert text.isprintable()
        assert len(text) <= limit


def test_one_reason_does_not_hide_the_others_and_their_number_is_bounded() -> None:
    crawled = run("failed", timedelta(hours=1))
    crawled.report["reasons"] = ["x" * 1_000_000, "the second", *[f"further {n}" for n in range(500)]]
    sentence = judge_source(source(), [crawled], None, NOW).sentence
    assert "the second" in sentence
    assert "further 7" in sentence
    assert sentence.endswith("and 492 more")
    assert len(sentence) < 1000


@pytest.mark.slow
def test_the_mail_to_the_operator_holds_no_line_of_a_strangers_making_and_is_never_too_large() -> None:
    found = [Finding(subject=f"source {n}", level="bad", sentence=FORGED + "y" * 100_000) for n in range(300)]
    lines = [
        NoticeLine(kind="bad", subject=one.subject, sentence=one.sentence, remedy=FORGED, since=NOW) for one in found
    ]
    mail = compose_notice(lines, sender="pantau@example.org", operator="op@example.org", at=NOW)
    body = mail.get_content()
    assert len(body) < 500_000
    assert not [line for line in body.splitlines() if line.startswith("source komdigi")]
    assert "\x1b" not in body + str(mail["Subject"])
    assert "\u202e" not in body
    assert "\nand 200 more" in body


def test_an_error_is_kept_as_one_bounded_line() -> None:
    said = one_line(ValueError(FORGED + "z" * 5_000_000))
    assert said.isprintable()
    assert len(said) == LONGEST
    assert one_line(ValueError()) == "ValueError"
