"""What verbs print: JSON lines for machines, Rich for people; progress and errors go to stderr."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from scheduler.safe_text import safe_text


class Plain(Console):
    """A console that never breaks a line by itself, and tells when its reader has gone as any other file does.

    This is the edge: whatever is printed, characters that steer a terminal are taken out of it here.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, with all text made harmless; what the console itself says to the terminal stays."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(safe_text(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Leave it to the edge of the command, which ends well: `pantau status | head` is no fault."""
        raise BrokenPipeError


out = Plain()
err = Plain(stderr=True)

LONGEST_COMPLAINT = 20_000  # characters; all complaints about a configuration fit in
WIDE = 100_000  # characters of a line where no terminal shows it

as_json = click.option("--json", "json_", is_flag=True, help="One JSON object a line; nothing else on stdout.")


def line(fields: Mapping[str, Any]) -> None:
    """Print one JSON object as one line of UTF-8."""
    sys.stdout.buffer.write(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def show(table: Table) -> None:
    """Print a table; where no terminal shows it, a row is one line, however long, so that it can be searched."""
    if out.is_terminal:
        out.print(table)
        return
    wide = Console(file=io.StringIO(), width=WIDE, highlight=False, color_system=None)
    wide.print(table)
    assert isinstance(wide.file, io.StringIO)  # noqa: S101 - it was made so
    for row in wide.file.getvalue().splitlines():
        out.print(row.rstrip(), markup=False)


def plain(text: str) -> str:
    """Text from outside without characters that steer the terminal, as one line."""
    return safe_text(text).replace("\n", " ")


def complain(sentence: str) -> None:
    """Tell what is wrong on stderr; one complaint may have several lines."""
    said = safe_text(sentence[:LONGEST_COMPLAINT]) + ("…" if len(sentence) > LONGEST_COMPLAINT else "")
    click.echo(f"pantau: {said}", err=True)


def a_day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """Read a day given as YYYY-MM-DD; anything else is wrong input."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a day; write it as 2025-03-25") from error


def not_ahead(option: str, day: date | None) -> None:
    """Refuse a day to begin from that has not come anywhere on earth yet. Raises BadParameter."""
    if day is not None and day > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise click.BadParameter(f"{option} {day} lies ahead: nothing can be from then on yet")


def a_moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """Read a moment given as ISO 8601; one without an offset is taken as UTC."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a time; write it as 2025-03-25T08:30+07:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def progress() -> Progress:
    """A progress display on stderr; silent where stderr is not a terminal."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeElapsedColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip


def download_bar(*, quiet: bool = False) -> Progress:
    """A progress display for a download, in bytes."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn(),
        console=err, transient=True, disable=quiet or not err.is_terminal,
    )  # fmt: skip


def steps() -> Callable[[str], None]:
    """A reporter of long steps: prints a line on stderr when the step changes, so that a log shows it too."""
    last: list[str] = []

    def say(step: str) -> None:
        if not last or last[0] != step:
            last[:] = [step]
            err.print(Text(step, style="dim"))

    return say
