"""The documents that only Kibana shows: revisions, alerts, runs. Field names are those of their mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.store import Change, Revision, Run, StoredRelease
from crawler.verdict import Verdict
from scheduler.ledger.model import Delivery, Told
from scheduler.search.document import LEVELS
from scheduler.stories.related import Related
from scheduler.stories.same_event import BOTH, widened
from scheduler.word_diff import word_diff

EXCERPT = 2000  # characters of what an edit added or removed; the reading page shows the whole
# The state of a release is that of the mail that is worst off: who was not told matters more than who was.
WORST_FIRST = ("failed", "given_up", "claimed", "pending", "accepted")


def revision_document(change: Change, before: Revision, topics: Sequence[str] = ()) -> dict[str, Any]:
    """Build the document of an edit: a revision that came after another one."""
    now = change.revision
    pieces = word_diff(before.text, now.text) if before.text != now.text else []
    return {
        "release": change.release_id,
        "revision": now.revision,
        "change": "edit",
        "happened_at": now.collected_at.isoformat(),
        "url": change.url,
        "source": change.source,
        "lang": change.lang,
        "topics": list(topics),
        "title": now.title,
        "text": now.text,
        "title_before": before.title if before.title != now.title else None,
        "title_changed": before.title != now.title,
        "text_changed": before.text != now.text,
        "date_changed": before.published != now.published,
        "added": " … ".join(piece.text.strip() for piece in pieces if piece.change == "new")[:EXCERPT] or None,
        "removed": " … ".join(piece.text.strip() for piece in pieces if piece.change == "gone")[:EXCERPT] or None,
        "characters": len(now.text),
        "published": _written(now.published),
        "published_or_collected": (now.published or now.collected_at).isoformat(),
        "published_before": _written(before.published),
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
        "text": release.text,
        "title_before": None,
        "title_changed": False,
        "text_changed": False,
        "date_changed": False,
        "added": None,
        "removed": None,
        "characters": len(release.text),
        "published": _written(release.published),
        "published_or_collected": (release.published or release.collected_at).isoformat(),
        "published_before": None,
        "evidence_sha256": release.evidence_sha256,
    }


def alert_document(told: Sequence[Told], stored: StoredRelease, links: Sequence[Related] = ()) -> dict[str, Any]:
    """Build the document of a release that raised alerts, from all its hits and the releases that tell the same.

    Of each rule its newest hit counts. Readers are named by their subscription, never by their address.
    """
    release = stored.release
    newest = {one.hit.rule: one.hit for one in sorted(told, key=lambda one: (one.hit.revision, one.hit.matched_at))}
    best = max(newest.values(), key=lambda hit: (LEVELS.index(hit.level), hit.revision, hit.matched_at))
    # A mail carries a release once, whatever rules it raised.
    mails = {(mail.subscription, mail.recipient, mail.at): mail for one in told for mail in one.deliveries}.values()
    delivered = [mail.at for mail in mails if mail.state == "accepted"]
    last = max(delivered, default=None)
    matched_at = max(hit.matched_at for hit in newest.values())
    opposite = [link for link in links if link.how == "other side"]
    return {
        "release": release.id,
        "revision": best.revision,
        "rules": sorted(rule for rule, hit in newest.items() if hit.level != "possible"),
        "unsure_rules": sorted(rule for rule, hit in newest.items() if hit.level == "possible"),
        "title": release.title,
        "text": release.text,
        "sentence": _sentence(best.details, release.title),
        "url": release.url,
        "source": release.source,
        "lang": release.lang,
        "published": _written(release.published),
        "published_or_collected": (release.published or release.collected_at).isoformat(),
        "date": release.date,
        "topics": list(best.details.get("topics", ())),
        "stage": best.details.get("stage"),
        "parties": list(best.details.get("parties", ())),
        "concepts": list(best.details.get("concepts", ())),
        "score": best.details.get("score"),
        "level": best.level,
        "probability": best.details.get("probability"),
        "sides": "both" if opposite else "one" if widened(best.details.get("parties", ())) >= BOTH else None,
        "other_side": [link.release_id for link in opposite],
        "copies": [link.release_id for link in links if link.how == "near-copy"],
        "differs": sorted({difference for link in opposite for difference in link.differs}),
        "matched_at": matched_at.isoformat(),
        "delivery": delivery_of(mails),
        "subscriptions": sorted({mail.subscription for mail in mails}),
        "mails": len(mails),
        "attempts": sum(mail.attempts for mail in mails),
        "delivered_at": _written(last),
        "delivery_seconds": int((last - matched_at).total_seconds()) if last and last >= matched_at else None,
        "server_words": [m.server_words for m in mails if m.state != "accepted" and m.server_words] or None,
    }


def _sentence(details: Mapping[str, Any], title: str) -> str | None:
    """The first sentence that made a rule fire and is not the title, which stands beside it; none if that is all."""
    told = [str(one["sentence"]) for one in details.get("highlights") or ()]
    return next((sentence for sentence in told if sentence.strip() != title.strip()), None)


def delivery_of(mails: Iterable[Delivery]) -> str:
    """The state of a release among its mails: the worst one, or `no mail` where nobody is to be told of it."""
    states = {str(mail.state) for mail in mails}
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
