"""Small loopback sites that play the real ones: their markup, listings, paging, dates, quirks and faults."""

from tests.replica.local import localise_source
from tests.replica.release import Labels, SiteRelease, Truth
from tests.replica.replica import Replica

__all__ = ["Labels", "Replica", "SiteRelease", "Truth", "localise_source"]
