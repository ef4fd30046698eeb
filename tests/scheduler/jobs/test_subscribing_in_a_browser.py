"""A reader subscribes in a real Chromium, on a phone, and changes and ends it from the mail's link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.scheduler.jobs.subscriber import RATIH, Place, place, text_of
from tests.tiers import in_chaos

PHONE = {"width": 360, "height": 740}
SHOTS = os.environ.get("PANTAU_TEST_SHOTS")  # a folder for pictures, for whoever wants to look


@pytest.fixture
def here(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[Place]:
    with place(tmp_path, elasticsearch_url, alias, domains=("example.org",)) as made:
        yield made


def fits(page: Page, name: str) -> None:
    """Nothing is wider than the phone, every field has a name."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    unnamed = "[...document.querySelectorAll('input:not([type=hidden]), select')].filter(one => !one.labels.length)"
    assert page.evaluate(f"{unnamed}.length") == 0


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scheme"), [("id", "dark"), *in_chaos(("en", "light"), ("zh", "light"))])
def test_the_whole_way_on_a_phone(here: Place, browser: Browser, language: str, scheme: str) -> None:
    here.collect(1)
    here.go()
    login = {"username": "Ratih", "password": "rahasia"}
    asking = browser.new_context(viewport=PHONE, http_credentials=login, color_scheme=scheme)  # type: ignore[arg-type]
    page = asking.new_page()
    page.goto(f"{here.url}/search?q=kopi&lang=id&in={language}")
    fits(page, f"search-{language}")
    page.locator("a[href^='/subscribe?']").click()
    fits(page, f"form-{language}")
    page.locator("#address").fill(RATIH)
    page.locator("#when").select_option("weekly")
    page.locator("#timezone").select_option("Asia/Shanghai")
    page.locator("main form button").click()
    expect(page).to_have_url(f"{here.url}/subscribe/asked")
    expect(page.locator("main")).to_contain_text("example.org")
    fits(page, f"asked-{language}")
    asking.close()

    here.go()
    (mail,) = here.mails()
    assert mail["Content-Language"] == language
    if SHOTS:
        Path(SHOTS, f"confirm-{language}.txt").write_text(f"{mail['Subject']}\n\n{text_of(mail)}", encoding="utf-8")
    locale = {"en": "en", "id": "id-ID", "zh": "zh-CN"}[language]
    elsewhere = browser.new_context(viewport=PHONE, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
    page = elsewhere.new_page()  # another browser, in which nobody has logged in
    page.goto(here.url + here.link())
    fits(page, f"confirm-{language}")
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("#when")).to_have_value("weekly")
    fits(page, f"own-{language}")
    page.locator("#when").select_option("at once")
    page.locator("main form button").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("#when")).to_have_value("at once")
    expect(page.locator("#timezone")).to_have_value("Asia/Shanghai")

    here.collect(2)
    here.go()
    assert len(here.mails()) == 2
    if SHOTS:
        body = here.mails()[-1].get_body(("html",))
        Path(SHOTS, f"alert-{language}.html").write_text(body.get_content() if body else "", encoding="utf-8")
    page.locator("main form button.mild").click()
    expect(page.locator("h1")).to_be_visible()
    fits(page, f"ended-{language}")
    elsewhere.close()
    here.collect(3)
    here.go(timedelta(days=1))
    assert len(here.mails()) == 2
