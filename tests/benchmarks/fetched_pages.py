"""Fetching in a few threads, then trafilatura: as fundus and many scripts do it. The peer of `bench_crawl`."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import urllib3
from trafilatura import bare_extraction

if __name__ == "__main__":
    addresses, out = map(Path, sys.argv[1:])
    pool = urllib3.PoolManager(maxsize=4)
    urls = addresses.read_text(encoding="utf-8").split()
    with ThreadPoolExecutor(4) as threads, out.open("w", encoding="utf-8") as file:
        for url, body in zip(urls, threads.map(lambda url: pool.request("GET", url).data, urls), strict=True):
            got = bare_extraction(body, url=url, with_metadata=True)
            file.write(json.dumps({"title": got.title, "date": got.date, "text": got.text}, ensure_ascii=False) + "\n")
