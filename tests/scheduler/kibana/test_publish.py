"""What Kibana shows follows the store: only what has changed, each thing once, nobody's address."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.search.client import Client
from scheduler.search.index import setup
from scheduler.stories.tables import other_sides
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


@pytest.mark.sample(1)
@pytest.mark.parametrize("what", ["revisions", "alerts", "runs"])
def test_the_mapping_names_exactly_the_documents_fields(week: BusyWeek, what: str) -> None:
    week.match(week.hit("ai-id"))
    week.collect(0, title="Judul yang diperbaiki", collected_at=NOW)
    week.withdraw("ai-zh", NOW)
    round_(week)

    mapping = json.loads((CONFIG / "elasticsearch" / f"{what}.json").read_text(encoding="utf-8"))["mappings"]
    assert mapping["dynamic"] == "strict"
    found = documents(week, what).values()
    assert found
    assert all(set(document) == set(mapping["properties"]) for document in found)


def test_everything_is_written_once_and_then_only_what_has_changed(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"), week.hit("ai-id", "indonesia-guangxi"), week.hit("ai-en"))
    week.withdraw("ai-zh", NOW)
    assert round_(week) == {"revisions": 1, "alerts": 2, "runs": RUNS}

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


@pytest.mark.slow
def test_an_edit_says_what_was_added_and_removed(week: BusyWeek) -> None:
    title, text = RELEASES[0][2:4]
    week.collect(0, title=f"{title} Baru", text=text.replace("pertanian", "perikanan"), collected_at=NOW)
    round_(week)

    found = documents(week, "revisions")
    edit = found["ai-id.2"]
    assert list(found) == ["ai-id.2"], "a first revision is no change"
    assert (edit["change"], edit["title_before"], edit["text_changed"]) == ("edit", title, True)
    assert (edit["removed"].strip(), edit["added"].strip()) == ("pertanian", "perikanan")
    assert edit["date_changed"] is False
    assert edit["topics"] == list(week.marks("ai-id").topics)


@pytest.mark.slow
def test_a_withdrawal_is_a_change_of_its_own(week: BusyWeek) -> None:
    week.withdraw("ai-zh", NOW)
    round_(week)

    found = documents(week, "revisions")
    assert list(found) == ["ai-zh.1.withdrawal"]
    assert found["ai-zh.1.withdrawal"]["change"] == "withdrawal"
    assert datetime.fromisoformat(found["ai-zh.1.withdrawal"]["happened_at"]) == NOW


@pytest.mark.slow
def test_a_hit_nobody_follows_has_no_mail_and_a_refused_one_shows_why(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    mail = week.ledger.claim(NOW)
    assert mail is not None
    week.ledger.refused(mail, "550 no such user", NOW)
    week.ledger.record([week.hit("ai-en")], NOW)
    round_(week)

    found = documents(week, "alerts")
    assert found["ai-id"]["delivery"] == "failed"
    assert found["ai-id"]["server_words"] == ["550 no such user"]
    assert found["ai-en"]["delivery"] == "no mail"
    assert found["ai-en"]["url"] == "https://www.example.org/ai-en.html"


def test_an_alert_says_how_sure_it_is_and_again_when_it_grows_surer(week: BusyWeek) -> None:
    weak = replace(week.hit("ai-en"), level="possible", details={**week.hit("ai-en").details, "probability": 0.3})
    week.match(week.hit("ai-id"), weak)
    round_(week)
    found = documents(week, "alerts")
    assert (found["ai-id"]["level"], found["ai-en"]["level"]) == ("sure", "possible")
    assert found["ai-en"]["probability"] == 0.3
    week.match(replace(weak, level="likely"))
    round_(week)
    assert documents(week, "alerts")["ai-en"]["level"] == "likely"


def test_a_release_is_one_row_with_its_rules_as_a_list(week: BusyWeek) -> None:
    likely = replace(week.hit("ai-id", "domestic"), level="likely")
    possible = replace(week.hit("ai-id", "health"), level="possible")
    week.match(week.hit("ai-id"), week.hit("ai-id", "indonesia-guangxi"), likely, possible)
    round_(week)

    found = documents(week, "alerts")
    assert list(found) == ["ai-id"]
    assert found["ai-id"]["rules"] == ["cooperation", "domestic", "indonesia-guangxi"]
    assert (found["ai-id"]["unsure_rules"], found["ai-id"]["level"]) == (["health"], "sure")
    # Two readers follow some of its rules: that is two mails, whatever rules they carry it for.
    assert (found["ai-id"]["subscriptions"], found["ai-id"]["mails"]) == (["desk", "guangxi"], 2)


def test_the_sentence_is_not_the_title_once_more(week: BusyWeek) -> None:
    title = RELEASES[0][2]
    both = [{"sentence": title, "spans": []}, {"sentence": "Kedua pihak sepakat.", "spans": []}]
    week.match(
        replace(week.hit("ai-id"), details={**week.hit("ai-id").details, "highlights": both}),
        replace(week.hit("ai-en"), details={**week.hit("ai-en").details, "highlights": [
            {"sentence": next(one[2] for one in RELEASES if one[0] == "ai-en"), "spans": []}]}),
    )  # fmt: skip
    round_(week)

    found = documents(week, "alerts")
    assert found["ai-id"]["sentence"] == "Kedua pihak sepakat."
    assert found["ai-en"]["sentence"] is None


def test_a_story_of_one_side_becomes_one_of_both_when_the_other_side_tells(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    while mail := week.ledger.claim(NOW):
        week.ledger.accepted(mail, "250 ok", NOW)
    round_(week, NOW + timedelta(hours=3))
    first = documents(week, "alerts")["ai-id"]
    assert (first["sides"], first["other_side"]) == ("one", [])

    later = NOW + timedelta(hours=5)
    with week.store.engine.execution_options(writes=True).begin() as connection:
        for one, other in (("ai-id", "ai-zh"), ("ai-zh", "ai-id")):
            connection.execute(other_sides.insert().values(release_id=one, other_id=other, points=5.0, why=[]))
    week.ledger.record([replace(week.hit("ai-zh"), matched_at=later)], later)
    round_(week, later)

    found = documents(week, "alerts")
    assert {name: (one["sides"], one["other_side"]) for name, one in found.items()} == {
        "ai-id": ("both", ["ai-zh"]),
        "ai-zh": ("both", ["ai-id"]),
    }


@pytest.mark.slow
def test_an_edit_that_raises_nothing_changes_the_row_of_the_alert_too(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    while mail := week.ledger.claim(NOW):
        week.ledger.accepted(mail, "250 ok", NOW)
    round_(week, NOW + timedelta(hours=3))
    later = NOW + timedelta(hours=5)
    week.collect(0, title="Judul yang diperbaiki", collected_at=later)
    assert round_(week, later) == {"revisions": 1, "alerts": 1, "runs": 0}

    assert documents(week, "alerts")["ai-id"]["title"] == "Judul yang diperbaiki"


@pytest.mark.slow
def test_what_has_no_date_goes_by_the_day_it_was_collected(week: BusyWeek) -> None:
    week.collect(1, published=None, title="Tanpa tanggal", collected_at=NOW)
    week.match(replace(week.hit("ai-zh"), revision=2), week.hit("ai-id"))
    round_(week)

    found = documents(week, "alerts")
    assert datetime.fromisoformat(found["ai-zh"]["published_or_collected"]) == NOW
    assert found["ai-id"]["published_or_collected"] == found["ai-id"]["published"]


@pytest.mark.slow
def test_a_new_definition_is_filled_again_though_the_old_rows_do_not_fit_it(week: BusyWeek, tmp_path: Path) -> None:
    """The rows of alerts were once a rule and a release each; these cannot be copied, and need not be."""
    week.match(week.hit("ai-id"))
    old = json.loads((CONFIG / "elasticsearch" / "alerts.json").read_text(encoding="utf-8"))
    old["mappings"]["properties"]["rule"] = {"type": "keyword"}
    shutil.copy(CONFIG / "traditional.txt", tmp_path)
    folder = Path(shutil.copytree(CONFIG / "elasticsearch", tmp_path / "elasticsearch"))
    (folder / "alerts.json").write_text(json.dumps(old), encoding="utf-8")
    alias = week.settings.elasticsearch.alias("alerts")
    setup(week.client, alias, (), folder, "alerts")
    week.client.index(index=alias, id="cooperation.ai-id.1", document={"rule": "cooperation"}, refresh=True)

    round_(week)

    assert list(documents(week, "alerts")) == ["ai-id"]


def test_no_readers_address_reaches_kibana(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    round_(week)

    assert SECRET_ADDRESS not in json.dumps(documents(week, "alerts"))
    assert documents(week, "alerts")["ai-id"]["subscriptions"] == ["desk"]


@pytest.mark.slow
def test_a_run_is_flattened_with_what_was_expected_of_it(week: BusyWeek) -> None:
    round_(week)

    good, bad = documents(week, "runs")["gxzf-0"], documents(week, "runs")["gxzf-1"]
    assert (good["verdict"], good["level"], good["listed"], good["new"]) == ("ok", "well", 12, 1)
    assert good["expected"] == week.sources["gxzf"].min_items
    assert good["usual"] > 0
    assert (bad["verdict"], bad["level"], bad["errors"], bad["http_5xx"]) == ("down", "bad", 1, 1)
    assert bad["faults"] == ["https://www.example.org/gxzf: answered 503"]


@pytest.mark.slow
def test_an_index_that_was_deleted_is_filled_again(week: BusyWeek) -> None:
    round_(week)
    week.client.indices.delete(index=f"{week.settings.elasticsearch.alias('runs')}-000001")

    assert round_(week)["runs"] == RUNS


@pytest.mark.slow
def test_anew_writes_everything_once_more(week: BusyWeek) -> None:
    week.withdraw("ai-zh", NOW)
    round_(week, NOW + timedelta(hours=2))
    later = NOW + timedelta(days=2)
    assert round_(week, later)["revisions"] == 0

    assert week.publish(later, anew=True) == {"revisions": 1, "alerts": 0, "runs": RUNS}
    assert len(documents(week, "revisions")) == 1


@pytest.mark.slow
def test_a_clock_that_leapt_and_was_put_right_hides_nothing_that_comes_after(week: BusyWeek) -> None:
    week.match(week.hit("ai-id"))
    round_(week)
    round_(week, NOW + timedelta(days=400))
    later = NOW + timedelta(hours=2)
    week.match(week.hit("ai-id", "indonesia-guangxi"))
    round_(week, later)
    assert documents(week, "alerts")["ai-id"]["rules"] == ["cooperation", "indonesia-guangxi"]
    mail = week.ledger.claim(later)
    while mail:
        week.ledger.accepted(mail, "250 ok", later)
        mail = week.ledger.claim(later)
    round_(week, later + timedelta(minutes=5))
    states = {one["delivery"] for one in documents(week, "alerts").values()}
    assert states == {"accepted"}, "an update is not held for older than what the wrong clock wrote"
