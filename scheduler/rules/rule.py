"""An alert rule: `config/alerts/ID.toml`, checked, and compiled to one Elasticsearch query."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import Field, ValidationError

from crawler.config_complaints import complaints, near, unreadable
from crawler.source import ConfigError, Strict
from crawler.toml_lines import line_with
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import Stage
from scheduler.rules.conditions import Condition, Query, surest, weakest
from scheduler.search.document import Marks

CERTAIN = (1.0, "sure")  # what is asked of words, places and sources is there or is not
RULE_ID = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Example(Strict):
    """A release that a rule is tried on."""

    title: str = Field(min_length=1)
    text: str = Field(min_length=1)
    lang: str = "id"
    source: str = "komdigi"
    published: date | None = None


class Rule(Strict):
    """What raises an alert: all of `all`, one of `any`, nothing of `none`. A `draft` is checked, and raises nothing.

    After `silent_days` without a release that it is about the operator is told, once, and once at the end of it.
    """

    id: str
    title: str = Field(min_length=1)
    about: str = ""
    draft: bool = False
    silent_days: int | None = Field(default=None, ge=1)
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    must_match: tuple[Example, ...] = Field(min_length=1)
    must_not_match: tuple[Example, ...] = Field(min_length=1)

    def query(self) -> Query:
        """The query that finds what the rule is about, in the index of releases."""
        parts: dict[str, Any] = {"filter": [one.compiled() for one in self.all]}
        if self.any:
            parts |= {"should": [one.compiled() for one in self.any], "minimum_should_match": 1}
        if self.none:
            parts["must_not"] = [one.compiled() for one in self.none]
        return {"bool": parts}

    def strength(self, marks: Marks) -> tuple[float, str]:
        """How likely a hit of this rule is right, and its level; a rule that asks for no cooperation is sure."""
        asked = [*(one.strength(marks) for one in self.all), surest(one.strength(marks) for one in self.any)]
        return weakest(asked) or CERTAIN

    def leaves(self) -> Iterator[Condition]:
        """Every condition that a release must meet or may meet."""
        for one in (*self.all, *self.any):
            yield from one.leaves()


def load_rules(folder: Path, glossary: Glossary) -> tuple[Rule, ...]:
    """Read all rules of a folder, in the order of their ids. Raises ConfigError with the complaints of all files."""
    rules: list[Rule] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            rules.append(load_rule(path, glossary))
        except ConfigError as error:
            wrong.append(str(error))
    if not rules and not wrong:
        wrong.append(f"{folder}: there is no alert rule (one TOML file a rule)")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return tuple(rules)


def load_rule(path: Path, glossary: Glossary) -> Rule:
    """Read one rule; its stem is its id. Raises ConfigError with every complaint."""
    if not RULE_ID.fullmatch(path.stem):
        raise ConfigError(f"{path}: a rule is named with a-z, 0-9 and -, not {path.stem!r}")
    try:
        text = path.read_text(encoding="utf-8")
        rule = Rule(id=path.stem, **tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(unreadable(path, error)) from error
    except TypeError as error:  # a key that is ours
        raise ConfigError(f"{path}: id: there is no such key; the file's own name is the id") from error
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error, Rule))) from error
    if wrong := list(_faults(rule, glossary)):
        raise ConfigError("\n".join(f"{line_with(path, word)}: {message}" for word, message in wrong))
    return rule


def _faults(rule: Rule, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """What is wrong with a rule, each with a word to find the line by."""
    if not (any(one.narrows for one in rule.all) or (rule.any and all(one.narrows for one in rule.any))):
        yield "all", "it asks nothing of what a release says and would match everything"
    known: dict[str, frozenset[str]] = {
        "cooperation": glossary.decisions,
        "concept": glossary.ids,
        "party": glossary.parties,
        "topic": glossary.topics,
        "stage": frozenset(get_args(Stage)),
        "lang": frozenset(glossary.file.languages),
    }
    for where, some in (("all", rule.all), ("any", rule.any), ("none", rule.none)):
        for leaf in (leaf for one in some for leaf in one.leaves()):
            for name, values in known.items():
                for value in leaf.values(name):
                    if value not in values:
                        yield value, f"{where}: there is no {name} {value!r}; {near(value, values)}"
            for value in leaf.near.concepts if leaf.near else ():
                if value not in glossary.ids:
                    yield value, f"{where}: there is no concept {value!r}; {near(value, glossary.ids)}"
    for one in rule.none:
        if one in rule.all:
            yield "none", f"none: {'/'.join(one.asked)} is asked for and ruled out at once; no release can match"
    yield from _contradictions(rule)
    for name, examples in (("must_match", rule.must_match), ("must_not_match", rule.must_not_match)):
        titles = [example.title for example in examples]
        for example in examples:
            if example.lang not in known["lang"]:
                yield example.title, f"{name}: there is no lang {example.lang!r}; {near(example.lang, known['lang'])}"
        for title in {t for t in titles if titles.count(t) > 1}:
            yield title, f"{name}: the example {title!r} is there twice"
    for example in rule.must_match:
        if example in rule.must_not_match:
            yield example.title, f"must_match: the example {example.title!r} must also not match"


def _contradictions(rule: Rule) -> Iterator[tuple[str, str]]:
    """A release has one stage, source and language, so two different ones of all can never hold."""
    for name in ("stage", "source", "lang"):
        asked = [set(one.values(name)) for one in rule.all if one.values(name)]
        if asked and not set.intersection(*asked):
            yield name, f"all: no release has two kinds of {name} at once; use one list"
