"""Entries that a listing keeps in a script: the datastore of JPage, written as XML around pieces of HTML."""

from __future__ import annotations

import re

from crawler.extraction.parsed_page import ParsedPage

OPEN, CLOSE = "<datastore", "</datastore>"
RECORD, RECORD_END = "<record", "</record>"
CDATA, CDATA_END = "<![CDATA[", "]]>"
SEVERAL = 3  # links in one comment
LONGEST = 200_000  # characters of one script that are looked at
SCRIPT, SCRIPT_END = "<script", "</script>"
# Templates that a script fills with entries, and calls that fetch them.
DRAWS = re.compile(
    r"\{\{#each|\{\{ ?(?:title|url|item\.)|v-for=|<%[=-]? ?(?:for|item)|loadPageData|createPage|dataproxy"
    r"|\$\.(?:ajax|getJSON|post)\b"
    r"|\bfetch\(|axios\b|XMLHttpRequest",
    re.I,
)


def with_stored_entries(html: str) -> str:
    """Put the entries of a datastore where its script stands, so that they are read like any others."""
    if OPEN not in html:
        return html
    kept, place = [], 0
    while (start := html.find(OPEN, place)) >= 0:
        end = html.find(CLOSE, start)
        if end < 0:
            break
        before = html.rfind(SCRIPT, place, start)
        after = html.find(SCRIPT_END, end)
        in_script = before >= 0 and html.find(SCRIPT_END, before, start) < 0 and after >= 0
        kept.append(html[place : before if in_script else start])
        kept.append(f'<div class="datastore">{_entries(html[start:end])}</div>')
        place = after + len(SCRIPT_END) if in_script else end + len(CLOSE)
    return "".join([*kept, html[place:]])


def draws_entries(document: ParsedPage) -> bool:
    """Whether a page has scripts or templates that draw entries, or keeps entries in a comment for one."""
    drawing = document.root.iter("script", "template")
    return _commented(document.html) or any(DRAWS.search(part.text[:LONGEST]) for part in drawing if part.text)


def _commented(html: str) -> bool:
    place = 0
    while (start := html.find("<!--", place)) >= 0:
        end = html.find("-->", start)
        if end < 0:
            return False
        if html.count("<a ", start, end) >= SEVERAL:
            return True
        place = end
    return False


def _entries(store: str) -> str:
    found, place = [], 0
    while (start := store.find(RECORD, place)) >= 0:
        if store.startswith("<recordset", start):
            place = start + 1
            continue
        end = store.find(RECORD_END, start)
        if end < 0:
            break
        record = store[store.find(">", start) + 1 : end].strip()
        if record.startswith(CDATA):
            record = record[len(CDATA) :].removesuffix(CDATA_END)
        found.append(f"<table>{record}</table>" if record.lstrip().startswith("<tr") else record)
        place = end
    return "".join(found)
