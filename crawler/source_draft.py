"""A draft of a new source: its configuration, and the folder that waits for its saved pages."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawler.source import NAME, ConfigError, Source, complaints

LONGEST = 40  # letters of a name; it becomes part of addresses and file names

TOML = """\
# {title}: say here what the site is and who runs it.
title = {title_quoted}
spider = "{spider}" # as {like}; "listing" reads most sites, "feed" reads RSS, Atom and sitemaps
country = "{country}"
language = "{language}"
timezone = "{timezone}" # of the times on the site
{http}home = "{home}"
listings = [{listing}]
allowed_hosts = ["{host}"] # nobody else is asked, redirects included; `www` counts as a host of its own
# Off until its pages are saved and reviewed (tests/sources/{name}/README.md) and `pantau sources check {name}` is well.
enabled = false
every = {every} # minutes
delay = {delay:g} # seconds between two requests; more if robots.txt asks for more
min_items = {min_items} # fewer entries on the first page mean that the layout has changed; count them, take half
max_listing_pages = {pages}
# Only what the general rules do not find by themselves is named here; try `pantau links` and `pantau extract` first.
# [layout]
# item = "ul.news > li"        # one entry of the listing
# title = "h1"                 # on the article's page, as the next two
# date = ".info .date"
# body = ".article-content"
"""
HTTP = "# http: say why the site is not read over https, or change the addresses.\n"

PAGES = """\
# Where the saved pages are from, and when they were saved: dates such as "yesterday" are read from there.
at = {at}
listing = {listing}
article = ""
"""
README = """\
# Saved pages of {name}

Save the pages as the server sends them (`curl -sS -A Pantau URL -o FILE`), not as a browser shows them:

- `listing.html` (`.json` or `.xml` if it is that): {url}
- `article.html`: one release from it, with a text of several paragraphs;
- in `pages.toml`: the address of the article and the moment of saving.

Shorten what readers wrote, or write it anew, and leave all markup as it is. Then:

1. `pytest tests/crawler/test_saved_pages.py -k {name}` writes `expected.json` and fails.
2. Compare it with the page in a browser: every entry with its date, the next page, title, date, the whole text.
3. Set `"reviewed": true` in it. From then on the test holds the source to it.
4. `pantau sources check {name}`, a row in the README's table, pages in `tests/replica/`; then `enabled = true`.

After a redesign of the site save new pages over these; `git` keeps the old ones.
"""


def draft(
    name: str, url: str, *, like: Source, title: str | None, language: str | None, config: Path, saved: Path, at: str
) -> list[Path]:
    """Write the source file, and the folder for saved pages below `saved`; returns what was written.

    `at` is the moment of writing, ISO 8601. Raises ConfigError for a name that is taken or none, and for an address
    that cannot be asked; then nothing is written.
    """
    path, folder = config / "sources" / f"{name}.toml", saved / name
    parts = urlsplit(url)
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise ConfigError(f"{name!r} is no name for a source: 2 to {LONGEST} of a-z, 0-9 and -, a letter first")
    for there in (path, folder):
        if there.exists():
            raise ConfigError(f"{there} exists already; choose another name, or change that source")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not _quotable(url):
        raise ConfigError(f"{url!r} is not the web address of a listing, such as https://www.example.org/news/")
    written = {
        path: _toml(name, url, like, title, language),
        folder / "README.md": README.format(name=name, url=url),
        folder / "pages.toml": PAGES.format(at=at, listing=json.dumps(url)),
    }
    try:
        Source(name=name, **tomllib.loads(written[path]))
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error))) from error
    for file, text in written.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(written)


def _toml(name: str, url: str, like: Source, title: str | None, language: str | None) -> str:
    parts = urlsplit(url)
    said = "".join(sign for sign in " ".join((title or name).split()) if sign.isprintable())
    return TOML.format(
        name=name,
        title=said,
        title_quoted=json.dumps(said, ensure_ascii=False),
        spider=like.spider,
        like=like.name,
        country=like.country,
        language=language or like.language,
        timezone=like.timezone,
        http=HTTP if parts.scheme == "http" else "",
        home=f"{parts.scheme}://{parts.netloc}",
        listing=json.dumps(url),
        host=parts.netloc.lower(),
        every=like.every,
        delay=max(like.delay, 2),
        min_items=like.min_items,
        pages=like.max_listing_pages,
    )


def _quotable(url: str) -> bool:
    return url.isprintable() and not set(url) & set(' "\\<>')
