"""What Prometheus reads at `/metrics`, taken from the backend at each scrape."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from crawler.verdict import Verdict
from scheduler.web.backend import Backend
from scheduler.web.chart import first_moment
from scheduler.web.redacted import redacted

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LEVELS = {"well": 0, "waiting": 0, "warning": 1, "bad": 2}


class Figures(Collector):
    """All figures; times are seconds since 1970, as Prometheus has them."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def collect(self) -> Iterator[Metric]:
        """Take the figures now."""
        verdict = self.backend.verdict()
        yield Gauge("pantau_healthy", "1 if nothing is bad, else 0.", value=float(verdict.well))
        level = Gauge("pantau_finding_level", "0 well, 1 warning, 2 bad.", labels=["subject"])
        worst: dict[str, int] = {}  # without addresses the mails to two readers are one subject
        for finding in verdict.findings:
            subject = redacted(finding.subject)
            worst[subject] = max(worst.get(subject, 0), LEVELS.get(finding.level, 2))
        for subject, value in worst.items():
            level.add_metric([subject], value)
        yield level
        yield from self._sources()
        mails = Gauge("pantau_mails", "Mails by what has become of them.", labels=["state"])
        for state, count in sorted(self.backend.mails().items()):
            mails.add_metric([state], count)
        yield mails
        hits = Gauge("pantau_hits", "Hits, likely or sure, that a rule has raised so far.", labels=["rule"])
        for rule, count in sorted(self.backend.hits().items()):
            hits.add_metric([rule], count)
        yield hits

    def _sources(self) -> Iterator[Metric]:
        releases = Gauge("pantau_releases", "Releases in the store.", labels=["source"])
        newest = Gauge("pantau_newest_release_timestamp_seconds", "When the newest came in.", labels=["source"])
        good = Gauge("pantau_crawl_last_success_timestamp_seconds", "Start of the last good crawl.", labels=["source"])
        seconds = Gauge("pantau_crawl_duration_seconds", "How long the last crawl took.", labels=["source"])
        requests = Gauge("pantau_crawl_responses", "Responses of the last crawl.", labels=["source", "status"])
        for state in self.backend.sources(first_moment(self.backend.now())):
            name = [state.name]
            releases.add_metric(name, state.releases)
            if state.newest:
                newest.add_metric(name, state.newest.timestamp())
            if successes := [at for at, verdict in state.activity.runs if Verdict.of(verdict).good]:
                good.add_metric(name, max(successes).timestamp())
            if state.last_run and state.last_run.report:
                seconds.add_metric(name, float(state.last_run.report.get("seconds") or 0))
                for status, count in sorted((state.last_run.report.get("http") or {}).items()):
                    requests.add_metric([state.name, str(status)], count)
        yield from (releases, newest, good, seconds, requests)


def metrics(backend: Backend) -> bytes:
    """Write the figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures(backend))
    return generate_latest(registry)
