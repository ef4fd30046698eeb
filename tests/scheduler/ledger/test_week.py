"""The weekly brief: this week against the last, what became of the month before, and who alone has told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.settings import Subscription
from tests.scheduler.jobs.weeks import HOUR, Weeks, text_of
from tests.scheduler.mail.case import DESK

DAY = timedelta(days=1)
WEEKLY = DESK.model_copy(update={"name": "weekly", "when": "weekly"})
BOTH = ("meutya-hafid", "nong-shengwen")
OTHERS = ("nezar-patria", "wei-tao")

SAID = {
    "en": (
        "This week against the week before", "agreed: 1 (before: 0)", "Of 2 announcements:", "1 went further",
        "1 without any news since", "now signed", "Told by one side only",
    ),
    "id": (
        "Pekan ini dibandingkan pekan sebelumnya", "disepakati: 1 (sebelumnya: 0)", "Dari 2 pengumuman:",
        "1 melangkah lebih jauh", "1 tanpa kabar sejak itu", "kini ditandatangani", "Baru diberitakan satu pihak",
    ),
    "zh": (
        "本周与上周相比", "达成一致：1（上周：0）", "共2条消息：", "有进展1", "此后无消息1", "现为已签署", "仅一方发布",
    ),
}  # fmt: skip


def brief_of(weeks: Weeks, subscription: Subscription = WEEKLY) -> dict[str, str]:
    """What became of each announcement."""
    week = weeks.ledger.week(subscription, weeks.now)
    return {one.item.release_id: f"{one.outcome} {one.stage}" for one in week.announcements}


def test_this_week_is_counted_against_the_week_before_by_what_the_subscription_asks_for(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, WEEKLY)
    weeks.publish(1, stage="signed")
    weeks.publish(2, stage="talks")
    weeks.go_on(8 * DAY, DAY)
    weeks.publish(3, stage="signed")
    weeks.publish(4, stage="signed", rules=("energy",))
    weeks.publish(5, stage="ended", level="possible")
    weeks.publish(6, stage="signed", old=True)
    weeks.publish(7, stage="signed", rules=("cooperation",))
    assert weeks.ledger.week(WEEKLY, weeks.now).counts == {"signed": (2, 1), "talks": (0, 1)}
    possible = WEEKLY.model_copy(update={"level": "possible"})
    assert weeks.ledger.week(possible, weeks.now).counts["ended"] == (1, 0)


def test_what_became_of_last_months_announcements(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, WEEKLY)
    weeks.publish(1, stage="talks", people=BOTH)
    weeks.publish(2, stage="agreed", people=OTHERS)
    weeks.publish(3, stage="signed", text="Yang ditarik: 17 bus.")
    weeks.publish(4, stage="signed", text="Yang sunyi: 4.321 ton kelapa.")
    weeks.publish(5, stage="under-way", text="Sudah berjalan.")
    weeks.go_on(20 * DAY, DAY)
    weeks.publish(6, stage="signed", people=BOTH)
    weeks.publish(7, stage="ended", people=OTHERS, country="cn", source="gxzf")
    weeks.withdraw(3)
    weeks.publish(8, stage="talks", text="Pekan ini: 99.123 ekor.")
    assert brief_of(weeks) == {
        "r0001": "further signed",
        "r0002": "ended ended",
        "r0003": "withdrawn signed",
        "r0004": "silent signed",
    }


def test_a_story_counts_once_and_two_sides_are_no_single_one(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, WEEKLY)
    weeks.publish(1, people=BOTH)
    weeks.publish(2, people=BOTH, country="cn", source="gxzf", lang="zh", text="双方举行会谈。")
    weeks.publish(3, text="Hanya satu pihak: 4.321 ton.")
    weeks.go_on(8 * DAY, DAY)
    weeks.publish(4, text="Baru hari ini: 99.123 ekor.")
    week = weeks.ledger.week(WEEKLY, weeks.now)
    assert {one.item.release_id: one.outcome for one in week.announcements} == {"r0001": "both", "r0003": "silent"}
    assert [item.release_id for item in week.one_sided] == ["r0003"]


@pytest.mark.slow
@pytest.mark.parametrize("language", SAID)
def test_a_weekly_mail_brings_the_brief_in_the_readers_language_and_a_daily_one_does_not(
    tmp_path: Path, language: str
) -> None:
    said = SAID[language]
    weekly = WEEKLY.model_copy(update={"language": language, "rules": ("*",)})
    daily = DESK.model_copy(update={"when": "daily", "to": ("daily@example.org",), "language": language})
    weeks = Weeks(tmp_path, weekly, daily)
    weeks.publish(1, stage="talks", people=BOTH)
    weeks.publish(2, stage="agreed", text="Hanya satu pihak: 4.321 ton.")
    weeks.go_on(15 * DAY, 6 * HOUR)
    weeks.publish(3, stage="signed", people=BOTH)
    weeks.publish(4, stage="agreed", text="Baru: 99.123 ekor.")
    mails = weeks.go_on(7 * DAY)
    [ours] = [mail for mail in mails if mail["To"] == "desk@example.org"]
    for kind in ("plain", "html"):
        text = text_of(ours, kind)
        assert [one for one in said if one not in text] == []
    [theirs, *_] = [mail for mail in mails if mail["To"] == "daily@example.org"]
    assert said[0] not in text_of(theirs)
