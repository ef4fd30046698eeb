"""What every crawl loads, loaded once: a crawl of the tests is then a fork of a process that has it all.

No Twisted reactor may be among it, since that one belongs to a process. `crawler.settings` is left out too: it reads
the environment, which is another one for each crawl.
"""

from __future__ import annotations

import importlib
import pkgutil

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

import crawler

COMPONENTS = (
    "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "EXTENSIONS_BASE", "DOWNLOAD_HANDLERS_BASE",
)  # fmt: skip
MODULES = ("alembic.command", "alembic.runtime.migration", "scrapy.core.engine", "scrapy.pqueues", "scrapy.squeues")

for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
    if module.name != "crawler.settings" and ".migrations." not in module.name:
        importlib.import_module(module.name)
for name in MODULES:
    importlib.import_module(name)
for name in COMPONENTS:
    for key, value in getattr(default_settings, name).items():
        load_object(value if isinstance(value, str) else key)
