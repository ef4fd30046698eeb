"""A number as a language writes it: `1,234.5` in English, `1.234,5` in Indonesian."""

from __future__ import annotations


def number(value: float, language: str, places: int = 0) -> str:
    """The number with the signs that the language parts thousands and decimals by; no zeros behind at the end."""
    from babel.numbers import format_decimal

    return str(format_decimal(round(value, places), locale=language))
