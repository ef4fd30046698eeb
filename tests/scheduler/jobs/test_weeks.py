"""What a reader gets over weeks: each story once, what became of it, and a word when there was nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.settings import Subscription
from tests.scheduler.jobs.weeks import HOUR, Weeks, text_of
from tests.scheduler.mail.case import DESK, NOW

DAY = timedelta(days=1)
DAILY = DESK.model_copy(update={"when": "daily", "at": "07:00"})  # in Jakarta: midnight UTC
TOLD = (
    "Meutya Hafid menerima Nong Shengwen di Jakarta. Keduanya sepakat melatih 9 juta talenta digital dan membuka pusat "
    "kecerdasan buatan di Nanning, dengan 120 insinyur dari kedua negara dan anggaran bersama selama lima tahun."
)
RETOLD = "Jakarta, Kamis - " + TOLD + " Sumber: kementerian."
THEIRS = "农生文在雅加达会见梅蒂娅·哈菲德。双方同意培养1000万名数字人才，并在南宁设立人工智能中心。"
BOTH = ("meutya-hafid", "nong-shengwen")
CHINESE = {"country": "cn", "source": "gxzf", "lang": "zh", "title": "农生文会见梅蒂娅·哈菲德", "text": THEIRS}


def test_a_daily_reader_gets_one_mail_at_the_hour_with_all_of_the_day(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY)
    for number in range(1, 4):
        weeks.publish(number)
        assert weeks.go_on(3 * HOUR) == [], "nothing before the hour"
    [mail] = weeks.go_on(2 * DAY, step=HOUR)
    assert mail["Date"].datetime == datetime.fromisoformat("2026-03-27T07:00:00+07:00")
    assert text_of(mail).count("https://komdigi.example/berita/") == 3


def test_what_comes_after_the_hour_waits_for_the_next_day(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY, start=datetime.fromisoformat("2026-03-26T07:01:00+07:00"))
    weeks.publish(1)
    [mail] = weeks.go_on(2 * DAY)
    assert mail["Date"].datetime >= datetime.fromisoformat("2026-03-27T07:00:00+07:00")


def test_two_states_of_a_release_within_one_digest_are_one_item(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY)
    weeks.publish(1)
    weeks.publish(1, title="Judul yang diperbaiki")
    [mail] = weeks.go_on(DAY)
    assert text_of(mail).count("https://komdigi.example/berita/1") == 1
    assert "Judul yang diperbaiki" in text_of(mail)


@pytest.mark.slow
def test_each_reader_has_a_rhythm_of_their_own(tmp_path: Path) -> None:
    weekly = Subscription(name="week", to=("week@example.org",), rules=("*",), when="weekly", weekday="monday")
    hourly = Subscription(name="hour", to=("hour@example.org",), rules=("*",), when="hourly")
    daily = DAILY.model_copy(update={"name": "day", "to": ("day@example.org",)})
    weeks = Weeks(tmp_path, DESK, daily, weekly, hourly)
    for number in range(1, 15):  # two weeks with a release a day, on a Thursday first
        weeks.publish(number, rules=("cooperation",))
        weeks.go_on(22 * HOUR, step=11 * HOUR)  # to midnight UTC, the daily reader's hour
        weeks.go_on(2 * HOUR)
    counts = {name: [m for m in weeks.mails() if f"Pantau {name} " in m["List-Id"]] for name in ("desk", "hour")}
    assert {name: len(mails) for name, mails in counts.items()} == {"desk": 14, "hour": 14}
    days = [mail for mail in weeks.mails() if "Pantau day " in mail["List-Id"]]
    assert len(days) == 14
    mondays = [mail["Date"].datetime for mail in weeks.mails() if "Pantau week " in mail["List-Id"]]
    assert [moment.isoformat() for moment in mondays] == ["2026-03-30T00:00:00+00:00", "2026-04-06T00:00:00+00:00"]
    for number in range(1, 15):
        told = [m for m in counts["desk"] if f"/berita/{number} " in text_of(m)]
        assert len(told) == 1, "each release once"


def test_copies_that_come_together_are_one_item_with_the_others_listed(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY)
    weeks.publish(1, text=TOLD)
    weeks.publish(2, text=RETOLD, source="kominfo", title="Judul salinan", rules=("cooperation",))
    [mail] = weeks.go_on(DAY)
    for kind in ("plain", "html"):
        text = text_of(mail, kind)
        assert "One release for you" in text
        assert "The same story elsewhere" in text
        assert "Judul salinan" in text
        assert "the same text" in text
    assert mail["Subject"].startswith("Agreed: ")


def test_a_copy_of_a_told_story_does_not_alert_and_is_listed_in_the_next_mail(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD)
    assert len(weeks.go_on(HOUR)) == 1
    weeks.publish(2, text=RETOLD, source="kominfo", title="Judul salinan")
    assert weeks.go_on(DAY) == []
    weeks.publish(3, title="Kabar lain")
    [mail] = weeks.go_on(HOUR)
    text = text_of(mail)
    assert "One release for you" in text
    assert "More copies of what you have had: - [agreed] Judul salinan" in text
    assert mail["In-Reply-To"] is None
    weeks.publish(4)
    assert "Judul salinan" not in text_of(weeks.go_on(HOUR)[0]), "once"


def test_a_text_that_comes_back_after_months_is_news(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD)
    weeks.go_on(HOUR)
    weeks.now += 100 * DAY
    weeks.publish(2, text=TOLD)
    assert any("/berita/2" in text_of(mail) for mail in weeks.go_on(HOUR))


def test_the_copy_of_a_mail_that_never_got_there_does_alert(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=weeks.now)
    lost = weeks.ledger.claim(weeks.now)
    assert lost is not None
    weeks.ledger.refused(lost, "550 no such user", weeks.now)
    weeks.publish(2, text=RETOLD)
    [mail] = weeks.go_on(HOUR)
    assert "/berita/2" in text_of(mail)


def test_the_other_sides_release_alerts_as_a_follow_up_that_says_what_differs(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD, people=BOTH)
    [first] = weeks.go_on(DAY)
    weeks.publish(2, people=BOTH, **CHINESE)
    [second] = weeks.go_on(HOUR)
    assert second["In-Reply-To"] == first["Message-ID"]
    for kind in ("plain", "html"):
        text = text_of(second, kind)
        assert "The other side’s release on what was mailed to you before." in text
        assert "in common: Meutya Hafid, Nong Shengwen, AI" in text
        assert "Told differently: 10,000,000 people here, 9,000,000 people there" in text


def test_both_sides_in_one_digest_are_one_item(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY)
    weeks.publish(1, text=TOLD, people=BOTH)
    weeks.publish(2, people=BOTH, **CHINESE)
    [mail] = weeks.go_on(DAY)
    assert "One release for you" in text_of(mail)
    assert "the other side" in text_of(mail)
    assert mail["In-Reply-To"] is None


@pytest.mark.slow
@pytest.mark.parametrize("other_side_speaks", [True, False])
def test_a_one_sided_announcement_is_marked_once_in_a_mail_that_goes_out_anyway(
    tmp_path: Path, other_side_speaks: bool
) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD, people=BOTH, title="Pertemuan di Jakarta")
    weeks.go_on(DAY)
    if other_side_speaks:
        weeks.publish(2, people=BOTH, rules=(), **CHINESE)
    weeks.publish(3)
    assert "one side only" not in text_of(weeks.go_on(2 * DAY - 2 * HOUR)[0]), "three days are not over"
    assert weeks.go_on(5 * HOUR) == [], "the mark alone raises no mail"
    weeks.publish(4)
    [mail] = weeks.go_on(HOUR)
    assert ("Announced by one side only. " in text_of(mail)) is not other_side_speaks
    assert ("- [agreed] Pertemuan di Jakarta (" in text_of(mail)) is not other_side_speaks
    weeks.publish(5)
    assert "Pertemuan di Jakarta" not in text_of(weeks.go_on(HOUR)[0]), "once"


def test_an_edit_is_mailed_with_its_words_also_when_no_rule_matches_any_more(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD)
    [first] = weeks.go_on(HOUR)
    weeks.publish(1, text=TOLD.replace("9 juta", "10 juta"))
    [second] = weeks.go_on(HOUR)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Subject"].startswith("Changed: ")
    assert "melatih [-9 -]{+10 +}juta talenta" in text_of(second)
    assert "<del>9 </del><ins>10 </ins>" in text_of(second, "html")
    weeks.publish(1, text="Ditunda", rules=())
    [third] = weeks.go_on(HOUR)
    assert third["In-Reply-To"] == second["Message-ID"]
    assert "{+Ditunda+}" in text_of(third)
    assert weeks.go_on(5 * DAY) == [], "once"


def test_a_withdrawal_is_mailed_to_those_who_were_told_once(tmp_path: Path) -> None:
    other = Subscription(name="other", to=("other@example.org",), rules=("energy",))
    weeks = Weeks(tmp_path, DESK, other)
    weeks.publish(1)
    [first] = weeks.go_on(HOUR)
    weeks.withdraw(1)
    [mail] = weeks.go_on(DAY)
    assert mail["To"] == "desk@example.org"
    assert mail["In-Reply-To"] == first["Message-ID"]
    assert mail["Subject"].startswith("Withdrawn: Agreed: Indonesia and Guangxi")
    assert "Withdrawn by its source; noticed 2026-03-26 10:00 Jakarta time" in text_of(mail)
    weeks.publish(1)  # it is shown again, unchanged
    [again] = weeks.go_on(HOUR)
    assert again["In-Reply-To"] == mail["Message-ID"]
    weeks.withdraw(1)
    assert len(weeks.go_on(DAY)) == 1, "a second withdrawal is news"


def test_a_release_withdrawn_before_its_mail_went_out_is_told_in_that_mail(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DAILY)
    weeks.publish(1)
    weeks.go_on(HOUR)
    weeks.withdraw(1)
    [mail] = weeks.go_on(4 * DAY)
    assert "Withdrawn by its source" in text_of(mail)


@pytest.mark.slow
def test_a_reader_who_got_nothing_for_a_week_hears_that_all_is_well(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    mails = weeks.go_on(21 * DAY, step=2 * HOUR)
    assert [mail["Date"].datetime.isoformat() for mail in mails] == [
        "2026-04-02T00:00:00+00:00",
        "2026-04-09T00:00:00+00:00",
        "2026-04-16T00:00:00+00:00",
    ]
    assert len({mail["Message-ID"] for mail in mails}) == 3
    assert mails[0]["Subject"] == (
        "Nothing new for a week; 6 of 6 sources read, newest release found 2026-04-02 07:00 Jakarta time"
    )
    for kind in ("plain", "html"):
        assert "For a week no new release has raised a rule" in text_of(mails[0], kind)
        assert "6 of 6 sources read" in text_of(mails[0], kind)
    weeks.publish(1)
    assert len(weeks.go_on(HOUR)) == 1
    assert weeks.go_on(6 * DAY) == [], "the week begins anew with each mail"


def test_a_mail_put_off_for_days_is_the_same_mail_whatever_came_meanwhile(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, text=TOLD)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=NOW)
    first = weeks.ledger.claim(NOW)
    assert first is not None
    weeks.ledger.put_off(first, "451 later", now=NOW, retry_hours=48)
    weeks.publish(2, text=RETOLD)
    weeks.publish(3)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=NOW + HOUR)
    mails = [weeks.ledger.claim(NOW + HOUR) for _ in range(3)]
    again = next(mail for mail in mails if mail and mail.id == first.id)
    assert again.message_id == first.message_id
    assert [item.release_id for item in again.items] == ["r0001"]


def test_a_reader_sees_the_title_of_the_subscription_in_any_script_and_headers_its_name(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK.model_copy(update={"title": "分析员"}))
    weeks.publish(1)
    [mail] = weeks.go_on(HOUR)
    for kind in ("plain", "html"):
        assert "subscribed to “分析员”" in text_of(mail, kind)
    assert "desk" in mail["List-Id"]
