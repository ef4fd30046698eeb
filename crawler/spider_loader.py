"""Finds the spider of a source: `scrapy crawl NAME` crawls the source NAME of the configuration."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawler import browser
from crawler.source import ConfigError, Source, is_own, load_source
from crawler.spiders.base import PressReleaseSpider

log = logging.getLogger(__name__)


class NoSourceError(KeyError, UsageError):
    """There is no source of a name: Scrapy's commands tell it in a sentence, as they do whatever is a UsageError."""

    def __str__(self) -> str:
        """The sentence itself; a KeyError would put it in quotes."""
        return str(self.args[0])


class BadSourceError(ConfigError, UsageError):
    """The same for a source file that cannot be used."""


class SourceLoader:
    """Scrapy's spider loader, over the source files instead of over spider classes."""

    def __init__(self, sources: Path) -> None:
        self.sources = sources

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """The sources are those below PANTAU_CONFIG."""
        return cls(Path(settings["PANTAU_CONFIG"]) / "sources")

    def load(self, spider_name: str) -> type[PressReleaseSpider]:
        """The spider class of a source, bound to it. Raises KeyError: no such source; ConfigError: a bad file."""
        path = self._file(spider_name)
        if spider_name not in self.list():
            raise NoSourceError(f"no source {spider_name}: {path} does not exist")
        try:
            source = load_source(path)
        except ConfigError as error:
            raise BadSourceError(str(error)) from error
        if source.render and (fault := browser.missing(source.name)):
            raise fault
        return bound(source)

    def list(self) -> list[str]:
        """The names of the sources."""
        return sorted(path.stem for path in self.sources.glob("*.toml"))

    def find_by_request(self, request: Request) -> Sequence[str]:
        """The sources that may ask a request's address, so that `scrapy shell ADDRESS` chooses one."""
        found = []
        for name in self.list():
            try:
                hosts = load_source(self._file(name)).allowed_hosts
            except ConfigError as error:
                log.warning("passed over: %s", error)
                continue
            if is_own(request.url, hosts):
                found.append(name)
        return found

    def _file(self, name: str) -> Path:
        return self.sources / f"{name}.toml"


def bound(source: Source) -> type[PressReleaseSpider]:
    """The spider class that a source names, with the source. Raises ConfigError when there is none."""
    general = spider_class(source.spider)
    return type(general.__name__, (general,), {"name": source.name, "source": source, "__doc__": general.__doc__})


def spider_class(kind: str) -> type[PressReleaseSpider]:
    """The spider class in `crawler/spiders/KIND.py`. Raises ConfigError when there is none."""
    try:
        module = importlib.import_module(f"crawler.spiders.{kind}")
    except ModuleNotFoundError as error:
        raise ConfigError(f'spider = "{kind}": there is no crawler/spiders/{kind}.py') from error
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, PressReleaseSpider) and found.__module__ == module.__name__:
            return found
    raise ConfigError(f'spider = "{kind}": crawler/spiders/{kind}.py defines no spider')
