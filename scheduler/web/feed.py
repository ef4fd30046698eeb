"""The Atom feed of hits, so that alerts can be followed without a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

from lxml import etree

from scheduler.safe_text import safe_line, safe_link
from scheduler.web.desk import Names
from scheduler.web.raised import Raised

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA_TYPE = "application/atom+xml"


def feed(alerts: Sequence[Raised], names: Names, *, base: str, now: datetime) -> bytes:
    """Write the feed, one entry a release; `base` is the address of the reading page, without a slash at its end.

    An entry's id is made of the release and its revision, so that a reader program shows each one once.
    """
    root = etree.Element("feed", nsmap={None: ATOM})
    _put(root, "id", f"{base}/feed.atom")
    _put(root, "title", "Pantau: alerts")
    _put(root, "updated", _written(alerts[0].at if alerts else now))
    _put(root, "link", rel="self", href=f"{base}/feed.atom", type=MEDIA_TYPE)
    _put(root, "link", rel="alternate", href=f"{base}/alerts", type="text/html")
    _put(_put(root, "author"), "name", "Pantau")
    for alert in alerts:
        _entry(_put(root, "entry"), alert, names, base)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _entry(entry: etree._Element, alert: Raised, names: Names, base: str) -> None:
    host = urlsplit(base).hostname or "localhost"
    release = alert.stored.release if alert.stored else None
    rules = {rule: safe_line(names.rules.get(rule) or rule) for rule in alert.rules}
    sentences = [safe_line("".join(piece.text for piece in sentence)) for sentence in alert.sentences[:3]]
    _put(entry, "id", f"tag:{host},2026:{alert.release_id}/{alert.revision}")
    title = _put(entry, "title", (safe_line(release.title) if release else "") or alert.release_id)
    summary = _put(entry, "summary", " … ".join(sentences) or ", ".join(rules.values()))
    _put(entry, "updated", _written(alert.at))
    _put(entry, "link", rel="alternate", href=f"{base}/release/{quote(alert.release_id)}", type="text/html")
    for rule, name in rules.items():
        _put(entry, "category", term=rule, label=name)
    if release is None:
        return
    if release.lang:
        title.set(LANG, release.lang)
        summary.set(LANG, release.lang)
    if release.published:
        _put(entry, "published", _written(release.published))
    if link := safe_link(release.url):
        _put(entry, "link", rel="via", href=link, type="text/html")


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _put(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, name, attributes)
    child.text = text
    return child
