"""Which hosts may be asked: only the source's own, and no address inside a private network."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Collection, Sequence
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.threads import deferToThread

from crawler.release import LONGEST_ADDRESS
from crawler.source import is_own

log = logging.getLogger(__name__)


class HostRefusedError(IgnoreRequest):
    """A request that would have gone to a host that this source may not ask."""


class PrivateRefusedError(HostRefusedError):
    """A request that would have gone to an address inside a private network."""


class OwnHosts:
    """Lets only requests to allowed hosts out, redirected ones included; a host is allowed by itself, not below it."""

    def __init__(self, allowed: Collection[str], allow_private: bool) -> None:
        self.allowed = frozenset(allowed)
        self.allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The source's hosts have been put into the settings by its spider; without a source there is no rule."""
        settings = crawler.settings
        if not settings.getlist("PANTAU_ALLOWED_HOSTS"):
            raise NotConfigured
        return cls(settings.getlist("PANTAU_ALLOWED_HOSTS"), settings.getbool("PANTAU_ALLOW_PRIVATE"))

    def process_request(self, request: Request) -> None:
        """Raise HostRefusedError for a foreign host, another scheme, or a private address written out."""
        parts = urlsplit(request.url)
        if (
            len(request.url) > LONGEST_ADDRESS
        ):  # one that was redirected; others come no further than Scrapy's own limit
            raise IgnoreRequest(f"its address is longer than {LONGEST_ADDRESS} characters")
        if not is_own(request.url, self.allowed):
            raise HostRefusedError(f"{parts.scheme}://{parts.netloc} is not one of the source's allowed_hosts")
        if not self.allow_private and is_private(parts.hostname or ""):
            raise PrivateRefusedError(f"{parts.hostname} is an address inside a private network")


class PublicResolver(CachingThreadedResolver):
    """Refuses names that lead into a private network; what it returns is what is connected to, so no trick is left."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, *, allow_private: bool = False) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_private = allow_private
        # The operator's own proxy may well live in the private network.
        self.exempt = {urlsplit(url).hostname for url in getproxies().values()}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """The source says whether private addresses are meant."""
        settings = crawler.settings
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE"),
            settings.getfloat("DNS_TIMEOUT"),
            allow_private=settings.getbool("PANTAU_ALLOW_PRIVATE"),
        )

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Resolve a name. The result fails with DNSLookupError when it is a private address."""
        found: Deferred[Any] = super().getHostByName(name, timeout)
        return found.addCallback(self._public, name)

    def _public(self, address: str, name: str) -> str:
        if not self.allow_private and name not in self.exempt and is_private(address):
            # Twisted keeps no reason of a failed lookup, so it is said here.
            log.warning("%s leads to %s, an address inside a private network: not asked", name, address)
            raise DNSLookupError(f"{name} leads to {address}, an address inside a private network")
        return address


class ProxiedNames:
    """Refuses names that lead into a private network also where a proxy looks them up, as well as that can be done.

    What the proxy finds may differ, and a machine behind one may find nothing at all: then the proxy has to be careful.
    """

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.found: dict[str, str | None] = {}  # host -> its private address, if it has one

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The source says whether private addresses are meant."""
        return cls(crawler.settings.getbool("PANTAU_ALLOW_PRIVATE"))

    async def process_request(self, request: Request) -> None:
        """Raise PrivateRefusedError for a name that leads inside."""
        host = urlsplit(request.url).hostname
        if self.allow_private or not host or not request.meta.get("proxy"):
            return
        if host not in self.found:
            self.found[host] = await maybe_deferred_to_future(deferToThread(_private_address, host))
        if address := self.found[host]:
            log.warning(
                "%s leads to %s, an address inside a private network: not asked through the proxy", host, address
            )
            raise PrivateRefusedError(f"{host} leads to {address}, an address inside a private network")


def _private_address(host: str) -> str | None:
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):  # only the proxy knows names here
        return None
    return next((address for address in sorted(found) if is_private(address.partition("%")[0])), None)


def is_private(host: str) -> bool:
    """Whether a host is a literal address that is not on the public internet; a name is not."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return not address.is_global or address.is_multicast
