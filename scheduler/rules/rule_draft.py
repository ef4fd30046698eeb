"""A draft of a new rule: another one's file under a new name, which raises nothing until its reader has edited it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from crawler.source import ConfigError
from scheduler.rules.rule import RULE_ID

HEAD = """\
# {id}: copied from {like}. Say here what the rule is for, and edit title, conditions and examples below.
# A draft is checked and can be tried, and raises nothing; take the line `draft = true` away when it is right.
draft = true
"""
NOTES = re.compile(r"\A(?:#[^\n]*\n|[ \t]*\n)+")
DRAFT = re.compile(r"^draft *=.*\n", re.MULTILINE)
TITLE = re.compile(r'^title *= *"', re.MULTILINE)


def draft(name: str, like: str, folder: Path) -> Path:
    """Write `name`.toml beside `like`.toml. Raises ConfigError: no such rule, a name that is none or is taken."""
    if not RULE_ID.fullmatch(name):
        raise ConfigError(f"a rule is named with a-z, 0-9 and -, a letter first, 41 at most; not {name!r}")
    model, path = folder / f"{like}.toml", folder / f"{name}.toml"
    try:
        body = model.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{model}: cannot be read ({error.strerror}); `pantau rules list` names the rules") from error
    body = TITLE.sub('title = "Draft of ', DRAFT.sub("", NOTES.sub("", body)), count=1)
    body = HEAD.format(id=name, like=like) + body
    try:
        with path.open("x", encoding="utf-8") as file:  # never over a rule that is there
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise ConfigError(f"{path}: there is a rule of this name already") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    return path
