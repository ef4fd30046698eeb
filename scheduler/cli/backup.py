"""`backup`, `restore` and `move-state`: the state elsewhere."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.source import ConfigError
from crawler.store import Store
from scheduler.cli.live_or_demo import demo_meant, load_settings
from scheduler.cli.output import out, steps
from scheduler.database_url import FORM, complaint, is_passing
from scheduler.settings import folders
from scheduler.state.backup import backup as make
from scheduler.state.move import move
from scheduler.state.restore import restore as put_back

LONGEST_URL = 5_000  # characters


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
@click.option("--force", is_flag=True, help="Replace what is there; it is kept beside the new as .old-MOMENT.")
@click.option("--keep-config", is_flag=True, help="Leave the configuration that is there, and put the rest back.")
def restore(file: Path, force: bool, keep_config: bool) -> None:
    """Put a backup back, on an empty machine too; afterwards `pantau index rebuild` fills the index.

    PANTAU_CONFIG and PANTAU_VAR say where to; the state goes where PANTAU_STATE_URL or the configuration that is there
    says, else below PANTAU_VAR. The configuration in FILE is checked first; what it sets otherwise is told.
    """
    where = folders(demo=demo_meant())
    now = datetime.now(UTC)
    done = put_back(where, file, env=os.environ, now=now, force=force, keep_config=keep_config, say=steps())
    for part in done:
        before = f" (what was there: {part.before})" if part.before else ""
        out.print(f"{part.what}: {part.place}{before}", markup=False)
    out.print("restored; now run `pantau check-config` and `pantau index rebuild`")


@click.command("move-state")
@click.argument("file", type=click.Path(path_type=Path))
def move_state(file: Path) -> None:
    """Copy the state into the empty database whose URL stands in FILE (so that no password is seen in `ps`).

    Stop Pantau first; afterwards let PANTAU_STATE_URL_FILE name that FILE.
    """
    url = _url_in(file)
    rows = move(Store(load_settings().state_url).engine, url, say=steps())
    out.print(f"{rows} rows copied; now set PANTAU_STATE_URL_FILE={file}", markup=False)


def _url_in(file: Path) -> str:
    """The URL that a file holds; nothing of it is repeated. Raises ConfigError."""
    try:
        with file.open(encoding="utf-8") as opened:
            url = opened.read(LONGEST_URL + 1).strip()
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; write the new database's URL into it") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: holds something that is not text; write the new database's URL into it") from error
    wrong = complaint(url) if len(url) <= LONGEST_URL else FORM
    if wrong is None and is_passing(url):
        wrong = FORM
    if wrong:
        raise ConfigError(f"{file}: holds no URL of a database that can be used: it {wrong}")
    return url
