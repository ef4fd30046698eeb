"""The whole configuration, read and checked together: settings, sources, glossary, rules, and what each says of others.

Whatever works with the configuration reads it here, so that a slip is told before the first crawl and not in the night.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lxml.cssselect import CSSSelector, SelectorError

from crawler.config_complaints import near
from crawler.source import ConfigError, Source, load_sources
from crawler.toml_lines import line_with, located
from scheduler import database_url
from scheduler.environment import doubtful
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.rules.rule import Rule, load_rules
from scheduler.settings import Settings, folders, settings_in
from scheduler.settings_file import Folders

T = TypeVar("T")
LONG_ENOUGH = 12  # characters of a password that strangers can try


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What all files below `config/` say; `warnings` are sentences on what works and is perhaps not meant so."""

    settings: Settings
    sources: dict[str, Source]
    glossary: Glossary
    rules: tuple[Rule, ...]
    warnings: tuple[str, ...]


def load_configuration(env: Mapping[str, str] = os.environ, *, demo: bool | None = None) -> Configuration:
    """Read and cross-check everything. Raises ConfigError with the complaints of all files, a line each."""
    return configuration_in(folders(env, demo=demo), env)


def configuration_in(where: Folders, env: Mapping[str, str]) -> Configuration:
    """The same for these folders."""
    wrong: list[str] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except ConfigError as error:
            wrong.extend(str(error).splitlines())
            return None

    settings = tried(lambda: settings_in(where, env))
    sources = tried(lambda: load_sources(where.config / "sources"))
    glossary = tried(lambda: load_glossary(where.config / "glossary.toml"))
    rules = tried(lambda: load_rules(where.config / "alerts", glossary)) if glossary else None
    if settings and rules:
        wrong += unknown_rules(where, settings, rules)
    if sources and glossary:
        wrong += _unknown_languages(where, sources, glossary)
    if wrong or settings is None or sources is None or glossary is None or rules is None:
        raise ConfigError("\n".join(wrong))
    warnings = [
        *(() if where.demo else doubtful(env)),
        *_of_settings(where, settings),
        *_of_sources(where, sources),
        *_of_names(where, sources, glossary, rules),
    ]
    return Configuration(settings=settings, sources=sources, glossary=glossary, rules=rules, warnings=tuple(warnings))


def unknown_rules(where: Folders, settings: Settings, rules: tuple[Rule, ...]) -> Iterator[str]:
    """Complaints about subscriptions to rules that there are not."""
    known = {rule.id for rule in rules}
    for number, subscription in enumerate(settings.mail.subscriptions):
        for rule in subscription.rules:
            if rule not in known and rule != "*":
                place = located(where.file, ("mail", "subscriptions", number, "rules"))
                hint = near(rule, known)
                yield f"{place}: mail.subscriptions {subscription.name!r}: there is no rule {rule!r}; {hint}"


def _unknown_languages(where: Folders, sources: Mapping[str, Source], glossary: Glossary) -> Iterator[str]:
    """Sources in a language that the glossary does not know: their releases could not be read."""
    known = glossary.file.languages
    for source in sources.values():
        if source.language not in known:
            place = located(where.config / "sources" / f"{source.name}.toml", ("language",))
            said = f"there is no [languages.{source.language}] in glossary.toml; {near(source.language, known)}"
            yield f"{place}: language: {said}"


def _of_settings(where: Folders, settings: Settings) -> Iterator[str]:
    mail, web = settings.mail, settings.web
    file = where.file
    if not mail.subscriptions:
        yield f"{file}: nobody is subscribed, so nobody gets an alert: add [[mail.subscriptions]]"
    if mail.operator is None and not settings.demo:
        yield f"{file}: mail.operator: nobody is told when a source breaks: name an address"
    if mail.smtp.host is None and not settings.demo:
        yield f"{file}: mail.smtp.host: no mail server is named, mails only go to {settings.var / 'mail'}"
    if mail.subscribing.enabled and settings.lacking_to_subscribe:
        place = located(where.file, ("mail", "subscribing", "enabled"))
        lacking = ", ".join(settings.lacking_to_subscribe)
        yield f"{place}: mail.subscribing.enabled: readers cannot subscribe before these are set: {lacking}"
    if mail.smtp.user and mail.smtp.password is None:
        yield f"{file}: mail.smtp.user: there is no password for it: set PANTAU_SMTP_PASSWORD or take the user away"
    search = settings.elasticsearch
    if search.user and search.password is None:
        yield f"{file}: elasticsearch.user: there is no password for it: set PANTAU_ELASTICSEARCH_PASSWORD"
    if web.enabled and not web.on_loopback and web.password is None:
        place = located(where.file, ("web", "listen"))
        yield f"{place}: web.listen: everybody who reaches {web.listen} can read the page: set PANTAU_WEB_PASSWORD"
    yield from _of_logins(file, settings)
    for what, path in (("elasticsearch", search.ca_file), ("mail.smtp", mail.smtp.ca_file),
                       ("kibana", settings.kibana.ca_file), ("crawl", settings.crawl.ca_file)):  # fmt: skip
        if path is not None and not path.is_file():
            yield f"{file}: {what}.ca_file: there is no file {path}"


def _of_logins(file: Path, settings: Settings) -> Iterator[str]:
    """Logins that can be listened to or guessed, where that may be meant."""
    web = settings.web
    if web.password is not None and not web.on_loopback and len(web.password.get_secret_value()) < LONG_ENOUGH:
        yield f"PANTAU_WEB_PASSWORD: is short enough to be guessed: take {LONG_ENOUGH} characters or more"
    if (web.password or web.token) and not web.on_loopback and web.public_url is None:
        place = located(file, ("web", "listen"))
        yield (
            f"{place}: web.listen: a password comes here unencrypted unless a proxy with TLS stands before the page:"
            " let web.public_url name that one"
        )
    if away := database_url.unproven(settings.state_url):
        yield (
            f"state.url: {away} is not made to prove who it is:"
            " put sslmode=verify-full behind a ? at the end of the URL"
        )


def _of_sources(where: Folders, sources: Mapping[str, Source]) -> Iterator[str]:
    if not any(source.enabled for source in sources.values()):
        yield f"{where.config / 'sources'}: every source is switched off, so nothing is read"
    for name, source in sources.items():
        path = where.config / "sources" / f"{name}.toml"
        for key, value in source.layout:
            for selector in (value,) if isinstance(value, str) else value or ():
                if fault := _fault_in(selector):
                    place = located(path, ("layout", key))
                    yield f"{place}: layout.{key}: {selector!r} is no CSS selector ({fault}); {name} cannot be read"


def _of_names(
    where: Folders, sources: Mapping[str, Source], glossary: Glossary, rules: tuple[Rule, ...]
) -> Iterator[str]:
    """What names a source that there is not: harmless where one was taken away, and a slip otherwise."""
    path = where.config / "glossary.toml"
    for name in glossary.file.home:
        if name not in sources:
            place = located(path, ("home", name))
            yield f"{place}: home.{name}: there is no source {name!r}; {near(name, sources)}"
    for rule in rules:
        path = where.config / "alerts" / f"{rule.id}.toml"
        leaves = (leaf for one in (*rule.all, *rule.any, *rule.none) for leaf in one.leaves())
        asked = [name for leaf in leaves for name in leaf.values("source")]
        asked += [example.source for example in (*rule.must_match, *rule.must_not_match)]
        for name in dict.fromkeys(asked):
            if name not in sources:
                yield f"{line_with(path, name)}: there is no source {name!r}; {near(name, sources)}"


def _fault_in(selector: str) -> str | None:
    try:
        CSSSelector(selector, translator="html")
    except SelectorError as error:
        return str(error)
    return None
