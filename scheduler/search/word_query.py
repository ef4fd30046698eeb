"""Words as somebody types them -> a query that reaches all three languages."""

from __future__ import annotations

import re
from typing import Any

from scheduler.search.client import SearchError

LONGEST = 500  # characters; at some two thousand the server's analysis of the synonyms gives up
QUOTED = re.compile(r'"([^"]+)"|“([^“”]+)”|「([^「」]+)」|『([^『』]+)』')
HAN = re.compile(r"[\u3400-\u9fff]")
TITLE_FIELD = "title.exact"
PHRASE_FIELDS = [f"{TITLE_FIELD}^2", "text.exact"]
FIELDS = ["title^2", "text"]  # as Kibana asks them too: `query.default_field` of the index
# The weights were set by the judged check, tests/scheduler/search/test_ranking.py.
SECOND_FIELD = 0.3  # how much a word counts that title and text both have
COVERAGE = 12.0  # what a release gains that has most of the ideas, in whatever language
SOME, MOST = "1<34%", "2<67%"
TITLE = 500.0  # more than any words gain: a title that somebody types, or pastes, is what is looked for
FEWEST_OF_A_TITLE = 3  # words, or pairs of Chinese characters, from which on they may be a title
# Who searches for these alone means what the releases tell of, whatever words they use: a memorandum is cooperation.
COOPERATION = frozenset(("合作", "kerja sama", "kerjasama", "kolaborasi", "kemitraan", "cooperation", "collaboration"))
JUDGED = {"term": {"cooperation": {"value": "any/likely", "boost": COVERAGE}}}


def words_query(words: str, *, of_deals: bool = False) -> dict[str, Any]:
    """Compile typed words: quoted phrases must stand as they are, the rest is searched in all languages.

    `of_deals`: what is searched in is narrowed to deals, so that *cooperation* alone means any of them. Without it the
    words mean what they mean in Kibana.

    Nothing in the words is an operator, so nothing can be wrong with them except their length. Without any word it
    is a query for everything. Raises SearchError: too long.
    """
    if len(words) > LONGEST:
        raise SearchError(f"the search is {len(words)} characters long; at most {LONGEST} are possible")
    phrases = [next(filter(None, groups)) for groups in QUOTED.findall(words)]
    free = QUOTED.sub(" ", words).strip()
    must = [_phrase(phrase) for phrase in phrases]
    if free:
        must.append(_free(free, of_deals=of_deals))
    if not must:
        return {"match_all": {}}
    return {"bool": {"must": must, "should": [_title(words)]}} if _may_be_a_title(words) else {"bool": {"must": must}}


def _may_be_a_title(words: str) -> bool:
    return len(words.split()) >= FEWEST_OF_A_TITLE or len(HAN.findall(words)) > FEWEST_OF_A_TITLE


def _title(words: str) -> dict[str, Any]:
    return {"constant_score": {"filter": {"match_phrase": {TITLE_FIELD: words}}, "boost": TITLE}}


def _phrase(phrase: str) -> dict[str, Any]:
    return {"multi_match": {"query": phrase, "type": "phrase", "fields": PHRASE_FIELDS}}


def _free(words: str, *, of_deals: bool) -> dict[str, Any]:
    judged = [JUDGED] if of_deals and " ".join(words.lower().split()) in COOPERATION else []
    covered = {"combined_fields": {"query": words, "fields": ["title", "text"], "minimum_should_match": MOST}}
    return {
        "bool": {
            "should": [
                _best(words),
                {"constant_score": {"filter": covered, "boost": COVERAGE}},
                *judged,
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
