"""The pages in a real Chromium: what a reader does, on a wide and a narrow screen, in both scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from scheduler.ledger.labels import all_labels
from scheduler.ledger.reader_notes import ReaderNote, notes_of
from scheduler.settings import Web
from scheduler.web.server import serving
from tests.scheduler.web.room import Room

PHONE = {"width": 360, "height": 740}
ADDRESSES = (
    "/", "/?stage=agreed&in=zh", "/search", "/search?q=%E5%B9%BF%E8%A5%BF&lang=zh", "/release/ai-zh",
    "/release/ai-id/archive", "/release/hostile", "/release/changed/revisions", "/sources", "/status", "/?page=x",
    "/release/none",
)  # fmt: skip

Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, room: Room) -> Iterator[Opened]:
    """Opens an address; at the end nothing may stand in the console: no error, no violation of the policy."""
    contexts, complaints = [], []

    def open_(address: str = "/", **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1200, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(room.url + address)
        return page

    yield open_
    for context in contexts:
        context.close()
    # Chromium itself notes answers such as 404, which a test may want.
    assert not [one for one in complaints if not one.startswith("Failed to load resource: the server responded with")]


def first_title(page: Page) -> str:
    return page.locator(".results > li h3 a").first.inner_text()


def test_a_reader_searches_filters_opens_and_goes_back(opened: Opened) -> None:
    page = opened("/search")
    page.get_by_label("Words in Indonesian, Chinese or English").fill("kerja sama kecerdasan buatan")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="best matches first")).to_be_visible()
    assert first_title(page) == "Indonesia dan Nanning Perkuat Kerja Sama Kecerdasan Buatan"
    assert page.url.endswith(
        "/search?q=kerja+sama+kecerdasan+buatan"
    )  # fields left as they are stay out of the address

    page.get_by_label("Language", exact=True).select_option("zh")
    page.get_by_role("button", name="Search").click()
    assert first_title(page) == "南宁与印度尼西亚深化人工智能合作"
    assert page.locator(".results > li").count() == page.locator(".results h3[lang=zh-Hans]").count()
    searched = page.url

    page.locator(".results > li h3 a").first.click()
    expect(page.locator("h1")).to_have_text("南宁与印度尼西亚深化人工智能合作")
    expect(page.locator(".text mark").first).to_have_text("人工智能")
    page.go_back()
    assert page.url == searched
    expect(page.get_by_label("Language", exact=True)).to_have_value("zh")
    assert first_title(page) == "南宁与印度尼西亚深化人工智能合作"

    page.get_by_role("link", name="Take away: Chinese").click()
    assert first_title(page).startswith("Indonesia dan Nanning")


@pytest.mark.slow
def test_it_works_without_javascript(opened: Opened) -> None:
    page = opened("/search", java_script_enabled=False, viewport=PHONE)
    page.get_by_label("Words in Indonesian, Chinese or English").fill("人工智能")
    page.get_by_label("Language", exact=True).select_option("id")
    page.get_by_role("button", name="Search").click()
    assert first_title(page).startswith("Indonesia dan Nanning")
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_text("Filters").click()
    page.get_by_label("Rule", exact=True).select_option("indonesia-guangxi")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".results > li").count() == 1


@pytest.mark.slow
def test_the_keyboard_is_enough_and_its_place_is_seen(opened: Opened) -> None:
    page = opened("/search?q=Guangxi")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".results > li h3 a").nth(1)
    expect(second).to_be_focused()
    assert second.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    title = second.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    page.go_back()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


@pytest.mark.sample(2)
@pytest.mark.parametrize(("scheme", "address"), list(zip(cycle(["light", "dark"]), ADDRESSES, strict=False)))
def test_nothing_is_wider_than_a_phone(opened: Opened, address: str, scheme: str) -> None:
    page = opened(address, viewport=PHONE, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main *, footer *')].filter(e => e.innerText?.trim() && !e.closest('svg')"
        " && parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML)"
    )
    assert small == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(17, 22, 28)" if scheme == "dark" else "rgb(243, 245, 247)"
    )


@pytest.mark.slow
def test_on_a_phone_the_filters_wait_folded_unless_one_is_on(opened: Opened) -> None:
    page = opened("/search", viewport=PHONE)
    expect(page.get_by_label("Topic")).to_be_hidden()
    page.get_by_text("Filters").click()
    expect(page.get_by_label("Topic")).to_be_visible()
    expect(opened("/search?topic=ai", viewport=PHONE).get_by_label("Topic")).to_be_visible()
    expect(opened("/?topic=ai", viewport=PHONE).get_by_label("Topic")).to_be_visible()
    expect(opened("/search").get_by_label("Topic")).to_be_visible()


def test_han_characters_are_drawn_and_not_boxes(opened: Opened) -> None:
    page = opened("/release/ai-zh")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": ".text p"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert any("CJK" in font["familyName"] or "Han" in font["familyName"] for font in fonts), fonts


@pytest.mark.sample(2)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_has_its_landmarks_one_heading_and_names_for_everything(opened: Opened, address: str) -> None:
    page = opened(address)
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    assert page.locator("header nav").count() == 2
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Pantau")
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if "in=zh" in address else "en")
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, select, button, a, svg[role=img]')].filter(e =>"
        " !(e.labels?.length || e.innerText?.trim() || e.ariaLabel || e.textContent.trim())).map(e => e.outerHTML)"
    )
    assert nameless == []
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(e => +e.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    doubled = page.evaluate(
        "(ids => ids.filter((id, at) => ids.indexOf(id) !== at))([...document.querySelectorAll('[id]')].map(e => e.id))"
    )
    assert doubled == []


def test_the_policy_stops_what_an_escape_might_let_through(browser: Browser, room: Room) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(room.url + "/release/ai-id")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src=x onerror="document.title=1"><p style="position:fixed">x</p>\')'
    )
    page.wait_for_timeout(300)
    page.close()
    assert any("Content Security Policy" in one and "inline event handler" in one for one in told), told
    assert any("Content Security Policy" in one and "style" in one for one in told), told


@pytest.mark.slow
def test_a_reader_logs_in_and_stars_notes_and_judges_a_release(browser: Browser, room: Room) -> None:
    """What a real browser sends with a form passes the checks against forged ones."""
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia"))) as url:
        context = browser.new_context(http_credentials={"username": "Sari", "password": "rahasia"}, locale="id-ID")
        page = context.new_page()
        page.goto(f"{url}/release/city-id")
        page.get_by_role("button", name="Beri bintang").click()
        expect(page.get_by_role("button", name="Hapus bintang")).to_be_visible()
        page.get_by_label("Hanya Anda yang melihatnya").fill("Tanya 南宁 <b>")
        page.get_by_role("button", name="Simpan catatan").click()
        expect(page.get_by_label("Hanya Anda yang melihatnya")).to_have_value("Tanya 南宁 <b>")
        page.get_by_role("button", name="Tidak relevan").click()
        expect(page.get_by_role("button", name="Tidak relevan")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Berbintang").click()
        assert first_title(page)
        expect(page.get_by_text("Tanya 南宁 <b>")).to_be_visible()
        context.close()
    assert notes_of(room.store.engine, "Sari", ["city-id"]) == {
        "city-id": ReaderNote(starred=True, note="Tanya 南宁 <b>")
    }
    assert [(one.rule, one.verdict) for one in all_labels(room.store.engine) if one.release_id == "city-id"] == [
        ("own-rule", False)
    ]


@pytest.mark.slow
def test_a_form_on_another_site_that_the_browser_sends_with_the_password_does_nothing(
    browser: Browser, room: Room
) -> None:
    """Another port is another origin; the browser adds the password by itself, and says where the form was."""
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia"))) as url:
        context = browser.new_context(http_credentials={"username": "Dewi", "password": "rahasia"})
        page = context.new_page()
        page.goto(f"{url}/release/city-id")
        token = page.locator("input[name=token]").first.get_attribute("value")
        page.route("https://evil.example/", lambda route: route.fulfill(content_type="text/html", body=(
            f'<form method=post action="{url}/release/city-id/star"><input name=token value="{token}">'
            "<button name=starred value=yes>x</button></form>"
        )))  # fmt: skip
        page.goto("https://evil.example/")
        page.get_by_role("button").click()
        expect(page.locator("h1")).to_have_text("This is not allowed")
        context.close()
    assert notes_of(room.store.engine, "Dewi", ["city-id"]) == {}
