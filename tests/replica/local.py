"""Real addresses turned into those of the replica: in pages, in texts, in source files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from urllib.parse import urlsplit

# Names without `www` that lead to the same site.
OTHER_NAMES = {"kominfo.go.id": "www.kominfo.go.id", "komdigi.go.id": "www.komdigi.go.id"}


def localise(text: str, sites: Mapping[str, str]) -> str:
    """Replace `https://HOST` and `http://HOST` of played hosts by their address on loopback."""
    names = _names(sites)
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"https?://({pattern})(?![\w.:-])", lambda hit: names[hit[1]], text)


def localise_source(text: str, sites: Mapping[str, str]) -> str | None:
    """Rewrite a source file so that it speaks of the replica: addresses, allowed hosts, no delay, loopback allowed.

    None for a source that the replica does not play, or not wholly: it would be crawled live, and without delay.
    """
    text = localise(text, sites)
    for name, base in _names(sites).items():
        text = text.replace(f'"{name}"', f'"{base.removeprefix("http://")}"')
    text = re.sub(r"(?m)^(?:delay|allow_private)\s*=.*\n?", "", text)
    facts = tomllib.loads(text)
    asked = [urlsplit(url).netloc for key in ("listings", "fallback_listings") for url in facts.get(key, ())]
    played = {base.removeprefix("http://") for base in _names(sites).values()}
    if not played.issuperset([*asked, *facts.get("allowed_hosts", ())]):
        return None
    return f"delay = 0\nallow_private = true\n{text}"


def _names(sites: Mapping[str, str]) -> dict[str, str]:
    names = {host: base for host, base in sites.items() if not host.startswith("_")}
    return names | {other: names[host] for other, host in OTHER_NAMES.items() if host in names}
