"""The desk's indexes follow the store: only what has changed, each thing once, nobody's address."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.search.client import Client
from tests.conftest import CONFIG
from tests.scheduler.jobs.busy_week import SECRET_ADDRESS, BusyWeek
from tests.scheduler.search.newsroom import RELEASES

NOW = datetime.now(UTC).replace(microsecond=0)
RUNS = 6


@pytest.fixture
def week(tmp_path: Path, es: Client, elasticsearch_url: str, alias: str) -> BusyWeek:
    """A week's work; its indexes are deleted with the alias."""
    return BusyWeek(tmp_path, es, elasticsearch_url, alias, NOW)


def round_(week: BusyWeek, now: datetime = NOW) -> dict[str, int]:
    return week.publish(now)


def documents(week: BusyWeek, what: str) -> dict[str, dict[str, Any]]:
    found = week.client.search(index=week.settings.elasticsearch.alias(what), size=500, version=True)
    return {one["_id"]: one["_source"] for one in found["hits"]["hits"]}


@pytest.mark.parametrize("what", ["revisions", "alerts", "runs"])
def test_the_mapping_names_exactly_the_documents_fields(week: BusyWeek, what: str) -> None:
    week.match(week.hit("ai-id"))
    round_(week)

    mapping = json.loads((CONFIG / "elasticsearch" / f"{what}.json").read_text(encoding="utf-8"))["mappings"]
    assert mapping["dynamic"] == "strict"
    assert all(set(document) == set(mapping["properties"]) for document in documents(week, what).values())


def test_everything_is_written_once_and_then_only_what_has_changed(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"), week.hit("ai-id", "indonesia-guangxi"))
    assert round_(week) == {"revisions": len(RELEASES), "alerts": 2, "runs": RUNS}

    later = NOW + timedelta(hours=9)
    mail = week.ledger.claim(later)
    assert mail is not None
    assert round_(week, later)["alerts"] == 2  # a claimed mail is still open
    while mail:
        week.ledger.accepted(mail, "250 ok", later)
        mail = week.ledger.claim(later)
    round_(week, later + timedelta(hours=2))

    assert round_(week, later + timedelta(hours=3)) == {"revisions": 0, "alerts": 0, "runs": 0}
    assert {one["delivery"] for one in documents(week, "alerts").values()} == {"accepted"}


def test_an_edit_says_what_was_added_and_removed(week: BusyWeek) -> None:
    title, text = RELEASES[0][2:4]
    week.collect(0, title=f"{title} Baru", text=text.replace("pertanian", "perikanan"), collected_at=NOW)
    round_(week)

    first, edit = documents(week, "revisions")["ai-id.1"], documents(week, "revisions")["ai-id.2"]
    assert (first["change"], first["text_changed"]) == ("first", False)
    assert (edit["change"], edit["title_before"], edit["text_changed"]) == ("edit", title, True)
    assert (edit["removed"].strip(), edit["added"].strip()) == ("pertanian", "perikanan")
    assert edit["date_changed"] is False
    assert edit["topics"] == list(week.marks("ai-id").topics)


def test_a_withdrawal_is_a_change_of_its_own(week: BusyWeek) -> None:
    week.withdraw("ai-zh", NOW)
    round_(week)

    found = documents(week, "revisions")
    assert found["ai-zh.1"]["change"] == "first"
    assert found["ai-zh.1.withdrawal"]["change"] == "withdrawal"
    assert datetime.fromisoformat(found["ai-zh.1.withdrawal"]["happened_at"]) == NOW


def test_a_hit_nobody_follows_has_no_mail_and_a_refused_one_shows_why(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    mail = week.ledger.claim(NOW)
    assert mail is not None
    week.ledger.refused(mail, "550 no such user", NOW)
    week.ledger.record([week.hit("ai-en")], NOW)
    round_(week)

    found = documents(week, "alerts")
    assert found["cooperation.ai-id.1"]["delivery"] == "failed"
    assert found["cooperation.ai-id.1"]["server_words"] == ["550 no such user"]
    assert found["cooperation.ai-en.1"]["delivery"] == "no mail"
    assert found["cooperation.ai-en.1"]["url"] == "https://www.example.org/ai-en.html"


def test_an_alert_says_how_sure_it_is_and_again_when_it_grows_surer(week: BusyWeek) -> None:
    weak = replace(week.hit("ai-en"), level="possible", details={**week.hit("ai-en").details, "probability": 0.3})
    week.match(week.hit("ai-id"), weak)
    round_(week)
    found = documents(week, "alerts")
    assert (found["cooperation.ai-id.1"]["level"], found["cooperation.ai-en.1"]["level"]) == ("sure", "possible")
    assert found["cooperation.ai-en.1"]["probability"] == 0.3
    week.match(replace(weak, level="likely"))
    round_(week)
    assert documents(week, "alerts")["cooperation.ai-en.1"]["level"] == "likely"


def test_no_readers_address_reaches_kibana(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    round_(week)

    assert SECRET_ADDRESS not in json.dumps(documents(week, "alerts"))
    assert documents(week, "alerts")["cooperation.ai-id.1"]["subscriptions"] == ["desk"]


def test_a_run_is_flattened_with_what_was_expected_of_it(week: BusyWeek) -> None:
    round_(week)

    good, bad = documents(week, "runs")["gxzf-0"], documents(week, "runs")["gxzf-1"]
    assert (good["verdict"], good["level"], good["listed"], good["new"]) == ("ok", "well", 12, 1)
    assert good["expected"] == week.sources["gxzf"].min_items
    assert good["usual"] > 0
    assert (bad["verdict"], bad["level"], bad["errors"], bad["http_5xx"]) == ("down", "bad", 1, 1)
    assert bad["faults"] == ["https://www.example.org/gxzf: answered 503"]


def test_an_index_that_was_deleted_is_filled_again(week: BusyWeek) -> None:
    round_(week)
    week.client.indices.delete(index=f"{week.settings.elasticsearch.alias('runs')}-000001")

    assert round_(week)["runs"] == RUNS


def test_anew_writes_everything_once_more(week: BusyWeek) -> None:
    round_(week, NOW + timedelta(hours=2))
    later = NOW + timedelta(days=2)
    assert round_(week, later)["revisions"] == 0

    assert week.publish(later, anew=True) == {"revisions": len(RELEASES), "alerts": 0, "runs": RUNS}
    assert len(documents(week, "revisions")) == len(RELEASES)


def test_a_clock_that_leapt_and_was_put_right_hides_nothing_that_comes_after(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    round_(week)
    round_(week, NOW + timedelta(days=400))
    later = NOW + timedelta(hours=2)
    week.match(week.hit("ai-id", "indonesia-guangxi"))
    round_(week, later)
    assert len(documents(week, "alerts")) == 2
    mail = week.ledger.claim(later)
    while mail:
        week.ledger.accepted(mail, "250 ok", later)
        mail = week.ledger.claim(later)
    round_(week, later + timedelta(minutes=5))
    states = {one["delivery"] for one in documents(week, "alerts").values()}
    assert states == {"accepted"}, "an update is not held for older than what the wrong clock wrote"
