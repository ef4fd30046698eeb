"""Scrapy's settings: polite, careful, quiet. What depends on the source is set by its spider."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.release import LONGEST_ADDRESS

ROOT = Path(__file__).resolve().parents[1]

BOT_NAME = "pantau"
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spider_loader.SourceLoader"
ITEM_PIPELINES = {"crawler.pipelines.KeepReleases": 500}
EXTENSIONS: dict[str, Any] = {
    "crawler.extensions.run_report.WriteReport": 500,
    "crawler.extensions.run_report.StopOrphan": 510,
    "crawler.extensions.budget.Budget": 520,
    "crawler.extensions.bounds.Bounds": 530,
    "crawler.extensions.keep_pages.KeepPages": 540,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}

FEED_EXPORTERS = {  # `scrapy crawl NAME -o FILE`
    "json": "crawler.release_export.Array",
    "jsonl": "crawler.release_export.Lines",
    "jsonlines": "crawler.release_export.Lines",
    "jl": "crawler.release_export.Lines",
    "csv": "crawler.release_export.Rows",
    "xml": None,
    "pickle": None,
    "marshal": None,
}
FEED_EXPORT_ENCODING = "utf-8"

# Where things are; `python -m crawler.run` says so itself. A crawl without the id of a run was begun by one of Scrapy's
# own commands: its state and evidence are apart, and go with it.
PANTAU_CONFIG = os.environ.get("PANTAU_CONFIG") or str(ROOT / "config")
PANTAU_VAR = os.environ.get("PANTAU_VAR") or str(ROOT / "var")
PANTAU_STATE_URL = os.environ.get("PANTAU_STATE_URL") or f"sqlite:///{PANTAU_VAR}/state/pantau.db"
PANTAU_RUN_ID = None
PANTAU_KEEP_PAGES = None  # a folder for the first pages as they came; `pantau sources save`

# Manners.
USER_AGENT = f"Pantau/{__version__} (+press-release monitor)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Pantau"
CONCURRENT_REQUESTS = 4
CONCURRENT_ITEMS = 1  # Scrapy makes so many tasks for each response, and a page is one item
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60
RETRY_TIMES = 2
COOKIES_ENABLED = True  # a cookie goes back to the host that set it, within the run: some sites show nothing without
REFERRER_POLICY = "no-referrer"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "id,zh-CN;q=0.9,en;q=0.8",
}

# Care. Scrapy verifies no certificate unless told to; SSL_CERT_FILE names an authority of one's own.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # unpacked, too
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.middlewares.heads.BoundedHeads")
URLLENGTH_LIMIT = LONGEST_ADDRESS  # what is longer is no release's; see `Release`
METAREFRESH_ENABLED = False  # extraction sees it, and the listing's address is remembered with the release's
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "crawler.middlewares.hosts.PublicResolver"
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    "crawler.middlewares.hosts.OwnHosts": 50,
    "crawler.middlewares.hosts.ProxiedNames": 760,  # after Scrapy has said which proxy is asked
    "crawler.middlewares.redirects.KeepRedirects": 605,  # just nearer to the site than what follows them
    "crawler.middlewares.robots.Robots": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.politeness.Politeness": 560,  # nearer to the site than what retries
    "crawler.middlewares.bodies.WholeBodies": 590,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # it also lets hosts below the allowed ones pass
}
HTTPERROR_ALLOW_ALL = True  # the spiders tell refusals apart

# Scrapy would parse the source of each callback at each call to warn of a slip that mypy sees: a seventh of a crawl.
WARN_ON_GENERATOR_RETURN_VALUE = False

# Quiet.
LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the spider says so, with the address
