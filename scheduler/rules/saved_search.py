"""A search that readers have subscribed to, as a rule: it is run where rules are, and raises hits as they do."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.rules.conditions import Condition
from scheduler.rules.rule import Example, Rule
from scheduler.search.queries import asked_query


class SavedSearch(Rule):
    """A rule without examples: what it finds is what the search shows."""

    must_match: tuple[Example, ...] = ()
    must_not_match: tuple[Example, ...] = ()


def saved_search(rule_id: str, search: Mapping[str, str]) -> SavedSearch:
    """The rule of a search; `search` are its words and filters by the names of `asked_query`."""
    return SavedSearch(id=rule_id, title=rule_id, all=(Condition(query=asked_query(**search)),))
