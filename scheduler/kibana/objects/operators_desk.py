"""The operator's dashboard: crawls, entries against what is expected, field coverage, errors, mail."""

from __future__ import annotations

from scheduler.kibana.objects.columns import average, count, latest, total
from scheduler.kibana.objects.dashboard import Dashboard, Row
from scheduler.kibana.objects.data_views import COLLECTED, MATCHED, RUNS
from scheduler.kibana.objects.lens import BAD, HUES, WARNING, WELL, bars, metric, table, timeline
from scheduler.kibana.objects.searches import TROUBLED_RUNS

LOST = 'delivery:"failed" or delivery:"given_up"'
ON_THE_WAY = 'delivery:"pending" or delivery:"claimed"'
COVERAGE = [
    average("coverage_title", "With a title"),
    average("coverage_date", "With a date"),
    average("coverage_text", "With a text"),
]
RUNS_BY_LEVEL = [
    count("Well", words='level:"well"'),
    count("Not all was read", words='level:"warning"'),
    count("Nothing was read", words='level:"bad"'),
]
ANSWERS = [total(f"http_{first}xx", f"Answers {first}xx") for first in "2345"]
BY_DELIVERY = [
    count("Sent", words='delivery:"accepted"'),
    count("On the way", words=ON_THE_WAY),
    count("Lost", words=LOST),
    count("No mail", words='delivery:"no mail"'),
]

OPERATOR = Dashboard(
    id="pantau-operator",
    title="Pantau: operator's desk",
    description="Crawls and their verdicts, entries against what is expected, field coverage, errors, mail.",
    controls_view=RUNS,
    controls=("source", "verdict"),
    span="now-7d",
    rows=(
        Row(
            6,
            (
                metric("Runs", RUNS, count("Runs", zero=True)),
                metric("Runs that were not well", RUNS, count("Runs that were not well", zero=True),
                       words='not level:"well"', bad=True),
                metric("Errors", RUNS, total("errors", "Errors"), bad=True),
                metric("Lost", MATCHED, count("Releases whose mail was lost", zero=True), words=LOST, bad=True),
            ),
        ),
        Row(
            12,
            (
                timeline("Runs by day", RUNS, RUNS_BY_LEVEL, axis="Runs", colours=(WELL, WARNING, BAD)),
                timeline("Releases by the day collected", COLLECTED, [count("Releases")], axis="Releases collected",
                         split="source"),
            ),
        ),
        Row(
            12,
            (
                bars(
                    "Entries listed against entries expected",
                    RUNS,
                    "source",
                    [average("listed", "Listed, on average"), average("expected", "Expected at the least")],
                    axis="Entries",
                    size=20,
                ),
                timeline("Field coverage", RUNS, COVERAGE, axis="Share of releases", colours=HUES, series="line"),
            ),
        ),
        Row(14, (TROUBLED_RUNS,)),
        Row(
            12,
            (
                bars("Errors by source", RUNS, "source", [total("errors", "Errors")], axis="Errors", size=20),
                timeline("Answers of the sites by class", RUNS, ANSWERS, axis="Answers",
                         colours=(WELL, HUES[0], WARNING, BAD)),
                timeline(
                    "Seconds a run takes", RUNS, [average("seconds", "Seconds")], axis="Seconds, on average",
                    split="source", series="line",
                ),
            ),
        ),
        Row(
            12,
            (
                timeline("Alerts by delivery", MATCHED, BY_DELIVERY, axis="Releases that raised alerts",
                         colours=(WELL, HUES[0], BAD, "#B9C3D0")),
                table(
                    "Mail by subscription",
                    MATCHED,
                    "subscriptions",
                    [
                        count("Releases"),
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
                        latest("finished_at", "Last run ended"),
                        latest("newest", "Newest release"),
                        total("new", "New"),
                        average("usual", "Usual a day"),
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
