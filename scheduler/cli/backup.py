"""`backup`, `restore` and `move-state`: the state elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.source import ConfigError
from crawler.store import Store
from scheduler.cli.output import out, steps
from scheduler.cli.world import load_settings
from scheduler.state.backup import backup as make
from scheduler.state.backup import restore as put_back
from scheduler.state.move import move


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup(file: Path | None) -> None:
    """Write state, configuration and evidence into one archive (var/backup/… without a FILE)."""
    settings = load_settings()
    now = datetime.now(UTC)
    target = make(
        settings, file or settings.var / "backup" / f"pantau-{now:%Y%m%d-%H%M%S}.tar.gz", now=now, say=steps()
    )
    out.print(f"{target} ({target.stat().st_size / 1e6:.1f} MB)", markup=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; the old files are kept as .old.")
def restore(file: Path, force: bool) -> None:
    """Put a backup back; afterwards `pantau index rebuild` fills the index."""
    put_back(load_settings(), file, force=force, say=steps())
    out.print("restored; now run `pantau index rebuild`")


@click.command("move-state")
@click.argument("file", type=click.Path(path_type=Path))
def move_state(file: Path) -> None:
    """Copy the state into the empty database whose URL stands in FILE (so that no password is seen in `ps`).

    Stop Pantau first; afterwards let PANTAU_STATE_URL_FILE name that FILE.
    """
    try:
        url = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; write the new database's URL into it") from error
    rows = move(Store(load_settings().state_url).engine, url, say=steps())
    out.print(f"{rows} rows copied; now set PANTAU_STATE_URL_FILE={file}", markup=False)
