"""Words as somebody types them -> a query that reaches all three languages."""

from __future__ import annotations

import re
from typing import Any

from scheduler.search.client import SearchError

LONGEST = 2000  # characters
QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』')
PHRASE_FIELDS = ["title^3", "text"]
ANY_FIELDS = ["title.any^3", "text.any"]
STEM_FIELDS = ["title.id^2", "text.id", "title.en^2", "text.en"]
MOST = "2<67%"  # of three ideas and more, two thirds must be there


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
    return {
        "bool": {
            "should": [
                {"combined_fields": {"query": words, "fields": ANY_FIELDS, "minimum_should_match": MOST}},
                {
                    "multi_match": {
                        "query": words,
                        "type": "best_fields",
                        "fields": STEM_FIELDS,
                        "tie_breaker": 0.3,
                        "minimum_should_match": MOST,
                    }
                },
            ],
            "minimum_should_match": 1,
        }
    }
