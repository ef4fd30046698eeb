"""The operator's dashboard: crawls, items against what is expected, field coverage, errors, mail."""

from __future__ import annotations

from scheduler.kibana.objects.columns import average, count, total
from scheduler.kibana.objects.dashboard import Dashboard, Row
from scheduler.kibana.objects.data_views import ALERTS, RUNS
from scheduler.kibana.objects.lens import bars, metric, table, timeline
from scheduler.kibana.objects.searches import SURE_ENOUGH, TROUBLED_RUNS

LOST = 'delivery:"failed" or delivery:"given_up"'
COVERAGE = [
    average("coverage_title", "With a title"),
    average("coverage_date", "With a date"),
    average("coverage_text", "With a text"),
]

OPERATOR = Dashboard(
    id="pantau-operator",
    title="Pantau: operator's desk",
    description="Crawls and their verdicts, items against what is expected, field coverage, errors, mail.",
    controls_view=RUNS,
    controls=("source", "verdict"),
    span="now-7d",
    rows=(
        Row(
            6,
            (
                metric("Runs", RUNS, count("Runs", zero=True)),
                metric("Runs that went wrong", RUNS, count("Runs", zero=True), words='level:"bad"'),
                metric("Errors", RUNS, total("errors", "Errors")),
                metric("Hits not delivered", ALERTS, count("Hits", zero=True), words=LOST),
            ),
        ),
        Row(
            12,
            (
                timeline("Runs by verdict", RUNS, [count("Runs")], split=("verdict", "Verdict")),
                timeline("New releases", RUNS, [total("new", "New")], split=("source", "Source")),
            ),
        ),
        Row(
            12,
            (
                bars(
                    "Items listed against items expected",
                    RUNS,
                    "source",
                    [average("listed", "Listed, on average"), average("expected", "Expected at the least")],
                    size=20,
                ),
                timeline("Field coverage", RUNS, COVERAGE, series="line"),
            ),
        ),
        Row(14, (TROUBLED_RUNS,)),
        Row(
            12,
            (
                bars("Errors by source", RUNS, "source", [total("errors", "Errors")], size=20),
                timeline(
                    "Answers of the sites by class",
                    RUNS,
                    [total(f"http_{first}xx", f"{first}xx") for first in "2345"],
                ),
                timeline(
                    "Seconds a run takes", RUNS, [average("seconds", "Seconds")], split=("source", "Source"),
                    series="line",
                ),
            ),
        ),
        Row(
            12,
            (
                timeline(
                    "Hits by delivery", ALERTS, [count("Hits")], split=("delivery", "Delivery"), words=SURE_ENOUGH
                ),
                table(
                    "Mail by subscription",
                    ALERTS,
                    "subscriptions",
                    [
                        count("Hits"),
                        average("delivery_seconds", "Seconds until delivered"),
                        average("attempts", "Attempts"),
                    ],
                ),
            ),
        ),
        Row(
            12,
            (
                table(
                    "Sources",
                    RUNS,
                    "source",
                    [
                        count("Runs"),
                        total("new", "New"),
                        average("usual", "Usual a working day"),
                        total("revised", "Revised"),
                        total("errors", "Errors"),
                        average("seconds", "Seconds"),
                        total("bytes", "Bytes"),
                        *COVERAGE,
                    ],
                ),
            ),
        ),
    ),
)  # fmt: skip
