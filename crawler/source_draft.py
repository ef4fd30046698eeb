"""A draft of a new source: its configuration file, from the address of its listing and little else."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawler.json_interface import PAGE
from crawler.source import NAME, ConfigError, Source, complaints

LONGEST = 40  # letters of a name; it becomes part of addresses and file names
COUNTRIES: dict[str, tuple[Literal["id", "cn"], str, str]] = {  # by the end of the host: country, language, zone
    "id": ("id", "id", "Asia/Jakarta"),
    "cn": ("cn", "zh", "Asia/Shanghai"),
}
ENGLISH = re.compile(r"^en(?:glish)?\.|/en(?:glish)?(?:/|$)", re.I)
FEED = re.compile(r"\.(?:xml|rss|atom)$|/(?:rss|feed|atom)(?:/|$)|sitemap", re.I)
API = re.compile(r"/api/|\.json$", re.I)

TOML = """\
# {title}: say here what the site is and who runs it.
title = {title_quoted}
spider = "{spider}" # "listing" reads most sites, "trs" China's governments, "feed" RSS and sitemaps, "json" interfaces
country = "{country}"
language = "{language}"
timezone = "{timezone}" # of the times on the site
{http}home = "{home}"
listings = [{listing}]
allowed_hosts = ["{host}"] # nobody else is asked, redirects included; with and without www
# Off until `pantau sources save {name}` has fetched its pages and `pantau sources check {name}` finds nothing missing.
enabled = false
every = {every} # minutes
delay = {delay:g} # seconds between two requests; more if robots.txt asks for more
min_items = {min_items} # fewer entries on the first page mean that the layout has changed; count them, take half
{interface}"""
HTTP = "# http: say why the site is not read over https, or change the addresses.\n"
LAYOUT = """\
# Only what the general rules do not find by themselves is named here, by CSS.
# [layout]
# item = "ul.news > li"        # one entry of the listing
# title = "h1"                 # on the article's page, as the next two
# date = ".info .date"
# body = ".article-content"
"""
INTERFACE = """\

[interface] # put right from an answer of the site: all names are paths, such as data.items
records = "data" # the list of releases; the names below lead on from one of them
title = "title"
address = "{url}" # the public address, with fields in braces, such as https://www.example.go.id/berita/{slug}
date = "date"
# body = "content"             # the HTML of the text; without it the release's page is read
# last_page = "last_page"      # or pages = …, or next = …; without any an empty page ends the walk
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a site is to be read; `said` tells in sentences what was inferred, and from what."""

    spider: str
    country: Literal["id", "cn"]
    language: str
    timezone: str
    said: tuple[str, ...] = ()


def infer(
    url: str,
    *,
    spider: str | None = None,
    country: Literal["id", "cn"] | None = None,
    language: str | None = None,
    timezone: str | None = None,
) -> Manner:
    """Infer from the address of a listing what is not given. Raises ConfigError where it tells no country."""
    parts = urlsplit(url)
    host, said = parts.hostname or "", []
    end = country or host.rpartition(".")[2]
    if end not in COUNTRIES:
        raise ConfigError(f"{host} ends neither in .id nor in .cn: say --country id or --country cn")
    home, own, zone = COUNTRIES[end]
    if country is None:
        said.append(f"country {home}, since the host ends in .{end}")
    if timezone is None:
        east = "; of the east are Asia/Makassar and Asia/Jayapura" if home == "id" else ""
        said.append(f"timezone {zone}, that of the country{east}")
    if language is None:
        english = ENGLISH.search(host) or ENGLISH.search(parts.path)
        language = "en" if english else own
        said.append(f"language {language}, " + ("since the address says so" if english else "that of the country"))
    if spider is None:
        spider, why = _spider(url, host)
        said.append(f"spider {spider}, {why}")
    return Manner(spider=spider, country=home, language=language or "en", timezone=timezone or zone, said=tuple(said))


def _spider(url: str, host: str) -> tuple[str, str]:
    path = urlsplit(url).path
    if PAGE in url or API.search(path):
        return "json", "since the address looks like an interface's"
    if FEED.search(path):
        return "feed", "since the address looks like a feed's"
    if host.endswith(".gov.cn"):
        return "trs", "the system of many Chinese governments"
    return "listing", "which reads most sites"


def draft(name: str, url: str, manner: Manner, *, title: str | None, like: Source | None, config: Path) -> Path:
    """Write the source file, switched off; returns it. Pace and counts are taken from the source it is `like`.

    Raises ConfigError for a name that is taken or none, and for an address that cannot be asked; then nothing is
    written.
    """
    path = config / "sources" / f"{name}.toml"
    parts = urlsplit(url)
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise ConfigError(f"{name!r} is no name for a source: 2 to {LONGEST} of a-z, 0-9 and -, a letter first")
    if path.exists():
        raise ConfigError(f"{path} exists already; choose another name, or change that source")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not _quotable(url):
        raise ConfigError(f"{url!r} is not the web address of a listing, such as https://www.example.org/news/")
    text = _toml(name, url, manner, title, like)
    try:
        Source(name=name, **tomllib.loads(text))
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error))) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _toml(name: str, url: str, manner: Manner, title: str | None, like: Source | None) -> str:
    parts = urlsplit(url)
    said = "".join(sign for sign in " ".join((title or name).split()) if sign.isprintable())
    return TOML.format(
        name=name,
        title=said,
        title_quoted=json.dumps(said, ensure_ascii=False),
        spider=manner.spider,
        country=manner.country,
        language=manner.language,
        timezone=manner.timezone,
        http=HTTP if parts.scheme == "http" else "",
        home=f"{parts.scheme}://{parts.netloc}",
        listing=json.dumps(url),
        host=parts.netloc.lower(),
        every=like.every if like else 60,
        delay=max(like.delay, 2) if like else 3,
        min_items=like.min_items if like else 3,
        interface=INTERFACE if manner.spider in ("json", "komdigi") else LAYOUT,
    )


def _quotable(url: str) -> bool:
    return url.isprintable() and not set(url) & set(' "\\<>')
