"""What the demo shows beyond its first round: a site publishes, edits or breaks, and what comes of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from crawler.source import ConfigError, Source, is_own
from scheduler import demo_mode
from scheduler.cli.crawl import crawl_shown
from scheduler.cli.demo_mails import mails_in, read_mail
from scheduler.cli.demo_sites import ReplicaError, running_sites
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.once import settle
from scheduler.cli.output import err, out, plain
from scheduler.ledger.history import history
from scheduler.newsroom import Newsroom
from scheduler.settings import load_settings

HELD = 2  # releases that the sites publish at once
ADDED = {
    "id": "Pembaruan: pertemuan lanjutan digelar bulan depan.",
    "zh": "更新：双方定于下月举行后续会谈。",
    "en": "Update: the two sides will meet again next month.",
}
RENAMED, SCRIPTED = "changed_layout", "scripted"  # an interface with other keys; a list that a script draws
SECONDS = 30.0
CONTROL = "_control"  # among the sites: where orders are taken
Sites = Mapping[str, str]  # real names of hosts -> where they are played


def publish(var: Path) -> None:
    """Let the sites publish the next releases that they hold back, and read those sites again."""
    newsroom, sites = _begin(var)
    urls: list[str] = _order(sites, publish=HELD)["published"]
    if not urls:
        out.print("the sites have published all that they held back; a new demo begins with `pantau demo --stop`")
        return
    for url in urls:
        out.print(f"published: {url}", markup=False)
    _round(newsroom, _sources_of(newsroom, urls))


def edit(var: Path) -> None:
    """Let a site add a sentence to the newest release that was alerted of, and look at that page again."""
    newsroom, sites = _begin(var)
    pages = {source.name for source in newsroom.sources.values() if source.interface is None}
    alerted = [told.hit.release_id for told in history(newsroom.store.engine, least="likely", limit=None)]
    stored = newsroom.store.releases(alerted)
    release = next((one.release for id_ in alerted if (one := stored.get(id_)) and one.release.source in pages), None)
    if release is None:
        raise ConfigError("no alert was raised yet: run `pantau demo` first")
    text = f"{release.text}\n{ADDED.get(release.lang or 'en', ADDED['en'])}"
    _order(sites, edit={"url": release.url, "text": text})
    newsroom.store.look_soon(release.url, newsroom.now())
    out.print(f"edited: {release.url}", markup=False)
    out.print("a page is looked at again two hours later at the earliest; the demo does not wait")
    _round(newsroom, _sources_of(newsroom, [release.url]))


def break_(var: Path, source: str) -> None:
    """Let a source's site change its layout, so that its listing cannot be read, and read it again."""
    newsroom, sites = _begin(var)
    chosen = newsroom.sources.get(source)
    if chosen is None:
        raise click.BadParameter(f"the demo has no source {source!r}; it has {', '.join(sorted(newsroom.sources))}")
    for host in _hosts_of(sites, chosen.listings):
        _order(sites, fault={"host": host, "kind": RENAMED if chosen.interface else SCRIPTED})
    out.print(f"broken: {chosen.title} lists its releases in another way; `demo --mend` puts it right", markup=False)
    _round(newsroom, [chosen])


def mend(var: Path) -> None:
    """Put all sites right, and read them again."""
    newsroom, sites = _begin(var)
    _order(sites, clear=True)
    out.print("mended: all sites are as they were")
    _round(newsroom, [source for source in newsroom.sources.values() if source.enabled])


ACTS: dict[str, Callable[[Path], None]] = {"publish": publish, "edit": edit, "mend": mend}


def _begin(var: Path) -> tuple[Newsroom, Sites]:
    """The demo's newsroom and its sites. Raises ConfigError unless the demo is there and they answer."""
    folder = demo_mode.folder(var)
    sites = running_sites(folder)
    if sites is None or not (folder / "config" / "pantau.toml").is_file():
        raise ConfigError("the demo's sites do not answer: run `pantau demo` first")
    return Newsroom(load_settings(demo=True)), sites


def _order(sites: Sites, **what: Any) -> dict[str, Any]:
    """Tell the sites what to do. Raises ReplicaError if they do not."""
    request = urllib.request.Request(sites[CONTROL], json.dumps(what).encode())  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            done: dict[str, Any] = json.load(answer)
            return done
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise ReplicaError(f"the replica sites do not do it ({error}); `pantau demo --stop` and begin anew") from error


def _sources_of(newsroom: Newsroom, urls: Collection[str]) -> list[Source]:
    """The sources that read these addresses."""
    return [
        source
        for source in newsroom.sources.values()
        if source.enabled and any(is_own(url, source.allowed_hosts) for url in urls)
    ]


def _hosts_of(sites: Sites, urls: Collection[str]) -> list[str]:
    """The real names of the sites that are played at these addresses."""
    places = {urlsplit(url).netloc for url in urls}
    return [host for host, base in sites.items() if urlsplit(base).netloc in places and host != CONTROL]


def _round(newsroom: Newsroom, sources: Collection[Source]) -> None:
    """Read some sources, index, match and mail; then show the new mails, and what is not well."""
    ensure_engine(newsroom.settings)
    before = mails_in(newsroom.settings.var)
    for source in sources:
        crawl_shown(newsroom, source)
    settle(newsroom)
    mails = [path for path in mails_in(newsroom.settings.var) if path not in before]
    for path in mails:
        _show_mail(path)
    if not mails:
        out.print("mail: none; nothing in it is for a reader")
    names = {f"source {source.name}" for source in sources}
    findings = [one for one in newsroom.verdict().findings if one.subject in names or one.level in ("warning", "bad")]
    for one in findings:
        out.print(f"status: {one.subject} is {one.level}: {one.sentence}", markup=False)
        if one.level != "well" and one.remedy:
            out.print(f"  do: {one.remedy}", markup=False)
    err.print("the page: `pantau web`, at http://127.0.0.1:8080", markup=False)


def _show_mail(path: Path) -> None:
    """A new mail: to whom, what about, and its text."""
    message = read_mail(path)
    body = message.get_body(("plain",))
    out.print(f"mail to {plain(str(message['To']))}: {plain(str(message['Subject']))}", style="bold", markup=False)
    for line in (body.get_content() if body else "").splitlines():
        out.print(f"  {plain(line)}", markup=False)
