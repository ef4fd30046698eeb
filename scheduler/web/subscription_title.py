"""What a subscription of a reader's is to, in words: the name of a rule, or the words and filters of a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scheduler.ledger.own_subscriptions import ReaderSubscription
from scheduler.safe_text import safe_line
from scheduler.web.views import Names

BETWEEN = " · "


def title_of(own: ReaderSubscription, names: Names, say: Callable[..., str]) -> str:
    """The title of a subscription, with the names and phrases of one language."""
    return search_title(own.search, names, say) if own.search else rule_title(own.rule, names, say)


def rule_title(rule: str, names: Names, say: Callable[..., str]) -> str:
    """The title of a subscription to a rule."""
    return say("of_rule", name=safe_line(names.rules.get(rule) or rule))


def search_title(search: Mapping[str, str], names: Names, say: Callable[..., str]) -> str:
    """The title of a subscription to a search."""
    known: Mapping[str, Mapping[str, str]] = {
        "lang": names.languages, "stage": names.stages, "party": names.parties, "topic": names.topics,
        "source": names.sources, "concept": names.concepts,
    }  # fmt: skip
    parts = [say("of_words", words=safe_line(search["words"]))] if "words" in search else []
    parts += [safe_line(called.get(search[name]) or search[name]) for name, called in known.items() if name in search]
    return say("of_search", parts=BETWEEN.join(parts))
