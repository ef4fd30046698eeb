"""Templates, and the few words and forms that they all need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from crawler.release import Precision, Release
from scheduler.safe_text import safe_line, safe_link, safe_text
from scheduler.web import wanted as addresses
from scheduler.web.desk import LANGUAGES, Desk, Wanted

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
LONGEST_LINE = 3000  # characters; a title, an address, a sentence
HAN_FIRST = {"zh": "zh-Hans"}


class Renderer:
    """Writes pages. Every value is escaped; `line`, `text` and `link` make what comes from a site harmless first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters |= {
            "line": lambda text: safe_line(str(text or ""), LONGEST_LINE),
            "text": safe_text,
            "link": safe_link,
            "moment": self.moment,
            "iso": lambda moment: moment.isoformat(timespec="seconds"),
            "named": named,
            "lang": lambda lang: HAN_FIRST.get(lang, lang),
            "published": published,
            "code": self.code,
        }
        self.environment.globals |= {
            "names": desk.names,
            "languages": LANGUAGES,
            "search_address": lambda **facts: addresses.address(Wanted(**facts)),
            "version": fingerprint(STATIC),
            "zone": str(desk.zone),
            "demo": desk.demo,
        }

    def page(self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
        """Render a template as an answer."""
        return HTMLResponse(self.environment.get_template(template).render(values), status)

    def moment(self, moment: datetime) -> str:
        """A time of ours, in the readers' zone."""
        return f"{moment.astimezone(self.desk.zone):%Y-%m-%d %H:%M}"

    def code(self, code: str) -> str:
        """Word what joins or parts two releases: `name nong-shengwen`, `days 1`, `date 2026-03-24 / 2026-03-25`."""
        kind, _, value = code.partition(" ")
        if kind == "days":
            return {"0": "the same day", "1": "1 day apart"}.get(value, f"{value} days apart")
        ours, parted, theirs = value.partition(" / ")
        if parted:
            return safe_line(f"{kind} {ours} here, {theirs} there")
        known = {"name": self.desk.names.concepts, "topic": self.desk.names.topics, "party": self.desk.names.parties}
        return named(value, known[kind]) if kind in known else safe_line(f"{kind} {value}")


def named(name: str, names: Mapping[str, str]) -> str:
    """What an id is called; one without a name is its own."""
    return safe_line(names.get(name) or name.replace("-", " "))


def published(release: Release) -> str:
    """When a release was published, as exactly as its page says and in the source's own time."""
    if release.published is None or release.date is None:
        return "no date on the page"
    if release.precision in (Precision.MINUTE, Precision.SECOND):
        form = "%H:%M:%S" if release.precision is Precision.SECOND else "%H:%M"
        offset = release.published.strftime("%z")
        return f"{release.date} {release.published.strftime(form)} UTC{offset[:3]}:{offset[3:5]}"
    return release.date


def fingerprint(folder: Path) -> str:
    """What changes when a file of a folder changes, so that browsers may keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
