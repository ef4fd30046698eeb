"""A full disk at several points of a round, on a small tmpfs: said in a sentence, and made up when there is room."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduler.settings import load_settings
from tests.database import open_store
from tests.replica import Replica
from tests.tiers import in_chaos
from tests.workplace import Workplace, items_in, links_in

MEGABYTE = 1024 * 1024


@pytest.fixture
def place(tmp_path: Path, elasticsearch_url: str) -> Iterator[Workplace]:
    var = tmp_path / "var"
    var.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", var], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk can be made here: {mounted.stderr.strip()}")
    try:
        with Replica() as replica:
            yield Workplace(tmp_path, replica, elasticsearch_url)
    finally:
        subprocess.run(["umount", "--lazy", var], check=True)


def fill(var: Path, leave: int) -> Path:
    """Fill the disk but for so many bytes."""
    filler = var / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass
    size = filler.stat().st_size
    with filler.open("r+b") as file:
        file.truncate(max(size - leave, 0))
    return filler


@pytest.mark.parametrize("leave", [MEGABYTE, *in_chaos(0)])
def test_what_a_full_disk_held_up_is_made_up_and_nothing_is_doubled(place: Workplace, leave: int) -> None:
    filler = fill(place.folder / "var", leave)
    done = place.run("once")
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    said = f"{done.stdout}{done.stderr}".lower()
    assert "no space left" in said or "disk is full" in said, said
    filler.unlink()

    store = open_store(place.folder / "var")
    with store.transaction() as connection:
        connection.execute(text("update mails set next_try = created_at"))  # the wait for the next try is over
    again = place.run("once")
    assert again.returncode == 0, again.stdout + again.stderr
    (reader,) = load_settings(place.env).mail.subscriptions
    published = {one.url for one in place.replica.truth if one.reachable}
    with store.engine.connect() as connection:
        kept = Counter(connection.scalars(text("select url from releases")))
        hits = connection.execute(
            text("select url, rule from hits join releases on releases.id = release_id where not old")
        )
        hit = {url for url, rule in hits if rule in reader.rules}
    assert max(kept.values()) == 1
    assert set(kept) >= published
    told = Counter(item for mail in place.mails() for item in items_in(mail))
    assert hit
    assert hit <= {link for mail in place.mails() for link in links_in(mail)}  # a copy stands under what it copies
    assert max(told.values()) == 1
