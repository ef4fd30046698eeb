"""Matching with the shipped glossary and rules: stories are linked, new rules leave old releases alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.store.database import open_engine
from scheduler.language.judge import Judge
from scheduler.language.reader import Reader
from scheduler.ledger.history import history
from scheduler.newsroom import Newsroom
from scheduler.rules.rule import load_rule
from scheduler.search.client import SearchError
from scheduler.settings import Elasticsearch, Settings, State
from scheduler.stories.near_copies import NearCopies
from scheduler.stories.story_facts import Telling
from tests.conftest import CONFIG
from tests.database import state_url
from tests.scheduler.mail.case import collect, mail_settings, release

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)
OURS = (
    "Jakarta, Rabu (25/3/2026) - Menteri Komunikasi dan Digital Meutya Hafid dan Sekretaris Partai Kota Nanning Nong "
    "Shengwen sepakat memperluas kerja sama kecerdasan buatan dan melatih 9 juta talenta digital. Kedua pihak "
    "menandatangani nota kesepahaman yang berlaku bagi pusat data dan kota pintar di Nanning dan Jakarta."
)
THEIRS = (
    "3月25日，南宁市委书记农生文在雅加达与印度尼西亚通信和数字部部长梅蒂娅·哈菲德举行会谈。"
    "双方签署人工智能合作谅解备忘录，商定培养1000万名数字人才，共建智慧城市。"
)


@pytest.fixture
def newsroom(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[Newsroom]:
    """A newsroom in which one meeting is told three times."""
    engine = Elasticsearch(url=elasticsearch_url, index=alias)
    settings = Settings(
        config=CONFIG, var=tmp_path, state=State(url=state_url(tmp_path)), elasticsearch=engine, mail=mail_settings()
    )
    newsroom = Newsroom(settings, now=lambda: NOW)
    collect(
        newsroom.store,
        release(1, text=OURS, title="Menkomdigi dan Nanning Sepakati Kerja Sama Kecerdasan Buatan", collected_at=NOW),
        release(2, text=THEIRS, title="农生文会见梅蒂娅·哈菲德", source="nanning", lang="zh", collected_at=NOW),
        release(3, text=OURS + " (Biro Humas)", title="Kerja Sama AI", source="kominfo", collected_at=NOW),
    )
    newsroom.index()
    yield newsroom
    newsroom.store.engine.dispose()


def rules_of(newsroom: Newsroom) -> set[str]:
    return set(newsroom.ledger.hits_per_rule())


def test_one_meeting_told_three_times_is_one_story_in_one_item(newsroom: Newsroom) -> None:
    assert newsroom.match() > 3
    assert [(link.how, link.release_id) for link in newsroom.stories.related("r0001")] == [
        ("near-copy", "r0003"),
        ("other side", "r0002"),
    ]
    assert "figure 9 juta talenta / 1000万名" in newsroom.stories.related("r0001")[1].differs
    assert newsroom.match() == 0
    newsroom.ledger.plan(newsroom.settings.mail.subscriptions, domain="example.org", now=NOW)
    mail = newsroom.ledger.claim(NOW)
    assert mail is not None
    [item] = mail.items
    assert {item.release_id, *(other.release_id for other in item.also)} == {"r0001", "r0002", "r0003"}


@pytest.mark.slow
def test_a_new_rule_alerts_on_old_releases_only_when_asked(newsroom: Newsroom) -> None:
    every = newsroom.rules
    newsroom.rules = tuple(rule for rule in every if rule.id != "indonesia-guangxi")
    newsroom.match()
    assert "cooperation" in rules_of(newsroom)
    later = Newsroom(newsroom.settings, now=lambda: NOW + timedelta(days=1))
    assert later.rules == every
    assert later.sweep() == 0
    assert later.ledger.leaves_out_old("indonesia-guangxi")
    collect(later.store, release(4, text=OURS, collected_at=NOW + timedelta(days=2)))
    later.index()
    later.match()
    assert later.ledger.hits_per_rule()["indonesia-guangxi"] == 1, "only what came afterwards"
    assert later.raise_old("indonesia-guangxi", days=30) == 3
    assert later.raise_old("indonesia-guangxi", days=30) == 0
    later.store.engine.dispose()


@pytest.mark.slow
def test_the_sweep_leaves_an_edit_alone_until_it_is_indexed_and_matched(newsroom: Newsroom) -> None:
    newsroom.match()
    closed = "Layanan dibuka lagi hari Senin pukul delapan pagi untuk semua warga kota."
    edit = release(1, title="Kantor pos tutup pada hari libur", text=closed, collected_at=NOW + timedelta(hours=1))
    collect(newsroom.store, edit)
    assert newsroom.sweep() == 0
    assert newsroom.raise_old("cooperation", days=30) == 0
    newsroom.index()
    assert newsroom.match() == 0
    with newsroom.store.engine.connect() as connection:
        found = set(connection.exec_driver_sql("select revision from hits where release_id = 'r0001'").scalars())
    assert found == {1}


@pytest.mark.sample(1)
@pytest.mark.parametrize(("days", "old"), [(29, False), (31, True), (4000, True)])
def test_what_was_published_long_before_it_was_found_is_marked_as_old(newsroom: Newsroom, days: int, old: bool) -> None:
    newsroom.match()
    collect(newsroom.store, release(9, text=OURS, published=NOW - timedelta(days=days), collected_at=NOW))
    newsroom.index()
    newsroom.match()
    with newsroom.store.engine.connect() as connection:
        found = set(connection.exec_driver_sql("select old from hits where release_id = 'r0009'").scalars())
    assert {bool(one) for one in found} == {old}


@pytest.mark.slow
def test_what_a_rule_is_asked_to_raise_is_mailed_however_old(newsroom: Newsroom) -> None:
    newsroom.store.settle("matched", {f"r000{number}": 1 for number in (1, 2, 3)})
    newsroom.ledger.enrol(newsroom.settings.mail.subscriptions, NOW)
    assert newsroom.raise_old("cooperation", days=3650) > 0
    assert newsroom.ledger.plan(newsroom.settings.mail.subscriptions, domain="example.org", now=NOW) == 1


def doubting(judge: Judge) -> Judge:
    """The same judge, to whom nothing is more than possible."""
    levels = {"sure": 1.1, "likely": 1.1, "possible": 0.2}
    pair, cooperation = replace(judge.pair, levels=levels), replace(judge.cooperation, levels=levels)
    return replace(judge, pair=pair, cooperation=cooperation, version="doubting")


@pytest.mark.slow
def test_what_is_only_possible_is_kept_and_is_no_alert_until_the_judge_is_surer(newsroom: Newsroom) -> None:
    judge = newsroom.reader.judge
    newsroom.reader = Reader(newsroom.glossary, doubting(judge))
    newsroom.index()
    assert newsroom.match() == 0, "no alert"
    weak = history(newsroom.store.engine)
    assert {one.hit.level for one in weak} == {"possible"}
    assert all(one.hit.details["probability"] > 0.2 for one in weak)
    assert (rules_of(newsroom), newsroom.sweep()) == (set(), 0)
    readers = newsroom.settings.mail.subscriptions
    assert newsroom.ledger.plan(readers, domain="example.org", now=NOW) == 0
    newsroom.reader = Reader(newsroom.glossary, judge)
    newsroom.index()
    assert newsroom.sweep() > 3, "after another training the sweep finds it surer"
    assert {"cooperation", "indonesia-guangxi"} <= rules_of(newsroom)
    assert newsroom.ledger.plan(readers, domain="example.org", now=NOW) == 1
    assert newsroom.sweep() == 0


def test_an_engine_that_is_away_is_no_releases_fault(newsroom: Newsroom) -> None:
    for index in newsroom.client.indices.get(index=f"{newsroom.settings.elasticsearch.index}*"):
        newsroom.client.indices.delete(index=index)
    with pytest.raises(SearchError):
        newsroom.match()
    assert len(newsroom.store.owing("matched")) == 3


def test_no_text_is_read_while_the_database_is_held_for_writing(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.match()
    another = open_engine(state_url(tmp_path))
    written = []

    class Slow(str):
        """A text that lets another process write each time it is looked into."""

        def __format__(self, spec: str) -> str:
            with another.execution_options(writes=True).begin() as connection:
                connection.execute(text("update hits set matched_at = matched_at"))
            written.append(1)
            return str.__format__(self, spec)

    NearCopies(newsroom.store.engine).relate([release(1, text=Slow(OURS)), release(3, text=Slow(OURS))])
    assert len(written) == 2
    told = list(newsroom.store.releases(["r0001", "r0002"]).values())

    def tellings() -> Iterator[Telling]:
        for one in told:
            written.append(f"{Slow('')}")
            read = newsroom.reader.read(one.release)
            country = newsroom.matcher.countries[one.release.source]
            yield Telling(stored=one, marks=read.marks, named=read.named, country=country)

    newsroom.stories.relate(tellings())
    assert len(written) == 6
    another.dispose()


WORDED = """
title = "Ports"
all = [{ word = "pelabuhan kembar" }]
[[must_match]]
title = "Pelabuhan kembar"
text = "Isi."
[[must_not_match]]
title = "Dua"
text = "Isi."
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("Proyek pelabuhan kembar dimulai.", ["pelabuhan", "kembar"]),
        ("Proyek pelabuhan  kembar dimulai.", ["pelabuhan", "kembar"]),
        ("Proyek pelabuhan-kembar dimulai.", ["pelabuhan", "kembar"]),
        ("Proyek pelabuhan\nkembar dimulai.", ["pelabuhan", "kembar"]),
        ("(Humas: Pelabuhan Kembar)", ["pelabuhan", "kembar"]),
    ],
)
def test_what_the_engine_matched_is_what_is_shown(
    newsroom: Newsroom, tmp_path: Path, said: str, marked: list[str]
) -> None:
    (tmp_path / "ports.toml").write_text(WORDED, encoding="utf-8")
    newsroom.rules = (load_rule(tmp_path / "ports.toml", newsroom.glossary),)
    collect(newsroom.store, release(7, text=f"{said} Wali kota hadir.", title="Kabar", collected_at=NOW))
    newsroom.index()
    newsroom.match()
    (found,) = history(newsroom.store.engine, release_ids=["r0007"])
    words = [
        word.lower()
        for told in found.hit.details["highlights"]
        for start, end in told["spans"]
        for word in told["sentence"][start:end].replace("-", " ").split()
    ]
    assert words == marked


def test_a_word_that_the_engine_did_not_match_raises_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "ports.toml").write_text(WORDED, encoding="utf-8")
    newsroom.rules = (load_rule(tmp_path / "ports.toml", newsroom.glossary),)
    collect(newsroom.store, release(7, text="Proyek pelabuhan besar, kota kembar.", title="Kabar", collected_at=NOW))
    newsroom.index()
    assert newsroom.match() == 0
