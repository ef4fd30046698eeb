"""In which language a text is written: id, zh, en, or what else its source is in."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

HAN = re.compile(r"[\u3400-\u9fff]")
LETTER = re.compile(r"[^\W\d_]")
SAMPLE = 3000
# Words that make up a tenth of any text in their language. Where they speak plainly, the model, which takes a second
# and a hundred megabytes to load, is not asked.
COMMON = {
    "id": "yang dan di untuk dengan pada dari ini itu dalam akan oleh tidak sebagai juga telah ke",
    "en": "the of and to in a for is on that with as by was at from are has",
}
WORD = re.compile(r"[a-z]+")
PLAINLY, MANY_TIMES = 0.1, 5
ENOUGH = 40  # letters; fewer say nothing against the source's own language


def language(text: str, *, expected: str | None = None) -> str | None:
    """Tell the language; None for a text without letters.

    `expected` is the source's language: it decides for short texts, and is otherwise checked. One that the model does
    not know is believed of all that is not Chinese.
    """
    sample = text[:SAMPLE]
    letters = len(LETTER.findall(sample))
    if not letters:
        return expected
    if is_chinese(sample):
        return "zh"
    if letters < ENOUGH and expected not in (None, "zh"):
        return expected
    further = expected if expected not in (None, "zh", *COMMON) else None
    if further is None and (plainly := _by_common_words(sample)):
        return plainly
    identifier = _identifier(further)
    return str(identifier.classify(sample)[0]) if identifier else further


def _by_common_words(sample: str) -> str | None:
    words = WORD.findall(sample.lower())
    counts = {lang: sum(word in common for word in words) for lang, common in _common().items()}
    (second, first) = sorted(counts, key=lambda lang: counts[lang])
    plain = counts[first] >= PLAINLY * len(words) and counts[first] >= MANY_TIMES * max(counts[second], 1)
    return first if plain else None


def weight(text: str) -> int:
    """The length of a text, a Han character counted as two letters."""
    return len(text) + len(HAN.findall(text))


def is_chinese(text: str) -> bool:
    """Whether Han characters carry the text; one says about as much as three Latin letters."""
    han = len(HAN.findall(text))
    return han * 3 > len(LETTER.findall(text)) - han


@cache
def _common() -> dict[str, frozenset[str]]:
    return {lang: frozenset(words.split()) for lang, words in COMMON.items()}


@cache
def _identifier(further: str | None) -> LanguageIdentifier | None:
    """What tells the three languages and a further one apart; None if the model does not know that one."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    if further and further not in identifier.nb_classes:
        return None
    identifier.set_languages(["id", "zh", "en", *([further] if further else [])])
    return identifier
