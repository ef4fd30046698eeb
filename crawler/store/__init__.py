"""What has been collected: pages seen, releases with their revisions, runs. The doorway out of the crawler."""

from crawler.store.pages import Page
from crawler.store.releases import Outcome, StoredRelease
from crawler.store.runs import Run
from crawler.store.store import Store, StoreError

__all__ = ["Outcome", "Page", "Run", "Store", "StoreError", "StoredRelease"]
