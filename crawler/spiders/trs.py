"""Sites made with TRS WCM, the content system of the Guangxi portal, its departments and many Chinese governments."""

from __future__ import annotations

from crawler.spiders.base import PressReleaseSpider


class TrsSpider(PressReleaseSpider):
    """TRS sites, e.g. http://www.gxzf.gov.cn/gxyw/: many hosts, one layout, told apart by their source files.

    A listing has no link to its next page; its script says how many pages there are, and page 2 is `index_1.shtml`
    (on sections from before 2020 `index-2.shtml`). General extraction knows both.
    """
