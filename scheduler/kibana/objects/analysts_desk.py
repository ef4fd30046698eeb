"""The analysts' dashboard: what was published, what the rules found, and what changed afterwards."""

from __future__ import annotations

from scheduler.kibana.objects.columns import WEEK, by, count, in_order, over_time
from scheduler.kibana.objects.dashboard import Dashboard, Row
from scheduler.kibana.objects.data_views import ALERTS, RELEASES, REVISIONS
from scheduler.kibana.objects.lens import HUES, WELL, bars, heat_map, metric, timeline
from scheduler.kibana.objects.names import LANGUAGES, SIDES, STAGES
from scheduler.kibana.objects.searches import BOTH_SIDES, DATE_CONFLICTS, EDITS, LATEST_HITS, ONE_SIDED

SURE = 'not level:"possible"'
ONE_SIDE = f'{SURE} and sides:"one"'
BY_STAGE = {name: f'stage:"{code}"' for code, name in STAGES.items()}
BY_SIDES = {name: f'sides:"{code}"' for code, name in SIDES.items()}
BY_LANGUAGE = [count(name, words=f'lang:"{code}"') for code, name in LANGUAGES.items()]
BY_LEVEL = [count(level.capitalize(), words=f'level:"{level}"') for level in ("sure", "likely", "possible")]
LEVEL_HUES = (WELL, HUES[0], "#B9C3D0")

ANALYSTS = Dashboard(
    id="pantau-analysts",
    title="Pantau: analysts' desk",
    description="By day of publication: releases and alerts, by source, language, topic, stage and party; the latest.",
    controls_view=RELEASES,
    controls=("source", "lang", "topics"),
    rows=(
        Row(
            6,
            (
                metric("Releases", RELEASES, count("Releases", zero=True)),
                metric("Alerts", ALERTS, count("Releases that raised alerts", zero=True), words=SURE),
                metric("One side", ALERTS, count("Told by one side so far", zero=True), words=ONE_SIDE),
                metric("Changes", REVISIONS, count("Edits and withdrawals", zero=True)),
            ),
        ),
        Row(
            12,
            (
                timeline("Releases by day", RELEASES, BY_LANGUAGE, axis="Releases", colours=HUES),
                timeline("Alerts by day", ALERTS, BY_LEVEL, axis="Releases that raised alerts", colours=LEVEL_HUES),
            ),
        ),
        Row(20, (LATEST_HITS,)),
        Row(
            14,
            (
                bars(
                    "Stages of cooperation", ALERTS, BY_STAGE, [count("Releases")], axis="Releases", label="Stage",
                    words=SURE,
                ),
                timeline(
                    "Topics by week", RELEASES, [count("Releases")], axis="Releases", split="topics", interval=WEEK
                ),
            ),
        ),
        Row(
            16,
            (
                heat_map(
                    "Source by day", RELEASES, over_time("published_or_collected", "Day"), "source", size=30
                ),
            ),
        ),
        Row(
            14,
            (
                heat_map("Who meets whom", ALERTS, by("parties", "Parties", order_by="value"), "parties", words=SURE),
                heat_map("Topics by stage", ALERTS, in_order("Stage", BY_STAGE), "topics", words=SURE),
            ),
        ),
        Row(
            14,
            (
                bars("Rules", ALERTS, "rules", [count("Releases")], axis="Releases", size=20),
                bars(
                    "Told by one side or by both", ALERTS, BY_SIDES, [count("Releases")], axis="Releases",
                    label="Told by", words=SURE,
                ),
            ),
        ),
        Row(14, (ONE_SIDED, BOTH_SIDES)),
        Row(14, (EDITS,)),
        Row(12, (DATE_CONFLICTS,)),
    ),
)  # fmt: skip
