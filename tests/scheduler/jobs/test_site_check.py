"""A look at a source leaves no trace, whatever runs the crawls otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from scheduler.jobs import site_check as job
from scheduler.settings import Crawl, Settings, State
from tests.conftest import CONFIG, free_port


def test_a_look_is_taken_from_here_and_never_by_a_node_that_has_the_live_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Settings] = []
    monkeypatch.setattr(job, "crawl", lambda settings, *_, **__: seen.append(settings) or {})
    monkeypatch.setattr(job, "_of_listing", lambda *_: [])
    monkeypatch.setattr(job, "_of_pages", lambda *_: [])
    nodes = Crawl(runner="scrapyd", nodes=(f"http://127.0.0.1:{free_port()}",))
    live = State(url=SecretStr(f"sqlite:///{tmp_path / 'live.db'}"))
    settings = Settings(config=CONFIG, var=tmp_path, state=live, crawl=nodes)
    job.check(settings, None, None)  # type: ignore[arg-type]
    [apart] = seen
    assert apart.crawl.runner == "process"
    assert apart.state_url != settings.state_url
    assert not (tmp_path / "live.db").exists()
