"""The spider for every site that needs no code: listings and pages are read by general rules."""

from __future__ import annotations

from crawler.spiders.base import PressReleaseSpider


class ListingSpider(PressReleaseSpider):
    """Any site with HTML listings, e.g. https://www.nanning.gov.cn/ywzx/nnyw/; [layout] names what is unusual."""
