"""What a value of `config/pantau.toml` may be: mail and web addresses, names of hosts, hours, sizes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from crawler.source import known_zone
from scheduler.database_url import LOOPBACK
from scheduler.mail_address import complaint, domain_of

WEB_ADDRESS = re.compile(r"https?://[^/?#@\s]+(/[^?#\s]*)?")
SERVER = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]+")
INDEX = re.compile(r"[a-z][a-z0-9-]{0,60}")
SPACE = re.compile(r"[a-z0-9_-]{1,64}")
MEMORY = re.compile(r"[1-9]\d{0,5}[mg]")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _mail_address(text: str) -> str:
    if wrong := complaint(text):
        raise ValueError(wrong)
    return text


def _host_name(text: str) -> str:
    if complaint(f"pantau@{text}"):
        raise ValueError("takes a host name, such as mail.example.org")
    return text


def _written_as(form: re.Pattern[str], wrong: str) -> Callable[[str], str]:
    """What passes a text that is written in a form, and says of any other what is wrong with it."""

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(wrong)
        return text

    return check


# Passes a web address without a login in it. Raises ValueError.
web_address = _written_as(
    WEB_ADDRESS, "takes a web address such as https://host.example.org:9200, without a login in it"
)
_server_name = _written_as(
    SERVER, "takes the name of a server alone, such as mail.example.org, without a login or a port in it"
)
_index_name = _written_as(INDEX, "takes small letters a-z, digits and - only, and a letter comes first")
_space_name = _written_as(SPACE, "takes small letters a-z, digits, - and _ only, 64 at most")
_memory = _written_as(MEMORY, 'takes a number with m or g behind it, such as "512m" or "2g"')
_hour = _written_as(HOUR, 'takes a time of day, such as "07:00"')


def _own_address(text: str) -> str:
    if text != "localhost":
        try:
            ipaddress.ip_address(text)
        except ValueError as error:
            raise ValueError("takes an address of this machine: 127.0.0.1, 0.0.0.0 (all), ::1 or another") from error
    return text


def _translation(address: str) -> str:
    try:
        filled = address.format_map({"url": "https%3A%2F%2Fexample.org", "language": "id"})
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ValueError("takes {url} and {language} alone in braces") from error
    if "{url}" not in address or not filled.startswith("https://"):
        raise ValueError("takes an https address with {url} in it, such as https://translate.example.org/?u={url}")
    return address


def _domain(text: str) -> str:
    if complaint(f"reader@{text}"):
        raise ValueError("takes what stands behind the @ of the addresses, such as example.org")
    return domain_of(f"reader@{text}")


def in_clear(urls: Iterable[str]) -> str | None:
    """The first address to which a login would go over the network unencrypted, or None."""
    return next((url for url in urls if url.startswith("http:") and _host(url) not in LOOPBACK), None)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


Address = Annotated[str, AfterValidator(_mail_address)]
HostName = Annotated[str, AfterValidator(_host_name)]
Domain = Annotated[str, AfterValidator(_domain)]
ServerName = Annotated[str, AfterValidator(_server_name)]
OwnAddress = Annotated[str, AfterValidator(_own_address)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Translation = Annotated[str, AfterValidator(_translation)]
IndexName = Annotated[str, AfterValidator(_index_name)]
SpaceName = Annotated[str, AfterValidator(_space_name)]
Memory = Annotated[str, AfterValidator(_memory)]
Hour = Annotated[str, AfterValidator(_hour)]
Zone = Annotated[str, AfterValidator(known_zone)]
