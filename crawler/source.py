"""A source: what `config/sources/NAME.toml` says of one site."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, model_validator

from crawler.config_complaints import complaints, unreadable
from crawler.config_model import ConfigError, Strict, known_zone
from crawler.json_interface import PAGE, Interface, of_komdigi

__all__ = ["ConfigError", "Layout", "Source", "Strict", "complaints", "known_zone", "load_source", "load_sources"]

OF_INTERFACES = ("json", "komdigi")  # spiders that read what [interface] describes
NAME = re.compile(r"[a-z][a-z0-9-]{1,40}")


def netloc(url: str) -> str:
    """The host of an address, in ASCII and with its port unless that is the usual one; `www.` counts for nothing.

    Raises ValueError for an address that is none.
    """
    parts = urlsplit(url if "//" in url else f"//{url}")
    usual = {"http": (80,), "https": (443,)}.get(parts.scheme, (80, 443))
    port = "" if parts.port is None or parts.port in usual else f":{parts.port}"
    return _ascii((parts.hostname or "").rstrip(".")).removeprefix("www.") + port


@lru_cache(maxsize=1024)
def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:  # a name that no resolver takes either
        return host


def is_own(url: str, hosts: Iterable[str]) -> bool:
    """Whether a web address is on one of these hosts: the one rule of whom a source may ask."""
    try:
        return urlsplit(url).scheme in ("http", "https") and netloc(url) in {netloc(host) for host in hosts}
    except ValueError:
        return False


class Layout(Strict):
    """CSS selectors of a site whose layout the general extraction does not find by itself; all optional."""

    item: str | None = None
    link: str | None = None
    item_date: str | None = None
    next: str | None = None
    title: str | None = None
    date: str | None = None
    body: str | None = None
    drop: tuple[str, ...] = ()


class Source(Strict):
    """One site: where it lists its releases, who may be asked, how politely, and what is normal for it.

    `delay` and `timeout` (of one request) are in seconds, `every` and `time_limit` in minutes.
    `page_seconds` is how much processor time the reading of one page may take, `most_pages` and `most_megabytes` (of
    pages, unpacked) what one run may take: many times what the largest site shows in a day. `min_items` is how
    many entries a listing shows at the least when the site is well, `revisits` how many known pages a run looks at
    again at the most. `a_week` is how many releases a normal week brings, learnt from what was collected where the file
    does not say it; after `silent_days` without one the operator is told. An `archive` gets nothing new. `render`:
    pages that are drawn by script are drawn in Chromium. `home` is the public front that readers know. Sources of one
    `publisher` may tell one release, at an address each; what others say of their releases is never believed of
    theirs. A host in `allowed_hosts` stands for itself, with and without
    `www.`, not for what lies below it.
    """

    name: str
    title: str
    spider: str = Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")
    country: Literal["id", "cn"]
    language: str = Field(pattern=r"^[a-z]{2}$")
    publisher: str | None = Field(default=None, pattern=NAME.pattern)
    timezone: Annotated[str, AfterValidator(known_zone)]
    home: str | None = None
    listings: tuple[str, ...] = Field(min_length=1)
    fallback_listings: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = Field(min_length=1)
    enabled: bool = True
    every: int = Field(default=30, ge=1)
    delay: float = Field(default=2.0, ge=0)
    max_listing_pages: int = Field(default=5, ge=1)
    timeout: float = Field(default=45, gt=0)
    time_limit: float = Field(default=20, gt=0)
    page_seconds: float = Field(default=10, gt=0)
    most_pages: int = Field(default=2_000, ge=1)
    most_megabytes: float = Field(default=400, gt=0)
    min_items: int = Field(default=1, ge=1)
    revisits: int = Field(default=20, ge=0)
    a_week: float | None = Field(default=None, gt=0)
    silent_days: int | None = Field(default=None, ge=1)
    archive: bool = False
    render: bool = False
    allow_private: bool = False
    layout: Layout = Layout()
    interface: Interface | None = None

    @model_validator(mode="before")
    @classmethod
    def _reads_komdigi_without_more(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("spider") == "komdigi" and "interface" not in given:
            home, listings = given.get("home"), given.get("listings")
            if isinstance(listings, (list, tuple)) and all(isinstance(url, str) for url in listings):
                return given | of_komdigi(str(home or ""), listings)
        return given

    @model_validator(mode="after")
    def _asks_only_allowed_hosts(self) -> Self:
        for url in (*self.listings, *self.fallback_listings):
            if "@" in url.partition("//")[2].partition("/")[0]:
                raise ValueError("an address of a listing holds a login: a password is not kept in this file")
            if not is_own(url, self.allowed_hosts):
                raise ValueError(f"{url} is not a web address on one of allowed_hosts")
        return self

    @model_validator(mode="after")
    def _has_the_interface_it_reads(self) -> Self:
        if self.spider in OF_INTERFACES and self.interface is None:
            raise ValueError(f'spider = "{self.spider}" needs [interface]: where the answer holds the releases')
        if self.interface is not None and self.interface.next is None:
            for url in self.listings:
                if PAGE not in url and PAGE not in (self.interface.post or ""):
                    raise ValueError(f"{url} does not say where the number of the page stands: write {PAGE} there")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the site writes its times."""
        return ZoneInfo(self.timezone)


def load_source(path: Path) -> Source:
    """Read one source file; its stem is the source's name. Raises ConfigError with every complaint."""
    if not NAME.fullmatch(path.stem):
        raise ConfigError(f"{path}: a source is named with a-z, 0-9 and -, not {path.stem!r}")
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        if "name" in facts:
            raise ConfigError(f"{path}: name: there is no such key; the file's own name is the name of the source")
        return Source(name=path.stem, **facts)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(unreadable(path, error)) from error
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error, Source))) from error


def load_sources(folder: Path) -> dict[str, Source]:
    """Read all sources of a folder by name. Raises ConfigError with the complaints of all files at once."""
    found: dict[str, Source] = {}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.stem] = load_source(path)
        except ConfigError as error:
            wrong.append(str(error))
    if not found and not wrong:
        wrong.append(f"{folder}: no source is configured there (one TOML file a source)")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return found


def of_one_publisher(folder: Path, source: Source) -> frozenset[str]:
    """The names of the sources in a folder that are declared to be of one publisher with this one, and its own."""
    names = {source.name}
    for path in folder.glob("*.toml") if source.publisher else ():
        try:
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue  # its own crawl says what is wrong with it
        if facts.get("publisher") == source.publisher:
            names.add(path.stem)
    return frozenset(names)
