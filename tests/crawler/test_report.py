from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.release import Kind
from crawler.report import ERRORS_SHOWN, RunReport
from crawler.store import Outcome

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
URL = "https://contoh.go.id/berita/1"


@pytest.fixture
def report() -> RunReport:
    return RunReport(run="r", source="contoh", started_at=AT, listings_read=1)


def collected(report: RunReport, count: int) -> None:
    report.outcomes[Outcome.NEW] += count
    report.kinds[Kind.ARTICLE] += count


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
    assert not report.complete


@pytest.mark.parametrize(("kind", "verdict"), [(Kind.EMPTY, "layout_changed"), (Kind.CHALLENGE, "challenged")])
def test_pages_of_which_most_are_useless_say_so_of_the_site(report: RunReport, kind: Kind, verdict: str) -> None:
    collected(report, 2)
    for _ in range(3):
        report.visited(kind, URL)
    assert report.verdict() == verdict


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
