"""What is printed cannot steer the terminal, wherever it came from."""

from __future__ import annotations

import io

import pytest
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from scheduler.cli.main import _complain
from scheduler.cli.output import LONGEST_COMPLAINT, Plain, err, steps

HOSTILE = "a\x1b]0;pwned\x07\x1b[2J\x9b31m \u202e\u2066[red]b[/nothing] \x00c"
TAKEN_OUT = "\x1b\x07\x9b\u202e\u2066\x00"


def console() -> tuple[Plain, io.StringIO]:
    there = Plain()
    there.file = io.StringIO()
    return there, there.file


def test_nothing_that_is_printed_steers_the_terminal() -> None:
    table = Table(title="t")
    table.add_column("c")
    table.add_row(Text(HOSTILE))
    for what in (Text(HOSTILE, style="bold"), table):
        out, said = console()
        out.print(what)
        assert not set(TAKEN_OUT) & set(said.getvalue())
        assert "[red]b[/nothing]" in said.getvalue()
    out, said = console()
    out.print(HOSTILE, markup=False)
    out.rule(Text(HOSTILE))
    assert not set(TAKEN_OUT) & set(said.getvalue())


def test_the_console_itself_still_speaks_to_the_terminal() -> None:
    out = Plain()
    out.file = said = io.StringIO()
    out._force_terminal = True
    out._color_system = out._detect_color_system()
    with Progress(console=out, auto_refresh=False) as progress:
        progress.add_task(HOSTILE.replace("[/nothing]", ""), total=1)
        progress.refresh()
    assert "\x1b[?25l" in said.getvalue(), "the cursor is hidden"
    assert "\x1b]0;" not in said.getvalue()
    assert "\x9b" not in said.getvalue()


def test_a_complaint_is_bounded_and_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert _complain(f"first {HOSTILE}\nsecond " + "x" * 1_000_000, 1) == 1
    said = capsys.readouterr().err
    assert not set(TAKEN_OUT) & set(said)
    assert said.splitlines()[1].startswith("second xxx")
    assert len(said) < LONGEST_COMPLAINT + 50


def test_a_step_that_looks_like_markup_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert err.stderr
    steps()("Kibana is not ready (it says [/nothing]\x1b[2J)")
    assert "it says [/nothing][2J)" in capsys.readouterr().err
