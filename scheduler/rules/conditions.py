"""What a rule asks of a release, and the Elasticsearch query that asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from crawler.source import Strict
from scheduler.search.document import PARAGRAPH_END, Marks

ONE_LINE = 900  # less than the gap between two lines of the mapping
ONE_PARAGRAPH = 100_000
# A rule's words must stand as they are; `title` and `text` themselves are searched in all languages.
FIELDS = {"title": ("title.exact",), "text": ("text.exact",), "both": ("title.exact", "text.exact")}
Query = dict[str, Any]
Strength = tuple[float, str]  # a probability and its level


class Near(Strict):
    """Things that stand near each other: concepts in one sentence or paragraph, words within so many words."""

    concepts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    within: Literal["sentence", "paragraph"] | int = "sentence"
    field: Literal["title", "text"] = "text"

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if bool(self.concepts) == bool(self.words):
            raise ValueError("near takes either concepts or words")
        if len(set(self.concepts or self.words)) < 2:
            raise ValueError("near needs two different things")
        if self.words and not isinstance(self.within, int):
            raise ValueError("words are near within a number of words; for a sentence, put them into the glossary")
        if self.concepts and isinstance(self.within, int):
            raise ValueError('concepts are near within a "sentence" or a "paragraph"')
        if isinstance(self.within, int) and not 0 <= self.within <= 200:
            raise ValueError("within takes 0 to 200 words")
        return self

    def query(self) -> Query:
        """An intervals query over the lines of concepts or over the text."""
        if self.words:
            parts = [{"match": {"query": word, "ordered": True, "max_gaps": 0}} for word in self.words]
            return {"intervals": {f"{self.field}.exact": {"all_of": {"intervals": parts, "max_gaps": self.within}}}}
        parts = [{"match": {"query": concept}} for concept in self.concepts]
        rule: Query = {"intervals": parts, "max_gaps": ONE_LINE if self.within == "sentence" else ONE_PARAGRAPH}
        if self.within == "paragraph":
            # The mark ends the last line, so a match that has it inside reaches over the end of a paragraph.
            rule["filter"] = {"not_containing": {"match": {"query": PARAGRAPH_END}}}
        return {"intervals": {"lines": {"all_of": rule}}}


class Condition(Strict):
    """One thing asked; exactly one key is given (`field` goes with word, `until` with since, `level` with cooperation).

    `cooperation` is a pair of the glossary, or any, domestic, ended; `level` is the least that it must be.
    """

    cooperation: str | tuple[str, ...] | None = None
    level: Literal["sure", "likely", "possible"] = "possible"
    concept: str | tuple[str, ...] | None = None
    party: str | tuple[str, ...] | None = None
    topic: str | tuple[str, ...] | None = None
    stage: str | tuple[str, ...] | None = None
    word: str | tuple[str, ...] | None = None
    field: Literal["title", "text", "both"] = "both"
    source: str | tuple[str, ...] | None = None
    lang: str | tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    min_score: float | None = Field(default=None, gt=0, le=1)
    near: Near | None = None
    query: Query | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if len(self.asked) != 1:
            raise ValueError("a condition asks one thing; use all or any for more")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since lies after until: no release can match")
        if any(not word.strip() for word in self.values("word")):
            raise ValueError("a word is empty")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The keys that are given, dates together."""
        given = {name for name in type(self).model_fields if getattr(self, name) not in (None, ())} - {"field", "level"}
        return tuple(sorted({"date" if name in ("since", "until") else name for name in given}))

    def values(self, name: str) -> tuple[str, ...]:
        """What is asked of one key, as a tuple."""
        value = getattr(self, name)
        return () if value is None else (value,) if isinstance(value, str) else tuple(value)

    def leaves(self) -> Iterator[Condition]:
        """The conditions in it that ask something of the release itself."""
        inner = (*self.all, *self.any)
        if not inner:
            yield self
        for one in inner:
            yield from one.leaves()

    @property
    def narrows(self) -> bool:
        """Whether it asks something of what the release says, not only of where and when it was published."""
        if self.all:
            return any(one.narrows for one in self.all)
        if self.any:
            return all(one.narrows for one in self.any)
        if self.query is not None:
            return not matches_all(self.query)
        return self.asked[0] not in ("source", "lang", "date")

    def strength(self, marks: Marks) -> Strength | None:
        """How likely what it asks of cooperation is right; None if it asks nothing of that, or it does not hold."""
        if self.all:
            return weakest(one.strength(marks) for one in self.all)
        if self.any:
            return surest(one.strength(marks) for one in self.any)
        named = self.values("cooperation")
        return surest((marks.likelihood[name], marks.levels[name]) for name in named if name in marks.levels)

    def compiled(self) -> Query:
        """The Elasticsearch query."""
        for name, field in (("concept", "concepts"), ("party", "parties"), ("topic", "topics"), ("stage", "stage"),
                            ("source", "source"), ("lang", "lang")):  # fmt: skip
            if values := self.values(name):
                return {"terms": {field: list(values)}}
        if names := self.values("cooperation"):
            return {"terms": {"cooperation": [f"{name}/{self.level}" for name in names]}}
        if words := self.values("word"):
            return any_of([{"match_phrase": {f: word}} for word in words for f in FIELDS[self.field]])
        if self.since or self.until:
            span = {"gte": self.since and self.since.isoformat(), "lte": self.until and self.until.isoformat()}
            return {"range": {"date": {edge: day for edge, day in span.items() if day}}}
        if self.min_score is not None:
            return {"range": {"score": {"gte": self.min_score}}}
        if self.near:
            return self.near.query()
        if self.query is not None:
            return self.query
        if self.any:
            return any_of([one.compiled() for one in self.any])
        return {"bool": {"filter": [one.compiled() for one in self.all]}}


def weakest(found: Iterable[Strength | None]) -> Strength | None:
    """Of things that must hold together: no more likely than the least likely of them."""
    return min((one for one in found if one is not None), default=None)


def surest(found: Iterable[Strength | None]) -> Strength | None:
    """Of things of which one will do: as likely as the likeliest of them."""
    return max((one for one in found if one is not None), default=None)


def any_of(queries: list[Query]) -> Query:
    """A query that one of these suffices for."""
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}


def matches_all(query: Query) -> bool:
    """Whether a raw query plainly matches everything."""
    if not query or "match_all" in query:
        return True
    inner = query.get("bool") or query.get("constant_score") or {}
    if set(query) <= {"bool", "constant_score"} and isinstance(inner, dict):
        asked = [q for key in ("must", "filter", "should") for q in _listed(inner.get(key))]
        return all(matches_all(q) for q in asked)
    return False


def _listed(value: Any) -> list[Query]:
    return value if isinstance(value, list) else [value] if value else []
