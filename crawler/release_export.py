"""What Scrapy's own tools write of a crawl: `scrapy crawl NAME -o FILE` gives a line, row or object a release."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import CsvItemExporter, JsonItemExporter, JsonLinesItemExporter

from crawler.items import Gone, Visit
from crawler.release import Release


def facts_of(release: Release) -> dict[str, Any]:
    """What a release says, as plain values."""
    return {
        "url": release.url,
        "title": release.title,
        "date": release.date,
        "published": release.published.isoformat() if release.published else None,
        "lang": release.lang,
        "number": release.number,
        "kind": str(release.kind),
        "attachments": list(release.attachments),
        "source": release.source,
        "text": release.text,
    }


class _OfReleases:
    """Lets only releases through, as plain values; what was visited and is none is in the run's report."""

    def export_item(self, item: Any) -> None:
        """Write the release of a visit."""
        if isinstance(item, Visit) and item.release is not None:
            super().export_item(facts_of(item.release))  # type: ignore[misc]
        elif not isinstance(item, Visit | Gone):
            super().export_item(item)  # type: ignore[misc]


class Lines(_OfReleases, JsonLinesItemExporter):
    """A JSON object a line."""


class Array(_OfReleases, JsonItemExporter):
    """One JSON array."""


class Rows(_OfReleases, CsvItemExporter):
    """CSV."""
