"""The answers of Elasticsearch: what is read of each, in the shape that it must have for that.

A server of another kind, a proxy that answers in its place, or one in trouble may say anything; what is taken for an
outcome that it is not would count a release as indexed or matched. What is not read may be as it likes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

DIGITS = r"^\d{1,14}$"


class Shape(BaseModel):
    """A part of an answer; of another type is wrong, more than is named is not."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Version(Shape):
    """Which Elasticsearch it is."""

    number: str


class About(Shape):
    """The answer to `/`."""

    version: Version


class Hit(Shape):
    """A document that a search has found."""

    id: str = Field(alias="_id")


class Hits(Shape):
    """What a search has found."""

    hits: list[Hit]


class Response(Shape):
    """The answer to one of many searches."""

    hits: Hits | None = None
    error: dict[str, Any] | None = None
    timed_out: bool = False

    @model_validator(mode="after")
    def _is_an_outcome(self) -> Response:
        if self.hits is None and self.error is None:
            raise ValueError("neither hits nor an error")
        return self


class Responses(Shape):
    """The answers to many searches."""

    responses: list[Response]


class ShownHit(Hit):
    """A document that is shown."""

    source: dict[str, Any] = Field(alias="_source")
    score: float | None = Field(alias="_score", default=None)
    highlight: dict[str, list[str]] = Field(default_factory=dict)


class Total(Shape):
    """How many there are in all."""

    value: int = Field(ge=0)


class ShownHits(Shape):
    """One page of what a search has found."""

    hits: list[ShownHit]
    total: Total


class Searched(Shape):
    """The answer to one search, whatever it asked for."""

    hits: Hits


class Search(Shape):
    """The answer to a search for what is shown."""

    hits: ShownHits


class Matches(Shape):
    """How many documents there are of a kind."""

    doc_count: int = Field(ge=0)


class Day(Matches):
    """How many there are of a day."""

    key_as_string: str


class Days(Shape):
    """The days that have any."""

    buckets: list[Day]


class PerDay(Shape):
    """The days, and what has none."""

    days: Days
    undated: Matches


class Histogram(Shape):
    """The answer to how many there are on which day."""

    aggregations: PerDay


class Count(Shape):
    """How many documents match."""

    count: int = Field(ge=0)


class Document(Shape):
    """One document."""

    source: dict[str, Any] = Field(alias="_source")


class Outcome(Shape):
    """What became of one document."""

    id: str = Field(alias="_id")
    status: int
    result: str | None = None


class Bulk(Shape):
    """What became of many documents."""

    items: list[Annotated[dict[Literal["index"], Outcome], Field(min_length=1)]]


class Copied(Shape):
    """What became of a copy of an index."""

    created: int
    updated: int
    failures: list[dict[str, Any]]


class Aliases(Shape):
    """The aliases of an index."""

    aliases: dict[str, Any]


class Mapping(Shape):
    """What an index says of its fields, and of itself."""

    meta: dict[str, Any] = Field(alias="_meta", default_factory=dict)


class Mapped(Shape):
    """An index with its mapping."""

    mappings: Mapping


class IndexSettings(Shape):
    """Settings of an index, where they were asked for: its number, and when it was made, in milliseconds."""

    uuid: str | None = None
    creation_date: str | None = Field(default=None, pattern=DIGITS)


class Family(Shape):
    """The settings of an index, below the name of their family."""

    index: IndexSettings = IndexSettings()


class Kept(Shape):
    """An index with its settings."""

    settings: Family = Family()


AllAliases = RootModel[dict[str, Aliases]]
AllMappings = RootModel[dict[str, Mapped]]
AllSettings = RootModel[dict[str, Kept]]

# By the client's own names of what is asked. Of the others nothing is read.
SHAPES: dict[str, type[BaseModel]] = {
    "info": About,
    "search": Searched,
    "msearch": Responses,
    "count": Count,
    "get": Document,
    "bulk": Bulk,
    "reindex": Copied,
    "indices.get_alias": AllAliases,
    "indices.get_mapping": AllMappings,
    "indices.get_settings": AllSettings,
}
