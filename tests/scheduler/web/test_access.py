"""Everybody can read and use the pages: axe finds no fault, light and dark, on a phone and on a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pydantic import SecretStr
from starlette.routing import Route

from scheduler.settings import Web
from scheduler.web.app import application
from scheduler.web.server import serving
from tests.scheduler.axe import faults
from tests.scheduler.web.room import Room
from tests.tiers import in_chaos

ADDRESSES = (
    "/", "/?stage=agreed&level=possible", "/search", "/search?q=Nanning&lang=zh", "/search?q=zzqqxx", "/release/ai-id",
    "/release/undated", "/release/hostile", "/release/changed/revisions", "/release/ai-id/archive",
    "/release/ai-id/why", "/starred", "/subscribe?rule=cooperation", "/subscribe?q=nanning", "/subscribe/asked",
    "/subscription/none", "/subscription/none/end",
    "/sources", "/status", "/release/none",
)  # fmt: skip
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 375, "height": 812}
VIEWS = {"desk": (DESK, "id"), "phone": (PHONE, "zh")}
# Each page is seen once, every other one on a phone; chaos has the rest.
SEEN = [(address, ("desk", "phone")[number % 2]) for number, address in enumerate(ADDRESSES)]
OTHERWISE = [(address, ("phone", "desk")[number % 2]) for number, address in enumerate(ADDRESSES)]
NO_PAGES = re.compile(r"^/(healthz|metrics|alerts)$|\.(csv|json|atom)$|/archive/(source|bytes)$")


@pytest.fixture(scope="module")
def page(browser: Browser, room: Room) -> Iterator[Page]:
    """One page for all, of a reader who has logged in: there everything is shown that a page can show."""
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia"))) as url:
        context = browser.new_context(http_credentials={"username": "Sari", "password": "rahasia"}, base_url=url)
        yield context.new_page()
        context.close()


@pytest.mark.sample(2)
@pytest.mark.parametrize(("address", "view"), [*SEEN, *in_chaos(*OTHERWISE)])
def test_axe_finds_no_fault(page: Page, address: str, view: str) -> None:
    size, language = VIEWS[view]
    page.set_viewport_size(size)
    page.goto(f"{address}{'&' if '?' in address else '?'}in={language}")
    assert faults(page) == []


def test_axe_finds_the_faults_of_a_broken_page(page: Page) -> None:
    page.goto("about:blank")  # the policy of our own pages lets no style in
    page.set_content(
        "<title>x</title><style>p { color: #767676 } @media (prefers-color-scheme: dark) { p { color: #bbb } }</style>"
        '<main><h1>x</h1><img src="/x.svg"><input><p>grey</p></main>'
    )
    rules = {fault.partition(":")[0] for fault in faults(page)}
    assert {"html-has-lang (light)", "image-alt (light)", "label (light)", "color-contrast (dark)"} == rules


def test_every_page_is_looked_at(room: Room) -> None:
    app = application(room.backend, Web())
    while not hasattr(app, "routes"):
        app = app.app
    pages = [one.path for one in app.routes if isinstance(one, Route) and "GET" in one.methods]
    pages = [path for path in pages if not NO_PAGES.search(path)]
    looked_at = [address.partition("?")[0] for address in ADDRESSES]
    assert len(pages) > 6
    for path in pages:
        assert any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), one) for one in looked_at), path
