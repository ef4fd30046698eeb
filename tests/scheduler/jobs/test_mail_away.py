"""A mail server that is away for a day, in whole rounds: every alert arrives afterwards, once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scheduler.mail.send import sender_for
from scheduler.settings import Smtp
from tests.conftest import free_port
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.mail.case import DESK
from tests.scheduler.mail.server import smtp_server
from tests.tiers import in_chaos
from tests.workplace import items_in


@pytest.mark.parametrize("hours", [1, *in_chaos(47)])
def test_what_came_while_the_server_was_away_is_told_once_when_it_is_back(
    tmp_path: Path, elasticsearch_url: str, alias: str, hours: int
) -> None:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias, readers=(DESK,))
    newsroom = rounds.newsroom
    newsroom.__dict__["sender"] = sender_for(Smtp(host="127.0.0.1", port=free_port(), security="none"), tmp_path)
    for turn in range(hours * 4):  # every quarter of an hour
        if turn % 40 == 0:
            rounds.collect(turn)
            newsroom.index()
            newsroom.match()
        tally = newsroom.deliver()
        assert (tally.accepted, tally.failed, tally.given_up) == (0, 0, 0)
        rounds.later(minutes=15)
    if hours > 1:
        levels = rounds.levels()
        assert levels["mail to desk@example.org"] == "bad"
        assert levels["mail"] == "warning", "what waits is told"
    with smtp_server(tmp_path, starttls=False) as server:
        newsroom.__dict__["sender"] = sender_for(Smtp(host="127.0.0.1", port=server.port, security="none"), tmp_path)
        for _ in range(20):  # a mail waits at most four hours for its next try
            newsroom.deliver()
            rounds.later(minutes=15)
        told = Counter(item for _, mail in server.post.accepted for item in items_in(mail))
    assert told == Counter(rounds.collected)
    assert rounds.levels()["mail"] == "well"
    rounds.close()
