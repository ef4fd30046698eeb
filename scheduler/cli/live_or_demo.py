"""Which world a verb means, the live one or the demo's; and its configuration, read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scheduler.cli.output import err
from scheduler.settings import Settings
from scheduler.settings import load_settings as read

if TYPE_CHECKING:  # a verb that needs no more than the settings need not wait for the rest
    from scheduler.configuration import Configuration
    from scheduler.newsroom import Newsroom

# What sets Pantau up or keeps it means `config/` and the live state, also while demo mode is on; --demo says otherwise.
LIVE = (
    "run", "check-config", "config", "doctor", "sources", "rules", "match", "extract", "links", "mail test",
    "kibana check", "backup", "restore", "move-state",
)  # fmt: skip
ASKED = "pantau.demo"


def demo_option() -> click.Option:
    """The option that every verb has: the demo, whatever the verb means otherwise."""

    def asked(context: click.Context, _param: click.Parameter, value: bool) -> None:
        context.meta[ASKED] = context.meta.get(ASKED) or value

    text = "Work on the demo's data and settings."
    return click.Option(["--demo"], is_flag=True, expose_value=False, is_eager=True, callback=asked, help=text)


def demo_meant() -> bool | None:
    """What the verb that runs means: True the demo, False the live system, None what demo mode says."""
    context = click.get_current_context(silent=True)
    if context is None:
        return None
    if context.meta.get(ASKED):
        return True
    verb = context.command_path.partition(" ")[2]
    return False if any(verb == one or verb.startswith(one + " ") for one in LIVE) else None


def load_settings() -> Settings:
    """The settings of the verb that runs; while they are the demo's it says so. Raises ConfigError."""
    return _told(read(demo=demo_meant()))


def load_configuration() -> Configuration:
    """All that is configured for the verb that runs, cross-checked. Raises ConfigError."""
    from scheduler.configuration import load_configuration as read_all

    configuration = read_all(demo=demo_meant())
    _told(configuration.settings)
    return configuration


def newsroom_of(configuration: Configuration) -> Newsroom:
    """A newsroom that works with what was read and checked already."""
    from scheduler.newsroom import Newsroom

    newsroom = Newsroom(configuration.settings)
    newsroom.sources, newsroom.glossary, newsroom.rules = (
        configuration.sources,
        configuration.glossary,
        configuration.rules,
    )
    return newsroom


def _told(settings: Settings) -> Settings:
    if settings.demo:
        err.print(Text(f"demo: its own data, and its settings from {settings.config}", style="dim"))
    return settings
