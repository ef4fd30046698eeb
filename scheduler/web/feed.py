"""The Atom feed of hits, so that alerts can be followed without a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from scheduler.safe_text import safe_line, safe_link
from scheduler.web.desk import Alert, Names

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA_TYPE = "application/atom+xml"


def feed(alerts: Sequence[Alert], names: Names, *, base: str, now: datetime) -> bytes:
    """Write the feed; `base` is the address of the reading page, without a slash at its end.

    A hit's id is made of the release, its revision and the rule, so that a reader program shows each one once.
    """
    root = etree.Element("feed", nsmap={None: ATOM})
    _put(root, "id", f"{base}/feed.atom")
    _put(root, "title", "Pantau: alerts")
    _put(root, "updated", (alerts[0].told.recorded_at if alerts else now).isoformat(timespec="seconds"))
    _put(root, "link", rel="self", href=f"{base}/feed.atom", type=MEDIA_TYPE)
    _put(root, "link", rel="alternate", href=f"{base}/alerts", type="text/html")
    author = etree.SubElement(root, "author")
    _put(author, "name", "Pantau")
    host = urlsplit(base).hostname or "localhost"
    for alert in alerts:
        root.append(_entry(alert, names, base, host))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _entry(alert: Alert, names: Names, base: str, host: str) -> etree._Element:
    hit = alert.told.hit
    rule = safe_line(names.rules.get(hit.rule) or hit.rule)
    entry = etree.Element("entry")
    _put(entry, "id", f"tag:{host},2026:{hit.release_id}/{hit.revision}/{hit.rule}")
    title = safe_line(alert.stored.release.title) if alert.stored else ""
    headline = _put(entry, "title", f"{title or hit.release_id} ({rule})")
    _put(entry, "updated", alert.told.recorded_at.isoformat(timespec="seconds"))
    _put(entry, "link", rel="alternate", href=f"{base}/release/{hit.release_id}", type="text/html")
    _put(entry, "category", term=hit.rule, label=rule)
    sentences = [safe_line(str(one.get("sentence") or "")) for one in hit.details.get("highlights", ())]
    summary = _put(entry, "summary", " … ".join(sentences[:3]) or rule)
    if alert.stored:
        release = alert.stored.release
        if release.lang:
            headline.set(LANG, release.lang)
            summary.set(LANG, release.lang)
        if release.published:
            _put(entry, "published", release.published.isoformat(timespec="seconds"))
        if link := safe_link(release.url):
            _put(entry, "link", rel="via", href=link, type="text/html")
    return entry


def _put(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, name, attributes)
    child.text = text
    return child
