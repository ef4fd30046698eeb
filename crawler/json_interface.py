"""A site's JSON interface: where its answer holds the releases, and which field says what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from crawler.config_model import Strict

# A step of a path: a plain name, a number in a list, or a name in quotes that holds dots or colons itself.
STEP = re.compile(r'"([^"]+)"|([^."]+)')
PATH = re.compile(r'(?:"[^"]+"|[^."\s]+)(?:\.(?:"[^"]+"|[^."\s]+))*')
PLACE = re.compile(r"\{([^{}]+)\}")
PAGE = "{page}"
NUMBERED = re.compile(r"([?&]page=)1(?=&|$)")


def of_komdigi(home: str, listings: Iterable[str]) -> dict[str, Any]:
    """What a source file with `spider = "komdigi"` means that says nothing of an interface, as those of before did not.

    `home` is the front that readers know, `listings` are written with `page=1`.
    """
    return {
        "listings": tuple(NUMBERED.sub(rf"\g<1>{PAGE}", url) for url in listings),
        "interface": {
            "records": "response.data",
            "address": f"{home}/berita/{{category}}/detail/{{slug}}",
            "listing_names": "/category/(?P<category>[a-z-]+)",
            "date": "published_at",
            "body": "body",
            "last_page": "response.last_page",
            "headers": {"Origin": home, "Referer": f"{home}/"},
        },
    }


class Interface(Strict):
    """`[interface]` of a source file, for `spider = "json"`.

    All names of fields are paths: `data.items`, `arrayData.0.name`, `_embedded."b2b:posts"`. `records` leads to the
    list of releases, the others lead on from one record. `address` is the public address of a release, with fields in
    braces: `https://example.go.id/berita/{slug}`; a lone `{url}` may be relative. Names that `listing_names`, a regular
    expression with named groups, finds in the listing's address can stand there too. Where `body` is named the record
    is the whole release; where it is not, its page is asked for. Pages are counted from `first_page`; `last_page` leads
    to the number of the last one, `pages` to how many there are. Without either the count ends at an empty page. Where
    the answer names the address of its next page `next` leads to it, and nothing is counted.
    `post` is the JSON body of a POST; `{page}` stands in it or in the listing's address. Where `where` is given, only
    records whose fields have these values are releases.
    """

    records: str = Field(pattern=PATH.pattern)
    title: str = "title"
    address: str
    date: str | None = None
    body: str | None = None
    number: str | None = None
    first_page: int = Field(default=1, ge=0)
    last_page: str | None = None
    pages: str | None = None
    next: str | None = None
    listing_names: str | None = None
    headers: Mapping[str, str] = {}
    post: str | None = None
    where: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        for name in ("records", "title", "date", "body", "number", "last_page", "pages", "next"):
            path = getattr(self, name)
            if path is not None and not PATH.fullmatch(path):
                raise ValueError(f"{name} = {path!r} is no path: names with dots between them, such as data.items")
        if len([one for one in (self.last_page, self.pages, self.next) if one]) > 1:
            raise ValueError("last_page, pages and next say the same; name one of them")
        if not PLACE.search(self.address):
            raise ValueError(
                f"address = {self.address!r} names no field, such as https://example.go.id/berita/{{slug}}"
            )
        if self.listing_names is not None:
            try:
                re.compile(self.listing_names)
            except re.error as error:
                raise ValueError(f"listing_names is no regular expression ({error})") from error
        return self

    def last(self, answer: Any) -> int | None:
        """The number of the last page, as far as an answer tells it. Raises TypeError, ValueError: it is no number."""
        if path := self.last_page or self.pages:
            number = int(at(answer, path))
            return number if self.last_page else self.first_page + number - 1
        return None

    def following(self, answer: Any) -> str | None:
        """The address of the next page, as an answer names it; None at the end. Raises TypeError, LookupError."""
        if self.next is None:
            return None
        value = at(answer, self.next)
        return word(answer, self.next) if value not in (None, "", False) else None

    def public_address(self, record: Any, listing: str) -> str:
        """The public address of a record. Raises LookupError, TypeError: it lacks a field of the address."""
        names: dict[str, str] = {}
        if self.listing_names and (found := re.search(self.listing_names, listing)):
            names = {name: value for name, value in found.groupdict().items() if value}
        return PLACE.sub(lambda place: names.get(place[1]) or word(record, place[1]), self.address)


def at(value: Any, path: str) -> Any:
    """What a path leads to. Raises LookupError: it leads nowhere."""
    for quoted, plain in STEP.findall(path):
        step = quoted or plain
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (LookupError, TypeError, ValueError) as error:
            raise LookupError(f"there is no {step}") from error
    return value


def word(record: Any, path: str) -> str:
    """A text or number of a record, without blanks around it. Raises LookupError, TypeError: there is none."""
    value = at(record, path)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise TypeError(f"{path} is {kind_of(value)}")
    return str(value).strip()


def kind_of(value: Any) -> str:
    """A value's kind in plain words."""
    if isinstance(value, str):
        return "a text" if value.strip() else "blank"
    names = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")
