"""What has been collected: pages seen, releases with their revisions, runs. The doorway out of the crawler."""

from crawler.store.activity import Activity
from crawler.store.changes import Change
from crawler.store.database import StoreError
from crawler.store.pages import Page
from crawler.store.releases import Outcome, StoredRelease
from crawler.store.revisions import Revision
from crawler.store.runs import Run
from crawler.store.set_aside import SetAside
from crawler.store.store import Store
from crawler.store.withdrawals import Absence

__all__ = [
    "Absence",
    "Activity",
    "Change",
    "Outcome",
    "Page",
    "Revision",
    "Run",
    "SetAside",
    "Store",
    "StoreError",
    "StoredRelease",
]
