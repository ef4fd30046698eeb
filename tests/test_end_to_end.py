"""The whole job on real parts: replica sites, a real Elasticsearch, a mailbox, and the command itself."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crawler.store.database import StoreError, open_engine
from tests.crawler.crawling import later
from tests.database import open_store, state_url
from tests.patience import patient
from tests.replica import Replica
from tests.tiers import in_chaos
from tests.workplace import Workplace, items_in, links_in, text_of, wait_for

SEED_RULES = {"cooperation", "indonesia-guangxi", "indonesia-china"}
SEED_TOPICS = {"ai", "smart-city", "digital-talent", "digital-infrastructure"}
# How far a round has come, from the first release to the first mail.
WAY = (
    "select count(*) from releases",
    "select count(*) from releases where indexed_revision > 0",
    "select count(*) from hits",
    "select count(*) from mails where attempts > 0",
)


def has_come(place: Workplace, query: str, enough: int) -> bool:
    """Whether a round has come so far; the tables may not be there yet."""
    try:
        ((count,),) = rows(place, query)
    except StoreError:
        return False
    return int(str(count)) >= enough


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as sites:
        yield sites


@pytest.fixture
def place(tmp_path: Path, replica: Replica, elasticsearch_url: str) -> Workplace:
    return Workplace(tmp_path, replica, elasticsearch_url)


def rows(place: Workplace, query: str) -> list[tuple[object, ...]]:
    engine = open_engine(state_url(place.folder / "var"))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def crawled(place: Workplace) -> list[object]:
    """What the replica has published on the sources that are switched on and whose reader goes there."""
    return [one for one in place.replica.truth if one.reachable]


def test_everything_published_is_found_alerted_and_mailed_and_the_second_time_nothing_is(
    after_a_round: Workplace,
) -> None:
    place = after_a_round
    stored = dict(rows(place, "select url, title from releases"))
    missed = [one.url for one in crawled(place) if one.url not in stored]
    assert not missed
    mails = place.mails()
    assert mails
    linked = [link for mail in mails for link in links_in(mail)]
    wanted = {one.url for one in crawled(place) if one.labels.indonesia_guangxi}
    assert wanted
    assert wanted <= set(linked)

    place.replica.reset_log()
    again = place.run("once")
    assert again.returncode == 0, again.stdout + again.stderr
    assert len(place.mails()) == len(mails)
    addresses = set(stored)
    fetched = [r for r in place.replica.requests if place.replica.base[r.host] + r.path in addresses]
    assert not fetched


def test_the_release_that_started_it_all_is_caught_with_its_conflict_of_dates(after_a_round: Workplace) -> None:
    place = after_a_round
    seed = next(one for one in place.replica.truth if one.seed and one.lang == "id")
    ((release_id, conflict),) = rows(place, f"select id, date_conflict from releases where url = '{seed.url}'")
    assert "2025" in str(conflict)
    raised = {rule for (rule,) in rows(place, f"select rule from hits where release_id = '{release_id}'")}
    assert raised >= SEED_RULES
    assert {rule for rule in raised if rule in SEED_TOPICS} == SEED_TOPICS
    found = place.json("search", "kota pintar kecerdasan buatan Nanning", "--limit", "3")
    assert seed.url in [one["url"] for one in found]


@pytest.mark.slow
def test_an_edit_and_a_withdrawal_of_what_was_mailed_reach_the_reader_once(after_a_round: Workplace) -> None:
    place = after_a_round
    first = {mail["Message-ID"] for mail in place.mails()}
    alerted = [one for one in crawled(place) if one.host == "www.gxzf.gov.cn" and one.labels.indonesia_guangxi]
    edited, withdrawn = alerted[:2]
    place.replica.edit(edited.url, text=edited.text + "\n双方补充说明，首期设备将于下月运抵。")
    place.replica.withdraw(withdrawn.url)
    for hours in (3, 7, 7):
        store = open_store(place.folder / "var")
        later(store, hours)
        store.engine.dispose()
        assert place.run("once", "gxzf").returncode == 0
    follow_ups = [mail for mail in place.mails() if mail["Message-ID"] not in first]
    assert Counter(item for mail in follow_ups for item in items_in(mail)) == {edited.url: 1, withdrawn.url: 1}
    assert all(mail["In-Reply-To"] in first for mail in follow_ups)
    told = "\n".join(text_of(mail) for mail in follow_ups)
    assert "{+" in told
    assert "首期设备将于下月运抵" in told
    ((moment,),) = rows(place, f"select withdrawn_at from releases where url = '{withdrawn.url}'")
    at = datetime.fromisoformat(str(moment)).replace(tzinfo=UTC)
    assert f"{at.astimezone(ZoneInfo('Asia/Jakarta')):%Y-%m-%d %H:%M}" in told  # on the reader's clock


@pytest.mark.parametrize("seed", [0, *in_chaos(1, 2)])
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(place: Workplace, seed: int) -> None:
    chance = random.Random(seed)
    for query, enough in zip(WAY, (chance.randint(1, 60), chance.randint(1, 30), 1, 1), strict=True):
        process = place.start("once", *(() if query == WAY[0] else ("komdigi",)))
        while process.poll() is None and not has_come(place, query, enough):
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        place.kill(process)
    done = place.run("once")
    assert done.returncode == 0, done.stdout + done.stderr
    stored = {url for (url,) in rows(place, "select url from releases")}
    assert not [one.url for one in crawled(place) if one.url not in stored]
    hits = Counter(rows(place, "select rule, release_id from hits"))
    assert hits
    assert max(hits.values()) == 1
    wanted = {one.url for one in crawled(place) if one.labels.indonesia_guangxi}
    mailed = {mail["Message-ID"]: mail for mail in place.mails()}.values()
    items = Counter(item for mail in mailed for item in items_in(mail))
    assert max(items.values()) == 1
    assert wanted <= {link for mail in mailed for link in links_in(mail)}


@pytest.mark.slow
def test_what_is_published_while_the_timetable_runs_is_mailed_within_one_crawl(after_a_round: Workplace) -> None:
    place = after_a_round
    for name in ("komdigi", "gxzf"):
        source = place.config / "sources" / f"{name}.toml"
        source.write_text(re.sub(r"(?m)^every = \d+", "every = 1", source.read_text(encoding="utf-8")), "utf-8")
    process = place.start("run")
    try:
        published = {one.url for one in place.replica.publish_held(2) if one.labels.indonesia_guangxi}
        assert len(published) == 2
        wait_for(lambda: {item for mail in place.mails() for item in items_in(mail)} >= published, seconds=180)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=patient(60))
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
    finally:
        if process.poll() is None:
            place.kill(process)


@pytest.mark.slow
def test_a_second_scheduler_says_who_holds_the_lock_and_leaves(after_a_round: Workplace) -> None:
    place = after_a_round
    process = place.start("run")
    try:
        store = open_store(place.folder / "var")
        wait_for(lambda: rows(place, "select holder from leases"), seconds=60)
        store.engine.dispose()
        second = place.run("run", timeout=60)
        assert second.returncode == 1
        assert str(process.pid) in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=patient(60))


def test_a_standby_takes_over_from_a_killed_scheduler_and_no_mail_is_doubled(after_a_round: Workplace) -> None:
    place = after_a_round
    for name in ("komdigi", "gxzf"):
        source = place.config / "sources" / f"{name}.toml"
        source.write_text(re.sub(r"(?m)^every = \d+", "every = 1", source.read_text(encoding="utf-8")), "utf-8")
    first = place.start("run")
    standby = None
    try:
        wait_for(lambda: rows(place, "select holder from leases"), seconds=60)
        standby = place.start("run", "--standby")
        published = {one.url for one in place.replica.publish_held(2) if one.labels.indonesia_guangxi}
        os.kill(first.pid, signal.SIGKILL)
        killed = time.monotonic()
        wait_for(lambda: f"|{standby.pid}|" in str(rows(place, "select holder from leases")), seconds=60)
        assert time.monotonic() - killed < patient(60)
        wait_for(lambda: {item for mail in place.mails() for item in items_in(mail)} >= published, seconds=180)
        told = [item for mail in place.mails() for item in items_in(mail)]
        assert len(told) == len(set(told))
        standby.send_signal(signal.SIGTERM)
        _, errors = standby.communicate(timeout=patient(60))
        assert standby.returncode == 0, errors
        assert rows(place, "select holder from leases") == [], "the next one need not wait"
    finally:
        for process in (first, standby):
            if process is not None and process.poll() is None:
                place.kill(process)
        first.communicate()


def test_status_is_well_after_a_good_round_and_not_when_the_engine_is_gone(after_a_round: Workplace) -> None:
    place = after_a_round
    assert place.run("once", "wsb").returncode == 0  # the round that it was copied after may be long ago
    done = place.run("status", "--json")
    assert done.returncode == 0, done.stdout
    place.env["PANTAU_ELASTICSEARCH_URL"] = "http://127.0.0.1:1"
    done = place.run("status", "--json")
    assert done.returncode == 1
    assert "elasticsearch" in done.stdout
