"""What is found wrong, as readers may see it: without the addresses of others, and without the server's folders."""

from __future__ import annotations

import re

READER = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@(?=[^\s<>()@]{1,255})")
FOLDER = re.compile(r"(?<![\w/.:…])/(?:[^\s/:;,()\"']{1,255}/){1,40}")


def redacted(text: str) -> str:
    """Leave of an address its host, and of a path on this machine its last name; addresses of pages stay."""
    return FOLDER.sub("…/", READER.sub("…@", text))
