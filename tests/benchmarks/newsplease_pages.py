"""news-please over a list of addresses; runs in a virtual environment of its own. The peer of `bench_crawl`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from newsplease import NewsPlease

if __name__ == "__main__":
    addresses, out = map(Path, sys.argv[1:])
    # Without a timeout of one's own, version 1.6.16 gives nothing for a list of addresses.
    given = {"timeout": 30}
    found = NewsPlease.from_urls(addresses.read_text(encoding="utf-8").split(), request_args=given, fetch_images=False)
    with out.open("w", encoding="utf-8") as file:
        for url, got in found.items():
            facts = {"url": url, "title": got.title, "date": str(got.date_publish), "text": got.maintext}
            file.write(json.dumps(facts, ensure_ascii=False) + "\n")
