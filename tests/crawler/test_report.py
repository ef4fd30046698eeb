from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.release import Kind
from crawler.report import RunReport
from crawler.run_counts import ERRORS_SHOWN
from crawler.store import Outcome, Page
from crawler.verdict import Verdict

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
URL = "https://contoh.go.id/berita/1"


@pytest.fixture
def report() -> RunReport:
    return RunReport(run="r", source="contoh", started_at=AT, listings_read=1)


def collected(report: RunReport, count: int) -> None:
    report.outcomes[Outcome.NEW] += count
    report.kinds[Kind.ARTICLE] += count


def page(number: int, kind: Kind, status: int | None = 200, release: str | None = None) -> Page:
    key = f"contoh.go.id/berita/{number}"
    return Page(
        key=key, url=f"https://{key}", source="contoh", kind=kind, fetched_at=AT, status=status, release_id=release
    )


def test_nothing_new_is_quiet_and_something_new_is_ok(report: RunReport) -> None:
    assert report.verdict() == "quiet"
    collected(report, 1)
    assert report.verdict() == "ok"
    assert report.complete


def test_a_changed_layout_is_bad_even_where_another_listing_is_well(report: RunReport) -> None:
    collected(report, 20)
    report.listing_trouble("layout_changed", URL, "0 entries")
    assert report.verdict() == "layout_changed"


def test_a_listing_lost_beside_one_that_was_read_is_partial(report: RunReport) -> None:
    report.listing_trouble("down", URL, "no answer")
    assert report.verdict() == "partial"
    report.listings_read = 0
    assert report.verdict() == "down"


def test_one_bad_page_among_good_ones_is_partial(report: RunReport) -> None:
    collected(report, 5)
    report.page_trouble("down", URL, "answered 500")
    assert report.verdict() == "partial"
    assert report.complete, "the page has a next try of its own, and the listing need not be read again for it"


@pytest.mark.parametrize(("kind", "verdict"), [(Kind.EMPTY, "layout_changed"), (Kind.CHALLENGE, "challenged")])
def test_pages_of_which_most_are_useless_say_so_of_the_site(report: RunReport, kind: Kind, verdict: str) -> None:
    collected(report, 2)
    for number in range(3):
        report.visited(page(number, kind), key=f"{number}")
    assert report.verdict() == verdict
    assert not report.complete


def test_a_run_cut_off_keeps_its_first_cause(report: RunReport) -> None:
    collected(report, 5)
    report.break_off("timeout", "over its limit")
    report.break_off("failed", "and then the disk")
    assert report.verdict() == "timeout"
    assert report.reasons == ["over its limit", "and then the disk"]


def test_what_was_left_out_on_demand_makes_a_run_incomplete_but_not_bad(report: RunReport) -> None:
    collected(report, 5)
    report.truncated = True
    assert report.verdict() == "ok"
    assert not report.complete


def test_errors_are_all_counted_and_the_first_are_named(report: RunReport) -> None:
    for number in range(ERRORS_SHOWN + 5):
        report.page_trouble("down", f"{URL}{number}", "answered 500")
    facts = report.as_dict(finished_at=AT, requests=9, http={"500": 9}, size=10)
    assert len(facts["errors"]) == ERRORS_SHOWN
    assert facts["error_count"] == ERRORS_SHOWN + 5
    assert facts["errors"][0] == {"url": f"{URL}0", "error": "answered 500"}


def test_good_is_whose_listing_was_read_and_complete_who_lacks_nothing() -> None:
    assert {verdict for verdict in Verdict if verdict.good} == {"ok", "quiet", "partial"}
    assert {verdict for verdict in Verdict if verdict.complete} == {"ok", "quiet"}


@pytest.mark.parametrize("written", [None, "", "of a newer program"])
def test_a_verdict_that_is_not_known_is_no_good_one(written: str | None) -> None:
    assert Verdict.of(written) is Verdict.FAILED
    assert Verdict.of("quiet") is Verdict.QUIET


@pytest.mark.parametrize(("broken", "verdict"), [(None, "failed"), ("partial", "failed"), ("timeout", "timeout")])
def test_a_run_that_read_no_listing_is_never_good(report: RunReport, broken: Any, verdict: str) -> None:
    report.listings_read = 0
    if broken:
        report.break_off(broken, "stopped")
    assert report.verdict() == verdict
    assert not report.verdict().good
    assert report.as_dict(finished_at=AT, requests=0, http={}, size=0)["reasons"]


def test_what_was_stopped_after_it_had_begun_to_read_is_partial(report: RunReport) -> None:
    report.break_off("partial", "stopped")
    assert report.verdict() == "partial"
    assert not report.complete


def test_dead_pages_that_are_tried_again_say_nothing_of_the_site(report: RunReport) -> None:
    report.listed = 20
    for number in range(17):
        report.skipped(page(number, Kind.ARTICLE, release="r"))
    for _ in range(3):
        report.page_trouble("down", URL, "answered 500", again=True)
    assert report.verdict() == "partial"


def test_pages_that_come_to_nothing_run_after_run_say_it_of_the_site_also_between_their_tries(
    report: RunReport,
) -> None:
    report.listed = 12
    for number in range(12):
        report.skipped(page(number, Kind.UNREAD, status=503))
    assert report.verdict() == "down"
    assert not report.complete


def test_an_unchanged_listing_says_nothing_of_the_pages_that_are_tried_again(report: RunReport) -> None:
    for _ in range(4):
        report.page_trouble("down", URL, "answered 500", again=True)
    assert report.verdict() == "partial"


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_refused_pages_are_told_from_lost_ones_by_the_answer(report: RunReport, status: int) -> None:
    report.listed = 3
    for number in range(3):
        report.skipped(page(number, Kind.UNREAD, status=status))
    assert report.verdict() == "blocked"


@pytest.mark.parametrize(("others", "verdict"), [(0, "layout_changed"), (1, "quiet")])
def test_a_listing_that_leads_elsewhere_is_a_fault_only_if_all_of_it_does(
    report: RunReport, others: int, verdict: str
) -> None:
    report.listed = 4 + others
    for number in range(4):
        report.skipped(page(number, Kind.ELSEWHERE, release="r"))
    for number in range(others):
        report.skipped(page(10 + number, Kind.ARTICLE, release="r"))
    assert report.verdict() == verdict


def test_forbidden_pages_are_no_trouble_unless_they_are_most(report: RunReport) -> None:
    report.listed = 9
    for number in range(5):
        report.skipped(page(number, Kind.ARTICLE, release="r"))
    for number in range(4):
        report.visited(page(20 + number, Kind.FORBIDDEN, status=None), key=f"{number}")
    assert report.verdict() == "quiet"
    report.skipped(page(30, Kind.FORBIDDEN, status=None))
    report.skipped(page(31, Kind.FORBIDDEN, status=None))
    assert report.verdict() == "robots"


def test_a_page_that_says_it_is_not_there_with_status_200_is_named(report: RunReport) -> None:
    report.visited(page(1, Kind.SOFT404), key="1")
    report.visited(page(2, Kind.SOFT404, status=404), key="2")
    reasons = report.as_dict(finished_at=AT, requests=1, http={}, size=0)["reasons"]
    assert [reason.split(": ")[0] for reason in reasons] == ["https://contoh.go.id/berita/1"]


@pytest.mark.parametrize(
    ("dated", "known", "verdict"), [(0, False, "layout_changed"), (2, False, "quiet"), (0, True, "quiet")]
)
def test_entries_without_a_day_and_without_a_release_are_a_menu(
    report: RunReport, dated: int, known: bool, verdict: str
) -> None:
    report.listed, report.entries["date"] = 2, dated
    for number in range(2):
        report.visited(page(number, Kind.SOFT404, status=404), key=str(number))
    if known:
        report.skipped(page(7, Kind.ARTICLE, release="r"))
    assert report.verdict() == verdict


def test_words_of_a_site_that_no_file_takes_are_replaced(report: RunReport) -> None:
    report.dropped(URL, "its title is 'Rilis \ud83d'")
    report.break_off("failed", "the answer began with \udc00")
    facts = report.as_dict(finished_at=AT, requests=1, http={}, size=0)
    assert json.dumps(facts, ensure_ascii=False).encode()
    assert "Rilis ?" in facts["errors"][0]["error"]
