"""The one rule for mail addresses: what it lets through can be written into a header and said to a mail server."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

# RFC 5321 and 6531: words of these characters, or of any beyond ASCII, with single dots between.
WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
LOCAL = re.compile(rf"{WORD}(?:\.{WORD})*")
LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
LONGEST_LOCAL, LONGEST = 64, 254  # bytes


def complaint(text: str) -> str | None:
    """What is wrong with a mail address, or None."""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return "not a mail address (name@host)"
    if any(unicodedata.category(sign)[0] in "CZ" for sign in text):
        return "a mail address has no blanks or invisible characters in it"
    if not LOCAL.fullmatch(local):
        return "before the @ stand letters, digits and signs such as . _ + -, with no dot at an end and no two together"
    if not _is_domain(domain):
        return "behind the @ stands a host such as example.org, without a port"
    if len(local.encode()) > LONGEST_LOCAL or len(ascii_form(text).encode()) > LONGEST:
        return "too long for a mail address"
    return None


def ascii_form(address: str) -> str:
    """An address as it is said to a mail server: its host in ASCII letters, so that any server can write to it."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def domain_of(address: str) -> str:
    """What stands behind the @, in the one form by which two are compared."""
    return ascii_form(address).rpartition("@")[2].lower()


def _is_domain(domain: str) -> bool:
    if domain.startswith("[") and domain.endswith("]"):
        try:
            ipaddress.ip_address(domain[1:-1].removeprefix("IPv6:"))
        except ValueError:
            return False
        return True
    try:
        labels = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError:  # an empty label, one too long, or characters that no host has
        return False
    return all(LABEL.fullmatch(label) for label in labels)
