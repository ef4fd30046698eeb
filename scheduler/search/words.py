"""Words as somebody types them -> a query that reaches all three languages."""

from __future__ import annotations

import re
from typing import Any

from scheduler.search.client import SearchError

LONGEST = 500  # characters; at some two thousand the server's analysis of the synonyms gives up
QUOTED = re.compile(r'"([^"]+)"|“([^“”]+)”|「([^「」]+)」|『([^『』]+)』')
PHRASE_FIELDS = ["title.exact^2", "text.exact"]
FIELDS = ["title^2", "text"]  # as Kibana asks them too: `query.default_field` of the index
# The weights were set by the judged check, tests/scheduler/search/test_ranking.py.
SECOND_FIELD = 0.3  # how much a word counts that title and text both have
COVERAGE = 12.0  # what a release gains that has most of the ideas, in whatever language
SOME, MOST = "1<34%", "2<67%"


def words_query(words: str) -> dict[str, Any]:
    """Compile typed words: quoted phrases must stand as they are, the rest is searched in all languages.

    Nothing in the words is an operator, so nothing can be wrong with them except their length. Without any word it
    is a query for everything. Raises SearchError: too long.
    """
    if len(words) > LONGEST:
        raise SearchError(f"the search is {len(words)} characters long; at most {LONGEST} are possible")
    phrases = [next(filter(None, groups)) for groups in QUOTED.findall(words)]
    free = QUOTED.sub(" ", words).strip()
    must = [_phrase(phrase) for phrase in phrases]
    if free:
        must.append(_free(free))
    return {"bool": {"must": must}} if must else {"match_all": {}}


def _phrase(phrase: str) -> dict[str, Any]:
    return {"multi_match": {"query": phrase, "type": "phrase", "fields": PHRASE_FIELDS}}


def _free(words: str) -> dict[str, Any]:
    covered = {"combined_fields": {"query": words, "fields": ["title", "text"], "minimum_should_match": MOST}}
    return {
        "bool": {
            "should": [
                _best(words),
                {"constant_score": {"filter": covered, "boost": COVERAGE}},
            ],
            "minimum_should_match": 1,
        }
    }


def _best(words: str) -> dict[str, Any]:
    return {
        "multi_match": {
            "query": words,
            "type": "best_fields",
            "fields": FIELDS,
            "tie_breaker": SECOND_FIELD,
            "minimum_should_match": SOME,
        }
    }
