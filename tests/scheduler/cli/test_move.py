"""`pantau move-state`: wrong input is one sentence, and what is there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.database import open_store, state_url
from tests.replica import Replica
from tests.scheduler.mail.case import collect, release
from tests.workplace import Workplace


def test_it_copies_into_an_empty_database_and_into_no_other(tmp_path: Path) -> None:
    with Replica() as replica:
        place = Workplace(tmp_path, replica, "http://127.0.0.1:1")
    store = open_store(place.folder / "var")
    collect(store, release(1), release(2))
    target = tmp_path / "url"
    target.write_text(state_url(tmp_path / "new") + "\n", encoding="utf-8")
    done = place.run("move-state", str(target))
    assert done.returncode == 0, done.stderr
    assert "6 rows copied" in done.stdout
    new = open_store(tmp_path / "new")
    assert new.count() == store.count()
    again = place.run("move-state", str(target))
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert new.count() == store.count()


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, 2),
        ("", 2),
        ("no url", 2),
        (b"\xcf\xfe\x00\x80" * 100, 2),
        ("sqlite:////tmp/x\0y.db", 2),
        ("sqlite:///", 2),
        ("sqlite:///:memory:", 2),
        ("postgresql://u:geheim@[::1/x", 2),
        ("postgresql://u:geheim@h:abc/x", 2),
        ("postgresql://u:geheim@127.0.0.1/x\nmore", 2),
        ("postgresql://u:geheim@127.0.0.1/" + "x" * 100_000, 2),
        ("postgresql://u:geheim@db.example.org/x", 2),
        ("sqlite:////proc/nowhere/all.db", 1),
        ("postgresql://u:geheim@127.0.0.1:1/x", 1),
    ],
)
def test_a_file_without_a_database_is_one_sentence(tmp_path: Path, content: str | bytes | None, code: int) -> None:
    with Replica() as replica:
        place = Workplace(tmp_path, replica, "http://127.0.0.1:1")
    if content is not None:
        (tmp_path / "url").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = place.run("move-state", str(tmp_path / "url"))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "geheim" not in done.stderr
