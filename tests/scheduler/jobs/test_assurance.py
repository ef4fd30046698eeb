"""That there was nothing is said only when it is true: all was read, indexed and looked through."""

from __future__ import annotations

import mailbox
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from crawler.store import Run
from scheduler.search.client import Client, SearchError
from tests.conftest import free_port
from tests.scheduler.jobs.weeks import text_of
from tests.scheduler.jobs.whole_round import OPERATOR, WholeRound
from tests.scheduler.mail.case import DESK

PIPELINE = "index.default_pipeline"


def mails(rounds: WholeRound) -> list[EmailMessage]:
    """What the readers were sent; not what the operator was."""
    folder = rounds.folder / "mail"
    if not folder.is_dir():
        return []
    box = mailbox.Maildir(folder, create=False)
    found = [message_from_bytes(kept.as_bytes(), policy=policy.default) for kept in box]
    return [mail for mail in found if mail["To"] != OPERATOR]


def a_day_of_good_crawls(rounds: WholeRound) -> None:
    rounds.later(days=1)
    for source in rounds.newsroom.sources.values():
        run = f"{source.name} {rounds.now:%d}"
        rounds.newsroom.store.begin_run(Run(id=run, source=source.name, started_at=rounds.now))
        rounds.newsroom.store.finish_run(run, at=rounds.now, verdict="ok", report={"reasons": []})


@pytest.fixture
def rounds(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[WholeRound]:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias, readers=(DESK,))
    yield rounds
    rounds.close()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Cannot say whether there is anything new"),
        ("id", "Belum pasti apakah ada yang baru"),
        ("zh", "尚不能确定是否有新内容"),
    ],
)
def test_a_week_without_a_search_is_not_called_a_week_without_news(tmp_path: Path, language: str, says: str) -> None:
    reader = DESK.model_copy(update={"language": language})
    rounds = WholeRound(tmp_path, f"http://127.0.0.1:{free_port()}", "nowhere", readers=(reader,))
    rounds.newsroom.deliver()
    for day in range(8):
        a_day_of_good_crawls(rounds)
        rounds.collect(day)
        with pytest.raises(SearchError):
            rounds.newsroom.index()
        rounds.newsroom.deliver()
    [mail] = mails(rounds)
    assert mail["Subject"].startswith(says)
    for kind in ("plain", "html"):
        assert "2026-03-27 09:00" in text_of(mail, kind), "since when they wait"
        assert not any(words in text_of(mail, kind) for words in ("Pantau is at work", "tetap bekerja", "运行正常"))
    by_subject = {finding.subject: finding for finding in rounds.newsroom.verdict().findings}
    assert by_subject["releases"].level == "bad"
    assert "8 releases wait to be indexed and looked through, the first since 7 days" in by_subject["releases"].sentence
    rounds.newsroom.client.close()
    rounds.close()


@pytest.mark.slow
def test_a_quiet_week_in_which_all_worked_is_called_one(rounds: WholeRound) -> None:
    rounds.newsroom.deliver()
    for _ in range(8):
        a_day_of_good_crawls(rounds)
        rounds.go()
    [mail] = mails(rounds)
    assert mail["Subject"].startswith("Nothing new for a week")
    assert "Pantau is at work" in text_of(mail)


@pytest.mark.slow
def test_a_week_in_which_no_source_was_read_is_not_called_a_week_without_news(rounds: WholeRound) -> None:
    rounds.newsroom.deliver()
    for _ in range(8):
        rounds.later(days=1)
        rounds.go()
    [mail] = mails(rounds)
    assert mail["Subject"].startswith("Cannot say whether there is anything new; 0 of")


@pytest.mark.slow
def test_what_came_a_moment_ago_is_looked_through_before_the_word_goes_out(rounds: WholeRound) -> None:
    rounds.newsroom.deliver()
    for _ in range(8):
        a_day_of_good_crawls(rounds)
        rounds.newsroom.index()
        rounds.newsroom.match()
        rounds.collect(1) if not rounds.collected else None
        rounds.newsroom.deliver()
        assert mails(rounds) == [] or rounds.told()["desk@example.org"]
        rounds.later(minutes=5)
        rounds.go()
    assert rounds.told() == {"desk@example.org": Counter(rounds.collected)}


@pytest.mark.slow
def test_an_index_that_refuses_all_is_bad_and_so_known_until_it_takes_them(
    rounds: WholeRound, es: Client, alias: str
) -> None:
    rounds.go()
    es.indices.put_settings(index=alias, settings={PIPELINE: "nosuch"})
    rounds.collect(1, 2, 3)
    rounds.later(minutes=2)
    rounds.go()
    found = {finding.subject: finding for finding in rounds.newsroom.verdict().findings}
    assert found["index"].level == "bad"
    assert "refuses 3 releases since 0 min (all that it was given)" in found["index"].sentence
    assert "pipeline with id [nosuch] does not exist" in found["index"].sentence
    assert found["index"].remedy
    es.indices.put_settings(index=alias, settings={PIPELINE: None})
    rounds.later(minutes=2)
    rounds.go()
    assert "index" not in rounds.levels()
    rounds.assert_complete()


@pytest.mark.slow
def test_a_release_that_the_index_refuses_among_others_is_named_to_the_operator_and_asked_again(
    rounds: WholeRound, es: Client, alias: str
) -> None:
    rounds.go()
    unknown = {"set": {"if": "ctx._id == 'r0002'", "field": "no_such_field", "value": 1}}
    es.ingest.put_pipeline(id=alias, processors=[unknown])
    try:
        es.indices.put_settings(index=alias, settings={PIPELINE: alias})
        rounds.collect(1, 2, 3)
        rounds.later(hours=2)
        rounds.go()
        assert "release r0002" not in rounds.levels(), "once may be a slip"
        for _ in range(3):
            rounds.later(hours=2)
            rounds.go()
            found = {finding.subject: finding for finding in rounds.newsroom.verdict().findings}
            assert (found["release r0002"].level, found["releases"].level) == ("warning", "well")
            assert "index" not in found
            assert "no_such_field" in found["release r0002"].sentence
            assert "https://komdigi.example/berita/2" in found["release r0002"].sentence
        assert "release r0002" in rounds.operator_knows()
        assert rounds.now - rounds.newsroom.store.owed()[1] > timedelta(hours=1)  # type: ignore[index]
    finally:
        es.indices.put_settings(index=alias, settings={PIPELINE: None})
        es.ingest.delete_pipeline(id=alias)
    rounds.later(hours=8)
    rounds.go()
    assert "release r0002" not in rounds.levels()
    rounds.assert_complete()
