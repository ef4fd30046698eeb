"""The documents that only Kibana shows: revisions, alerts, runs. Field names are those of their mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.report import Verdict
from crawler.store import Change, Run, StoredRelease
from scheduler.ledger.model import Delivery, Told
from scheduler.word_diff import word_diff

EXCERPT = 2000  # characters of what an edit added or removed; the reading page shows the whole
# The state of a hit is that of the mail that is worst off: an analyst who was not told matters more than one who was.
WORST_FIRST = ("failed", "given_up", "claimed", "pending", "accepted")


def revision_document(change: Change, topics: Sequence[str] = ()) -> dict[str, Any]:
    """Build the document of one revision; `change` in it is `first` or `edit`."""
    now, before = change.revision, change.before
    pieces = word_diff(before.text, now.text) if before and before.text != now.text else []
    return {
        "release": change.release_id,
        "revision": now.revision,
        "change": "edit" if before else "first",
        "happened_at": now.collected_at.isoformat(),
        "url": change.url,
        "source": change.source,
        "lang": change.lang,
        "topics": list(topics),
        "title": now.title,
        "title_before": before.title if before and before.title != now.title else None,
        "title_changed": before is not None and before.title != now.title,
        "text_changed": before is not None and before.text != now.text,
        "date_changed": before is not None and before.published != now.published,
        "added": " … ".join(piece.text.strip() for piece in pieces if piece.change == "new")[:EXCERPT] or None,
        "removed": " … ".join(piece.text.strip() for piece in pieces if piece.change == "gone")[:EXCERPT] or None,
        "characters": len(now.text),
        "published": _written(now.published),
        "published_before": _written(before.published) if before else None,
        "evidence_sha256": now.evidence_sha256,
    }


def withdrawal_document(stored: StoredRelease, topics: Sequence[str] = ()) -> dict[str, Any]:
    """Build the document of a withdrawal: the release was on the site, and is there no more."""
    release = stored.release
    return {
        "release": release.id,
        "revision": stored.revision,
        "change": "withdrawal",
        "happened_at": _written(stored.withdrawn_at),
        "url": release.url,
        "source": release.source,
        "lang": release.lang,
        "topics": list(topics),
        "title": release.title,
        "title_before": None,
        "title_changed": False,
        "text_changed": False,
        "date_changed": False,
        "added": None,
        "removed": None,
        "characters": len(release.text),
        "published": _written(release.published),
        "published_before": None,
        "evidence_sha256": release.evidence_sha256,
    }


def alert_document(told: Told, stored: StoredRelease) -> dict[str, Any]:
    """Build the document of a hit; readers are named by their subscription, never by their address."""
    hit, release = told.hit, stored.release
    delivered = [mail.at for mail in told.deliveries if mail.state == "accepted"]
    last = max(delivered, default=None)
    words = [mail.server_words for mail in told.deliveries if mail.state != "accepted" and mail.server_words]
    sentences = hit.details.get("highlights") or [{}]
    return {
        "rule": hit.rule,
        "release": hit.release_id,
        "revision": hit.revision,
        "title": release.title,
        "url": release.url,
        "source": release.source,
        "lang": release.lang,
        "published": _written(release.published),
        "topics": list(hit.details.get("topics", ())),
        "stage": hit.details.get("stage"),
        "parties": list(hit.details.get("parties", ())),
        "concepts": list(hit.details.get("concepts", ())),
        "score": hit.details.get("score"),
        "level": hit.level,
        "probability": hit.details.get("probability"),
        "sentence": sentences[0].get("sentence"),
        "matched_at": hit.matched_at.isoformat(),
        "delivery": delivery_of(told.deliveries),
        "subscriptions": sorted({mail.subscription for mail in told.deliveries}),
        "mails": len(told.deliveries),
        "attempts": sum(mail.attempts for mail in told.deliveries),
        "delivered_at": _written(last),
        "delivery_seconds": int((last - hit.matched_at).total_seconds()) if last else None,
        "server_words": words or None,
    }


def delivery_of(deliveries: tuple[Delivery, ...]) -> str:
    """The state of a hit among its mails: the worst one, or `no mail` when nobody is to be told or none is made yet."""
    states = {str(mail.state) for mail in deliveries}
    return next((state for state in WORST_FIRST if state in states), "no mail")


def run_document(run: Run, *, level: str, expected: int | None, usual: float | None) -> dict[str, Any]:
    """Build the document of a crawl.

    `expected` is how many entries its listing shows at the least, `usual` how many releases the source brings on a
    working day.
    """
    report = run.report
    verdict = run.verdict or "running"
    coverage: Mapping[str, float | None] = report.get("coverage") or {}
    listed = report.get("listed")
    return {
        "run": run.id,
        "source": run.source,
        "verdict": verdict,
        "level": level,
        "started_at": run.started_at.isoformat(),
        "finished_at": _written(run.finished_at),
        "seconds": report.get("seconds"),
        "requests": report.get("requests"),
        # A listing that the site calls unchanged is not sent again, so such a run cannot say how long it is.
        "listed": None if not listed and Verdict.of(verdict).complete else listed,
        "expected": expected,
        "usual": usual,
        "new": report.get("new"),
        "revised": report.get("revised"),
        "unchanged": report.get("unchanged"),
        "known": report.get("skipped_known"),
        "elsewhere": report.get("elsewhere"),
        "pages": sum((report.get("kinds") or {}).values()),
        "errors": report.get("error_count"),
        "reasons": report.get("reasons") or None,
        "faults": [f"{one['url']}: {one['error']}" for one in report.get("errors") or ()] or None,
        "bytes": report.get("bytes"),
        **{f"coverage_{name}": coverage.get(name) for name in ("title", "date", "text")},
        **_classes(report.get("http") or {}),
        "newest": report.get("newest"),
        "complete": report.get("complete"),
    }


def _classes(http: Mapping[str, int]) -> dict[str, int]:
    """How many answers there were of each class of status code."""
    return {f"http_{first}xx": sum(count for code, count in http.items() if code.startswith(first)) for first in "2345"}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
