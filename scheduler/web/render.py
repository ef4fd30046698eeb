"""Templates, and the few words and forms that they all need, in the language of the reader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crawler.extraction.dates.doubt import read_doubt
from crawler.release import Precision, Release
from scheduler.health.finding import Said
from scheduler.language.number_format import number
from scheduler.ledger.alerted_releases import AlertQuery
from scheduler.safe_text import safe_line, safe_link, safe_text
from scheduler.web import query_string
from scheduler.web.backend import Backend
from scheduler.web.login import Login, login_of
from scheduler.web.redacted import redacted
from scheduler.web.views import LANGUAGES, Names, SearchQuery
from scheduler.web.words import COOKIE, OWN_NAMES, PARAMETER, Words, language_of, weekdays, words

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
LONGEST_LINE = 3000  # characters; a title, an address, a sentence
HAN_FIRST = {"zh": "zh-Hans"}
A_YEAR = 365 * 24 * 3600  # seconds for which a chosen language is remembered


Answer = TypeVar("Answer", bound=Response)


class Renderer:
    """Writes pages. Every value is escaped; `line`, `text` and `link` make what comes from a site harmless first."""

    def __init__(self, backend: Backend) -> None:
        version = fingerprint(STATIC)
        self.tongues = {language: Tongue(backend, language, version) for language in LANGUAGES}

    def tongue(self, request: Request) -> Tongue:
        """What writes in the language of a reader."""
        return self.tongues[language_of(request.headers, request.query_params.get(PARAMETER))]

    def page(
        self, request: Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any
    ) -> HTMLResponse:
        """Render a template as an answer."""
        tongue = self.tongue(request)
        login: Login | None = login_of(request)
        values |= {
            "reader": login.reader if login else None,
            "token": login.token if login else "",
            "in_languages": {one: _in(request, one) for one in OWN_NAMES},
        }
        response = HTMLResponse(tongue.environment.get_template(template).render(values), status)
        return as_asked(request, tongue.language, response)


def as_asked(request: Request, language: str, response: Answer) -> Answer:
    """Say in which language an answer is, and remember a language that its address asks for."""
    response.headers["Content-Language"] = HAN_FIRST.get(language, language)
    response.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get(PARAMETER) == language:
        response.set_cookie(COOKIE, language, max_age=A_YEAR, httponly=True, samesite="lax")
    return response


def base_of(request: Request, public_url: str | None) -> str:
    """The address of the reading page as others know it, without a slash at its end."""
    return (public_url or str(request.base_url)).rstrip("/")


def _in(request: Request, language: str) -> str:
    """The address of this page in a language; never one of another host, which `//` would begin."""
    others = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]
    path = "/" + quote(request.scope["path"].lstrip("/\\"))
    return f"{path}?{urlencode([*others, (PARAMETER, language)])}"


class Tongue:
    """The page's words, the names of things and the forms of days in one language."""

    def __init__(self, backend: Backend, language: str, version: str) -> None:
        self.backend = backend
        self.language = language
        self.words: Words = words(language)
        self.say = self.words.say
        self.names: Names = backend.names[language]
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
            "party": self.party,
            "lang": lambda lang: HAN_FIRST.get(lang, lang),
            "published": self.published,
            "code": self.code,
            "doubt": self.doubt,
            "said": self.said,
            "number": self.number,
            "redacted": lambda text: safe_line(redacted(text), LONGEST_LINE),
            "subject": self.subject,
        }
        self.environment.globals |= {
            "say": self.say,
            "language": language,
            "own_names": OWN_NAMES,
            "names": self.names,
            "languages": self.names.languages,
            "search_address": lambda **facts: query_string.search_address(SearchQuery(**facts)),
            "alerts_address": _alerts_address,
            "version": version,
            "zone": str(backend.zone),
            "demo": backend.demo,
            "may_subscribe": backend.may_subscribe,
        }

    def moment(self, moment: datetime) -> str:
        """A time of ours, in the readers' zone."""
        return f"{moment.astimezone(self.backend.zone):%Y-%m-%d %H:%M}"

    def weekdays(self) -> list[str]:
        """The days of the week, from Monday on."""
        names = weekdays(self.language)
        return [names[day] for day in range(7)]

    def party(self, party: str) -> str:
        """What a party is called."""
        return safe_line(self.names.parties.get(party) or party.replace("-", " ").title())

    def code(self, code: str) -> str:
        """Word what joins or parts two releases: `name nong-shengwen`, `days 1`, `date 2026-03-24 / 2026-03-25`."""
        kind, _, value = code.partition(" ")
        if kind == "days":
            known = {"0": self.say("same_day"), "1": self.say("one_day_apart")}
            return known.get(value) or safe_line(self.say("days_apart", count=value))
        ours, parted, theirs = value.partition(" / ")
        if kind == "figure":
            ours, theirs = self.names.figure(ours), self.names.figure(theirs)
        if parted and kind in ("date", "figure"):
            return safe_line(self.say(f"differs_{kind}", ours=ours, theirs=theirs))
        if kind == "figure":
            return safe_line(ours)
        if kind == "topic":
            return named(value, self.names.topics)
        if kind == "party":
            return self.party(value)
        # A person is named by an id of the glossary, a place or body as it is written.
        known_as = self.names.concepts.get(value)
        return safe_line(known_as or (value.replace("-", " ").title() if value.islower() else value))

    def doubt(self, sentence: str) -> str:
        """What speaks against a date, which a release keeps as an English sentence."""
        doubt = read_doubt(sentence)
        if doubt is None:
            return self.say("doubt_other")
        weekday = weekdays(self.language)[doubt.day.weekday()] if doubt.day else ""
        told = {"said": doubt.said, "day": doubt.day, "other": doubt.other, "weekday": weekday}
        return safe_line(self.say(f"doubt_{doubt.kind}", **told), LONGEST_LINE)

    def number(self, value: float, places: int = 0) -> str:
        """A number as the language writes it: `1,234.5` or `1.234,5`."""
        return number(value, self.language, places)

    def said(self, parts: Iterable[Said]) -> str:
        """What is said of a source, in the reader's language."""
        told = []
        for part in parts:
            values = {name: self.number(value, 1 if value < 10 else 0) for name, value in part.values.items()}
            at = f" ({self.moment(part.at)})" if part.at else ""
            told.append(self.say(f"said_{part.key}", **values) + at)
        return safe_line(self.say("semicolon").join(told))

    def subject(self, subject: str) -> str:
        """What a finding is about: a source by its name and its id, a job by its id, the rest as it is called."""
        kind, _, name = subject.partition(" ")
        if kind == "source" and name in self.names.sources:
            return safe_line(f"{self.names.sources[name]} ({name})")
        known = self.say(f"subject_{kind}", name=name) if kind in ("source", "job") and name else subject
        return safe_line(redacted(known))

    def published(self, release: Release) -> str:
        """When a release was published, as exactly as its page says and in the source's own time."""
        if release.published is None or release.date is None:
            return self.say("no_date")
        if release.precision in (Precision.MINUTE, Precision.SECOND):
            form = "%H:%M:%S" if release.precision is Precision.SECOND else "%H:%M"
            offset = release.published.strftime("%z")
            return f"{release.date} {release.published.strftime(form)} UTC{offset[:3]}:{offset[3:5]}"
        return release.date


def _alerts_address(asked: AlertQuery | None = None, **changes: Any) -> str:
    """The address of a list of alerts: another one's with changes, or a new one of these facts."""
    return (
        query_string.alerts_address(AlertQuery(**changes))
        if asked is None
        else query_string.alerts_address(asked, **changes)
    )


def named(name: str, names: Mapping[str, str]) -> str:
    """What an id is called; one without a name is its own."""
    return safe_line(names.get(name) or name.replace("-", " "))


def fingerprint(folder: Path) -> str:
    """What changes when a file of a folder changes, so that browsers may keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
