"""Whom the crawler asks, and whom it believes: certificates, foreign hosts, private addresses, sizes."""

from __future__ import annotations

import gzip
import ssl
from pathlib import Path

import pytest
import trustme
from scrapy import Request
from twisted.internet import reactor
from twisted.internet.error import DNSLookupError

from crawler.middlewares.hosts import HostRefusedError, OwnHosts, PublicResolver, is_private
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing

ENTRIES = [("/berita/satu", "Layanan pertama dibuka bagi nelayan", "10 Maret 2026")]


def test_only_certificates_of_a_known_authority_are_accepted(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    known = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(known))
    with SmallSite(tls=context) as site:
        site.show("/berita", listing(ENTRIES))
        site.show("/berita/satu", article(*ENTRIES[0][1:]))
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        refused = crawling.run("desa")
        assert refused["verdict"] == "down"
        assert "certificate" in refused["reasons"][0]
        assert site.requests == []
        assert crawling.run("desa", SSL_CERT_FILE=str(known))["verdict"] == "ok"


def test_a_redirect_to_a_foreign_host_is_not_followed(tmp_path: Path) -> None:
    with SmallSite() as site, SmallSite() as foreign:
        foreign.show("/berita", listing(ENTRIES))
        site.pages["/berita"] = Answer(302, b"", {"Location": f"{foreign.base}/berita"})
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        report = crawling.run("desa")
        assert report["verdict"] == "layout_changed"
        assert "allowed_hosts" in report["reasons"][0]
        assert foreign.requests == []


def test_a_name_that_leads_to_a_private_address_is_not_asked(tmp_path: Path) -> None:
    with SmallSite() as site:
        host = f"localhost:{site.port}"
        crawling = Crawling(tmp_path)
        crawling.source("desa", f"http://{host}", host, allow_private=False)
        assert crawling.run("desa")["verdict"] == "down"
        assert site.requests == []


@pytest.mark.slow
def test_a_name_that_leads_to_a_private_address_is_not_asked_through_a_proxy_either(tmp_path: Path) -> None:
    with SmallSite() as site, SmallSite() as proxy:
        crawling = Crawling(tmp_path)
        inside = f"localhost:{site.port}"
        crawling.source("dalam", f"http://{inside}", inside, allow_private=False)
        report = crawling.run("dalam", http_proxy=proxy.base)
        assert "an address inside a private network" in report["reasons"][0]
        assert (site.requests, proxy.requests) == ([], [])
        # A name that only the proxy knows is the proxy's to look up.
        crawling.source("luar", "http://situs.pantau.invalid", "situs.pantau.invalid", allow_private=False)
        crawling.run("luar", http_proxy=proxy.base)
        assert proxy.requests != []


def test_a_private_address_written_out_is_not_asked(tmp_path: Path) -> None:
    with SmallSite() as site:
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host, allow_private=False)
        report = crawling.run("desa")
        assert report["verdict"] == "down"
        assert "private network" in report["reasons"][0]
        assert site.requests == []


@pytest.mark.slow
def test_a_packed_page_that_unpacks_beyond_the_limit_is_dropped(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<p>" + b"a" * (64 * 1024 * 1024))
    with SmallSite() as site:
        site.show("/berita", listing(ENTRIES))
        site.pages["/berita/satu"] = Answer(200, bomb, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        report = crawling.run("desa")
        assert (report["verdict"], report["new"], len(report["errors"])) == ("partial", 0, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/", "http://sub.contoh.go.id/", "http://contoh.go.id:8080/", "ftp://contoh.go.id/x",
        "file:///etc/passwd", "http://contoh.go.id@evil.example/",
    ],
)  # fmt: skip
def test_hosts_are_allowed_by_themselves_only(url: str) -> None:
    hosts = OwnHosts(["contoh.go.id"], allow_private=False)
    hosts.process_request(Request("https://contoh.go.id/berita"))
    with pytest.raises(HostRefusedError):
        hosts.process_request(Request(url))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "::1", "::ffff:10.0.0.1",
     "fe80::1", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "www.gxzf.gov.cn"])
def test_public_addresses_and_names_are_not_private(host: str) -> None:
    assert not is_private(host)


def test_the_operators_own_proxy_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.internal:3128")
    resolver = PublicResolver(reactor, 100, 5)  # type: ignore[arg-type]
    assert resolver._public("10.0.0.5", "proxy.internal") == "10.0.0.5"
    with pytest.raises(DNSLookupError):
        resolver._public("10.0.0.5", "www.gxzf.gov.cn")
