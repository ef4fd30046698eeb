"""The shipped roles are enough for the work and for nothing else, on the node of all tests: its security is on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from scheduler.search.client import Client, SearchError, connect
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG
from tests.patience import patient
from tests.scheduler.jobs.busy_week import BusyWeek
from tests.services import ADMIN, PASSWORD

ALL = ("releases", "revisions", "alerts", "runs")
ALIAS = f"pantau-roles-{secrets.token_hex(4)}"


@pytest.fixture(scope="module")
def secured(es: Client) -> Iterator[Callable[[str], Client]]:
    """Gives a client that may do what a shipped role allows, or, as the administrator, all.

    By keys, not by users: whoever has a name may also do what the nameless may, and on this node that is all.
    """
    admin = connect(Elasticsearch(user=ADMIN, password=SecretStr(PASSWORD), timeout=patient(60)), es.address)
    try:
        admin.security.authenticate()
    except SearchError as error:
        pytest.skip(f"the Elasticsearch of PANTAU_TEST_ELASTICSEARCH_URL is not the one of these tests: {error}")
    opened = {ADMIN: admin}
    for name in ("writer", "reader"):
        role = json.loads((CONFIG / "elasticsearch" / "roles" / f"{name}.json").read_text(encoding="utf-8"))
        admin.security.put_role(name=f"{ALIAS}-{name}", **role)
        key = admin.security.create_api_key(name=f"{ALIAS}-{name}", role_descriptors={name: role})
        settings = Elasticsearch(api_key=SecretStr(key["encoded"]), timeout=patient(60))
        opened[name] = connect(settings, es.address)
    yield opened.__getitem__
    for name in ("writer", "reader"):
        admin.security.delete_role(name=f"{ALIAS}-{name}")
    for index in admin.indices.get(index=f"{ALIAS}*,others*"):
        admin.indices.delete(index=index)
    for one in opened.values():
        one.close()


@pytest.fixture(scope="module")
def week(secured: Callable[[str], Client], tmp_path_factory: pytest.TempPathFactory) -> BusyWeek:
    """A week's work done with the writer's role."""
    writer = secured("writer")
    week = BusyWeek(tmp_path_factory.mktemp("week"), writer, writer.address, ALIAS, datetime.now(UTC))
    week.match(week.hit("ai-id"))
    week.withdraw("ai-zh", week.now)
    week.index()
    week.publish()
    return week


def aliases(week: BusyWeek) -> list[str]:
    return [week.settings.elasticsearch.alias(what) for what in ALL]


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    with pytest.raises(SearchError, match="does not allow this to the configured user"):
        call(**arguments)
    return True


@pytest.mark.slow
def test_the_writer_can_do_all_of_the_work(week: BusyWeek) -> None:
    week.index()
    week.publish()
    week.client.indices.delete(index=f"{week.settings.elasticsearch.alias('runs')}-000001")
    assert week.publish()["runs"] > 0


def test_the_writer_can_do_nothing_else(week: BusyWeek, secured: Callable[[str], Client]) -> None:
    secured(ADMIN).index(index="others", document={"a": 1}, refresh=True)

    writer = week.client
    assert refused(writer.search, index="others")
    assert refused(writer.index, index="others", document={})
    assert refused(writer.indices.create, index="others-too")
    assert refused(writer.security.get_user)
    assert refused(writer.cluster.put_settings, persistent={"action.destructive_requires_name": True})


def test_the_reader_can_see_what_kibana_shows(week: BusyWeek, secured: Callable[[str], Client]) -> None:
    reader = secured("reader")
    for alias in aliases(week):
        assert reader.search(index=alias)["hits"]["total"]["value"] > 0
        assert "source" in reader.field_caps(index=alias, fields="*")["fields"]
        assert reader.search(index=alias, size=0, aggs={"s": {"terms": {"field": "source"}}})["aggregations"]["s"][
            "buckets"
        ]


def test_the_reader_can_change_nothing(week: BusyWeek, secured: Callable[[str], Client]) -> None:
    reader = secured("reader")
    for alias in aliases(week):
        assert refused(reader.index, index=alias, document={"source": "x"})
        assert refused(reader.delete_by_query, index=alias, query={"match_all": {}})
        assert refused(reader.indices.delete, index=f"{alias}-000001")
        assert refused(reader.indices.put_mapping, index=alias, properties={"x": {"type": "keyword"}})
    assert refused(reader.security.get_user)


def test_with_a_wrong_login_nothing_is_shown_and_the_sentence_says_why(week: BusyWeek) -> None:
    wrong = Elasticsearch(user="reader", password=SecretStr("guessed"))
    with connect(wrong, week.client.address) as nobody, pytest.raises(SearchError, match="refuses the login"):
        nobody.search(index=aliases(week)[0])
