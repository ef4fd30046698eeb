"""One crawl in this process: `python -m crawler.run SOURCE …`. Progress and report are JSON lines on stdout."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from crawler import __version__
from crawler.bounded_log import BoundedLog, LineRecord
from crawler.source import ConfigError
from crawler.spider_loader import SourceLoader
from crawler.store import Store, StoreError

PAST_PAGES, PAST_BYTES = 50_000, 8 * 1024**3  # what a walk into the past may take in one run


def main(arguments: list[str] | None = None) -> int:
    """Crawl; 0 when a report was written, whatever it says, 1 when the crawl died, 2 when it could not begin."""
    parser = _parser()
    told = parser.parse_args(arguments)
    if not told.state_url:
        parser.error("say where the state is: --state-url or PANTAU_STATE_URL")
    sys.stderr = BoundedLog(sys.stderr)
    logging.setLogRecordFactory(LineRecord)
    try:
        store = Store(told.state_url)
        settings = settings_for(told)
        spider = SourceLoader.from_settings(settings).load(told.source)
        # The resolver belongs to the process, so it does not see what a spider sets.
        settings.set("PANTAU_ALLOW_PRIVATE", spider.source.allow_private, priority="cmdline")
        process = CrawlerProcess(settings)
        # Scrapy tells a robots.txt that did not come with a page of traceback; the listing says the same in a line.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        process.crawl(spider, since=told.since, limit=told.limit)
    except (ConfigError, KeyError, StoreError) as error:
        sys.stderr.write(f"{error.args[0]}\n")
        return 2
    process.start()
    try:
        run = store.run(told.run_id)
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0 if run is not None and run.finished_at is not None else 1


def settings_for(told: argparse.Namespace) -> Settings:
    """Scrapy's settings with the places and the name of this run."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    own: dict[str, Any] = {
        "PANTAU_CONFIG": str(told.config),
        "PANTAU_VAR": str(told.var),
        "PANTAU_STATE_URL": told.state_url,
        "PANTAU_RUN_ID": told.run_id,
        "PANTAU_KEEP_PAGES": str(told.keep_pages) if told.keep_pages else None,
    }
    if told.contact:
        own["USER_AGENT"] = f"Pantau/{__version__} (+press-release monitor; {told.contact})"
    if told.since:  # a walk into the past takes as long as it takes; it can be stopped and goes on where it was
        own |= {"CLOSESPIDER_TIMEOUT": 0, "PANTAU_MOST_PAGES": PAST_PAGES, "PANTAU_MOST_BYTES": PAST_BYTES}
    settings.update(own, priority="cmdline")
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawler.run", description="Crawl one source in this process.")
    parser.add_argument("source")
    parser.add_argument("--config", type=Path, required=True, help="the folder that holds sources/")
    parser.add_argument("--var", type=Path, required=True, help="where evidence is kept")
    parser.add_argument(
        "--state-url",
        default=os.environ.get("PANTAU_STATE_URL"),
        help="SQLAlchemy URL of the state database; as PANTAU_STATE_URL in the environment it stays out of `ps`",
    )
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--since", type=_day, help="go back to this day (YYYY-MM-DD)")
    parser.add_argument("--limit", type=int, help="take at most so many releases")
    parser.add_argument("--keep-pages", type=Path, help="a folder for the first pages as they came")
    parser.add_argument("--contact", help="an address for the site's operators, named in the user agent")
    return parser


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


if __name__ == "__main__":
    sys.exit(main())
