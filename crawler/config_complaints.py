"""What is wrong with a configuration file, in our own words: file, line, key, what is allowed, the near miss."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from crawler.toml_lines import line_of

Place = tuple[str | int, ...]

# The kinds of pydantic's errors, by how they begin -> our sentence; `{}` stands for what the limit is.
SENTENCES = (
    ("missing", "is missing"),
    ("int_", "must be a whole number"),
    ("float_", "must be a number"),
    ("finite_number", "must be a number that has an end"),
    ("bool_", "must be true or false, without quotes"),
    ("string_too_short", "must not be empty"),
    ("string_pattern", "takes small letters a-z, digits, - and _ only, and a letter comes first"),
    ("string_", "must be a text, in quotes"),
    ("path_", "must be a path, in quotes"),
    ("date", "must be a day, such as 2026-03-25"),
    ("greater_than_equal", "must be {ge} or more"),
    ("greater_than", "must be more than {gt}"),
    ("less_than_equal", "must be {le} or less"),
    ("less_than", "must be less than {lt}"),
    ("too_short", "must name {min_length} or more"),
    ("too_long", "must name {max_length} or fewer"),
    ("tuple_", "must be a list, in [ ]"),
    ("list_", "must be a list, in [ ]"),
    ("dict_", "must be a table: [name] with keys below it, or { … }"),
    ("mapping_", "must be a table: [name] with keys below it, or { … }"),
    ("model_", "must be a table: [name] with keys below it, or { … }"),
)
SHOWN = 40  # names; a longer list helps nobody
OTHERWISE = "is not what can stand here"
WHERE = re.compile(r"\s?\(at (?:line (\d+), column \d+|end of document)\)")


def complaints(
    path: Path,
    error: ValidationError,
    model: type[BaseModel] | None = None,
    facts: Mapping[str, Any] | None = None,
    given_by: Mapping[tuple[str, ...], str] | None = None,
) -> list[str]:
    """One line a complaint. Values are not repeated, since one may be a secret.

    `model` is what the file is read into: with it a slip in a key gets the near one. `facts` is what was read, and
    `given_by` says which of it came from the environment, by the variable's name: then that is blamed.
    """
    text = _text_of(path)
    read = facts if facts is not None else _read(text)
    found: dict[Place, str] = {}
    for one in error.errors():
        place = _place(read, one["loc"], missing=one["type"] == "missing")
        sentence = _sentence(dict(one), place, model, read)
        if place in found and sentence not in found[place]:
            found[place] += ", or " + sentence
        else:
            found[place] = sentence
    lines = []
    for place, sentence in found.items():
        if sentence.startswith("must name") and any(_below(other, place) for other in found):
            continue  # it has too few only since the others are wrong
        variable = (given_by or {}).get(tuple(str(part) for part in place))
        if variable:
            lines.append(f"{variable}: {sentence}")
            continue
        number = line_of(text, place)
        where = f"{path}, line {number}" if number else f"{path}"
        key = _key(place, read)
        lines.append(f"{where}: {key}: {sentence}" if key else f"{where}: {sentence}")
    return lines


def unreadable(path: Path, error: Exception) -> str:
    """What to say of a file that cannot be read, or is not TOML, or not UTF-8."""
    if isinstance(error, OSError):
        return f"{path}: cannot be read ({error.strerror})"
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"{path}, line {line}: a letter there is not UTF-8; save the file as UTF-8"
    if isinstance(error, tomllib.TOMLDecodeError):
        said = str(error)
        place = WHERE.search(said)
        line_text = f", line {place[1]}" if place and place[1] else ""
        return f"{path}{line_text}: not valid TOML ({WHERE.sub('', said)})"
    return f"{path}: {error}"


def near(word: str, known: Iterable[str], what: str = "there are") -> str:
    """A hint: the known word that is nearest, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(word.lower(), names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    if len(names) > SHOWN:
        return f"of the {len(names)} that there are none is like it"
    return f"{what} {', '.join(names)}" if names else "there is none"


def _sentence(one: dict[str, Any], place: Place, model: type[BaseModel] | None, facts: Mapping[str, Any]) -> str:
    kind, context = str(one["type"]), dict(one.get("ctx") or {})
    if kind == "value_error":
        return str(context.get("error") or OTHERWISE)
    if kind == "extra_forbidden":
        return _unknown_key(str(place[-1]) if place else "", place[:-1], model)
    if kind == "literal_error":
        given = one.get("input")
        allowed = str(context.get("expected", ""))
        words = re.findall(r"'([^']+)'", allowed)
        close = difflib.get_close_matches(given, words, n=1) if isinstance(given, str) else []
        return f"must be {allowed}" + (f"; did you mean '{close[0]}'?" if close else "")
    for begin, sentence in SENTENCES:
        if kind.startswith(begin):
            try:
                return re.sub(r"\{(\w+)\}", lambda found: f"{context[found[1]]:g}", sentence)
            except (KeyError, ValueError):
                return OTHERWISE
    return OTHERWISE


def _unknown_key(key: str, above: Place, model: type[BaseModel] | None) -> str:
    section = _model_at(model, above)
    if section is None:
        return "there is no such key"
    keys = _keys(section)
    close = difflib.get_close_matches(key, keys, n=1)
    if close:
        return f"there is no such key; did you mean {close[0]}?"
    elsewhere = [place for place in _places(model, key) if place[:-1] != above] if model else []
    if elsewhere:
        return f"there is no such key here; it belongs under [{'.'.join(elsewhere[0][:-1])}]"
    return f"there is no such key; there are {', '.join(keys)}"


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _places(model: type[BaseModel], key: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in a model, sections included, a key of this name would be right."""
    for name, field in model.model_fields.items():
        if name == key and above:
            yield (*above, name)
        inner, many = _inner(field.annotation)
        if inner is not None and not many:
            yield from _places(inner, key, (*above, name))


def _model_at(model: type[BaseModel] | None, place: Place) -> type[BaseModel] | None:
    parts = list(place)
    while parts and model is not None:
        part = parts.pop(0)
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        if field is None:
            return None
        model, many = _inner(field.annotation)
        if many and parts:
            parts.pop(0)
    return model


def _inner(kind: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model in an annotation, and whether there are many of it, by number or by name."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind, False
    many = get_origin(kind) is tuple or (isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping))
    for part in get_args(kind):
        model, inner_many = _inner(part)
        if model is not None:
            return model, many or inner_many
    return None, False


def _place(facts: Any, location: tuple[int | str, ...], *, missing: bool) -> Place:
    """An error's location, without what pydantic puts between to name the branches of a choice."""
    place: list[str | int] = []
    for number, part in enumerate(location):
        if (isinstance(facts, Mapping) and part in facts) or (
            isinstance(facts, list | tuple) and isinstance(part, int)
        ):
            facts = _step(facts, part)
        elif not (missing and number == len(location) - 1):
            continue
        place.append(part)
    return tuple(place)


def _key(place: Place, facts: Any) -> str:
    """A place as people say it: `mail.smtp.port`, and of several by name or number."""
    said = ""
    for part in place:
        facts = _step(facts, part)
        if isinstance(part, int):
            named = facts.get("name") or facts.get("title") if isinstance(facts, Mapping) else None
            said += f" {named!r}" if isinstance(named, str) else f" no. {part + 1}"
        else:
            said += (": " if said.endswith(("'", '"')) or (said[-1:].isdigit() and " no. " in said) else ".") + part
    return said.removeprefix(".")


def _step(facts: Any, part: str | int) -> Any:
    if isinstance(facts, Mapping):
        return facts.get(part)
    return facts[part] if isinstance(facts, list | tuple) and isinstance(part, int) and part < len(facts) else None


def _below(one: Place, other: Place) -> bool:
    return len(one) > len(other) and one[: len(other)] == other


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
