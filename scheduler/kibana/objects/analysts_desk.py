"""The analysts' dashboard: what came in, what the rules found, and what changed afterwards."""

from __future__ import annotations

from scheduler.kibana.objects.columns import count
from scheduler.kibana.objects.dashboard import Dashboard, Row
from scheduler.kibana.objects.data_views import ALERTS, RELEASES, REVISIONS
from scheduler.kibana.objects.lens import bars, cloud, heat_map, metric, timeline
from scheduler.kibana.objects.searches import DATE_CONFLICTS, EDITS, LATEST_HITS, SURE_ENOUGH

ANALYSTS = Dashboard(
    id="pantau-analysts",
    title="Pantau: analysts' desk",
    description="Releases and hits over time, by source, language, topic, stage and party; the latest hits.",
    controls_view=RELEASES,
    controls=("source", "lang", "topics"),
    rows=(
        Row(
            6,
            (
                metric("Releases", RELEASES, count("Releases", zero=True)),
                metric("Hits", ALERTS, count("Hits", zero=True), words=SURE_ENOUGH),
                metric("Edits and withdrawals", REVISIONS, count("Edits", zero=True), words='not change:"first"'),
            ),
        ),
        Row(
            12,
            (
                timeline("Releases over time", RELEASES, [count("Releases")], split=("lang", "Language")),
                timeline("Hits over time", ALERTS, [count("Hits")], split=("rule", "Rule"), words=SURE_ENOUGH),
            ),
        ),
        Row(18, (LATEST_HITS,)),
        Row(
            12,
            (
                bars("Sources", RELEASES, "source", [count("Releases")]),
                bars("Languages", RELEASES, "lang", [count("Releases")]),
                cloud("Topics", RELEASES, "topics"),
            ),
        ),
        Row(
            12,
            (
                bars("Stages of cooperation", RELEASES, "stage", [count("Releases")], words='not stage:"none"'),
                bars("Parties", RELEASES, "parties", [count("Releases")], size=15),
                heat_map("Topics by stage", RELEASES, "stage", "topics", words='not stage:"none"'),
            ),
        ),
        Row(14, (EDITS, DATE_CONFLICTS)),
    ),
)
