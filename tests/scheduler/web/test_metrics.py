"""What Prometheus reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from scheduler.health import Finding
from tests.scheduler.web.content import NOW
from tests.scheduler.web.room import Room


def figures(room: Room) -> dict[tuple[str, ...], float]:
    """Every sample by its name and labels."""
    status, headers, body = room.get("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_the_figures_say_what_the_pages_say(room: Room) -> None:
    found = figures(room)
    assert found["pantau_healthy",] == 1
    assert found["pantau_releases", "komdigi"] == 19
    assert found["pantau_finding_level", "elasticsearch"] == 0
    assert found["pantau_crawl_last_success_timestamp_seconds", "gxzf"] == NOW.timestamp() - 600
    assert found["pantau_crawl_responses", "komdigi", "200"] == 14
    assert found["pantau_mails", "failed"] == 1
    assert found["pantau_hits", "cooperation"] == 4


def test_of_several_findings_on_one_subject_the_worst_counts(room: Room) -> None:
    for level in ("bad", "warning"):
        room.findings.append(Finding(subject="mail", level=level, sentence="not well"))  # type: ignore[arg-type]
    try:
        found = figures(room)
    finally:
        room.findings.clear()
    assert found["pantau_healthy",] == 0
    assert found["pantau_finding_level", "mail"] == 2
