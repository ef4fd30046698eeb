"""The course of a matter: what was told of it weeks before and after, by either side."""

from __future__ import annotations

from datetime import timedelta

from tests.scheduler.stories.test_stories import DAY, Newsdesk, desk

__all__ = ["desk"]  # the fixture

WEEKS = timedelta(weeks=9)


def test_a_signing_weeks_after_the_talks_is_in_their_course_and_the_talks_in_its(desk: Newsdesk) -> None:
    desk.tell("talks", "id", "Kedua pihak membahas pelatihan.")
    desk.tell("signed", "cn", "双方签署备忘录。", published=DAY + WEEKS)
    desk.tell("ours", "id", "Nota itu ditandatangani.", published=DAY + WEEKS)
    desk.tell("others", "cn", "双方会谈。", people=("somebody-else", "another"), published=DAY + WEEKS)

    assert set(desk.stories.course("id-talks")) == {"id-signed", "id-ours"}
    assert "id-talks" in desk.stories.course("id-signed")
    assert desk.stories.course("id-others") == []
    assert desk.links("talks") == [], "it is no other side: it lies weeks away"


def test_what_lies_years_away_or_is_of_other_parties_is_another_matter(desk: Newsdesk) -> None:
    desk.tell("talks", "id", "Kedua pihak membahas pelatihan.")
    desk.tell("old", "cn", "双方会谈。", published=DAY - timedelta(days=900))
    desk.tell("nanning", "cn", "双方会谈。", parties=("indonesia", "nanning"), published=DAY + WEEKS)
    desk.tell("malaysia", "cn", "双方会谈。", parties=("indonesia", "china", "malaysia"), published=DAY + WEEKS)

    assert desk.stories.course("id-talks") == ["id-nanning"]


def test_a_release_at_home_has_no_course(desk: Newsdesk) -> None:
    desk.tell("home", "id", "Kementerian membuka kelas.", parties=("indonesia",))
    assert desk.stories.course("id-home") == []
    assert desk.stories.course("id-unknown") == []
