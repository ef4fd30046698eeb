"""Everything the jobs work with, opened once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property

from crawler.source import Source, load_sources
from crawler.store import Store
from scheduler.health import Heartbeat
from scheduler.health.notices import Notices
from scheduler.jobs.display_names import names_of
from scheduler.jobs.match import Matcher
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.language.reading_process import GuardedReader
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.own_subscriptions import OwnSubscriptions, ReaderSubscription, subscription_of
from scheduler.mail.send import Sender, sender_for
from scheduler.mail.words import Titles
from scheduler.rules.rule import Rule, load_rules
from scheduler.rules.saved_search import saved_search
from scheduler.search.client import Client, connect
from scheduler.settings import Mail, Settings
from scheduler.stories.stories import Stories
from scheduler.web.subscription_title import title_of
from scheduler.web.views import Names
from scheduler.web.words import words


class Context:
    """Opens store, ledger, glossary, rules and client when first needed; `now` is the clock, `stop` ends a crawl."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings = settings
        self.now = now
        self.stop = threading.Event()

    @cached_property
    def store(self) -> Store:
        """The state database."""
        return Store(self.settings.state_url)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of hits and mails."""
        return Ledger(self.store.engine)

    @cached_property
    def heartbeat(self) -> Heartbeat:
        """When each job last succeeded."""
        return Heartbeat(self.store.engine)

    @cached_property
    def notices(self) -> Notices:
        """What the operator has been told."""
        return Notices(self.store.engine)

    @cached_property
    def client(self) -> Client:
        """The Elasticsearch client; it connects when first used."""
        return connect(self.settings.elasticsearch, self.settings.elasticsearch_url)

    @cached_property
    def glossary(self) -> Glossary:
        """The glossary."""
        return load_glossary(self.settings.config / "glossary.toml")

    @cached_property
    def reader(self) -> Reader:
        """What reads releases, each once, and decides on them; in a process of its own that can be ended."""
        return GuardedReader(Reader(self.glossary, load_judge()))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The alert rules."""
        return load_rules(self.settings.config / "alerts", self.glossary)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The configured sources by name."""
        return load_sources(self.settings.config / "sources")

    @cached_property
    def stories(self) -> Stories:
        """The links between releases of one event."""
        return Stories(self.store.engine)

    @property
    def matcher(self) -> Matcher:
        """What matching works with."""
        return Matcher(
            store=self.store,
            client=self.client,
            index=self.settings.elasticsearch.index,
            rules=tuple(rule for rule in self.rules if not rule.draft),
            reader=self.reader,
            ledger=self.ledger,
            stories=self.stories,
            countries=self.titles.countries,
            searches=self.searches,
        )

    @cached_property
    def own(self) -> OwnSubscriptions:
        """What readers subscribe to themselves."""
        return OwnSubscriptions(self.store.engine, self.settings.mail.takes)

    @property
    def searches(self) -> tuple[Rule, ...]:
        """The searches that readers have subscribed to, as rules; each once, however many do."""
        found = {one.rule: saved_search(one.rule, one.search) for one in self.own.confirmed() if one.search}
        return tuple(found.values())

    @property
    def mail(self) -> Mail:
        """The mail settings, with what readers have subscribed to behind the subscriptions of the file."""
        mail = self.settings.mail
        own = tuple(subscription_of(one, self.title_of(one)) for one in self.own.confirmed())
        return mail.model_copy(update={"subscriptions": (*mail.subscriptions, *own)}) if own else mail

    def title_of(self, one: ReaderSubscription) -> str:
        """What a reader has subscribed to, in the reader's language."""
        names = self.names[one.pace.language]
        return title_of(one, names, words(one.pace.language).say)

    @cached_property
    def names(self) -> Mapping[str, Names]:
        """What ids are called by readers, by language."""
        return names_of(self.titles, self.rules, self.glossary)

    @cached_property
    def titles(self) -> Titles:
        """What a mail calls the sources and the rules."""
        return Titles(
            sources={name: source.title for name, source in self.sources.items()},
            rules={rule.id: rule.title for rule in self.rules},
            countries={name: source.country for name, source in self.sources.items()},
        )

    @cached_property
    def sender(self) -> Sender:
        """Where mails go: the configured server, or the Maildir below `var/mail`."""
        mail = self.settings.mail
        return sender_for(mail.smtp, self.settings.var / "mail", mail.bounces.address)
