"""When two addresses are one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.url_key import clean_url, release_id, url_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://contoh.go.id/b/5", "http://www.contoh.go.id/b/5/"),
        ("https://contoh.go.id/b/5", "https://contoh.go.id:443/b/5#isi"),
        ("https://contoh.go.id/r/7?p=v", "https://contoh.go.id/r/7;jsessionid=A1B2.node09v_2?p=v"),
        ("https://contoh.go.id/r/7?p=v", "https://contoh.go.id/r/7?p=v&PHPSESSID=ab12cd34"),
        ("https://contoh.go.id/r/7?p=v", "https://contoh.go.id/r/7?&amp;p=v&utm_source=x"),
        ("https://contoh.go.id/r?a=1&b=2", "https://contoh.go.id/r?b=2&a=1"),
        ("https://contoh.go.id/r/7", "https://m.contoh.go.id/r/7?print=1"),
        ("https://contoh.go.id/r/7", "https://contoh.go.id/r/7/amp"),
        ("http://kominfo.go.id/content/detail/49586/x", "http://kominfo.go.id//index.php/content/detail/49586/x"),
        ("http://www.gxzf.gov.cn/gxyw/", "http://www.gxzf.gov.cn/gxyw/index.shtml"),
        ("http://a.gov.cn/%e4%b8%ad", "http://a.gov.cn/中"),
    ],
)
def test_two_addresses_of_one_page_have_one_key(one: str, other: str):
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.go.id/berita?p=2", "https://a.go.id/berita?p=3"),
        ("https://a.go.id/x/judul", "https://a.go.id/x/judul-1"),
        ("http://wsb.gxzf.gov.cn/t1.shtml", "http://www.gxzf.gov.cn/t1.shtml"),
        ("https://a.go.id:8080/x", "https://a.go.id/x"),
    ],
)
def test_two_pages_have_two_keys(one: str, other: str):
    assert url_key(one) != url_key(other)


def test_a_key_is_readable():
    assert url_key("https://www.contoh.go.id/rilis/12/?b=2&a=1") == "contoh.go.id/rilis/12?a=1&b=2"


def test_a_cleaned_address_keeps_its_last_slash_and_loses_the_session():
    assert clean_url("/rilis/7/;jsessionid=AA.b?x=1#y", "https://a.id/z") == "https://a.id/rilis/7/?x=1"


@pytest.mark.parametrize(
    "text", ["", "mailto:a@b.id", "javascript:void(0)", "/tanpa/host", "http://[::1", "http://a:b/"]
)
def test_what_is_no_web_address_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        url_key(text)


def test_a_release_id_is_24_figures_and_depends_on_the_key():
    assert len(release_id("a.id/1")) == 24
    assert release_id("a.id/1") != release_id("a.id/2")


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(path: str):
    try:
        key = url_key("https://a.id/" + path)
    except ValueError:
        return
    assert url_key("https://" + key) == key
