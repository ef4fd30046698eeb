"""The shipped roles are enough for the work and for nothing else, tried on a node with security on."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from scheduler.node import launch
from scheduler.node.node import Node, NodeError
from scheduler.search.client import Client, SearchError, connect
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG, free_port
from tests.scheduler.jobs.busy_week import BusyWeek

SECRET = "only-for-this-test"
# Whoever gives no name may ask for the node's health, since that is how the node's start is seen; nothing else.
SECURITY = """\
xpack.security.enabled: true
xpack.security.authc.anonymous.username: nobody
xpack.security.authc.anonymous.roles: health
"""
ROLES = "health:\n  cluster: [monitor]\n"
ALL = ("releases", "revisions", "alerts", "runs")
ALIAS = "pantau-test"


@pytest.fixture(scope="module")
def secured(node_cache: Path) -> Iterator[Callable[[str], Client]]:
    """A node that knows an administrator and the two roles; gives a client for a user's name."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-secured-"))
    folder.chmod(0o755)
    node = Node(folder, free_port(), "512m", series=os.environ.get("PANTAU_TEST_SERIES", "8"), cache=node_cache)
    config = node.place / "run" / "config"
    config.mkdir(parents=True)
    sha = base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()
    for name, text in (
        ("users", f"admin:{{SHA}}{sha}\n"), ("users_roles", "superuser:admin\n"), ("roles.yml", ROLES),
    ):  # fmt: skip
        (config / name).write_text(text)
    opened: list[Client] = []

    def client(user: str) -> Client:
        opened.append(connect(Elasticsearch(user=user, password=SecretStr(SECRET), timeout=60), node.url))
        return opened[-1]

    patch = pytest.MonkeyPatch()
    patch.setattr(launch, "SETTINGS", launch.SETTINGS.replace("xpack.security.enabled: false\n", SECURITY))
    try:
        try:
            node.start()
        except NodeError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        admin = client("admin")
        for name in ("writer", "reader"):
            role = json.loads((CONFIG / "elasticsearch" / "roles" / f"{name}.json").read_text(encoding="utf-8"))
            admin.security.put_role(name=f"pantau-{name}", **role)
            admin.security.put_user(username=name, password=SECRET, roles=[f"pantau-{name}"])
        yield client
    finally:
        patch.undo()
        for one in opened:
            one.close()
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def week(secured: Callable[[str], Client], tmp_path_factory: pytest.TempPathFactory) -> BusyWeek:
    """A week's work done with the writer's role."""
    writer = secured("writer")
    week = BusyWeek(tmp_path_factory.mktemp("week"), writer, writer.address, ALIAS, datetime.now(UTC))
    week.match(week.hit("ai-id"))
    week.index()
    week.publish()
    return week


def aliases(week: BusyWeek) -> list[str]:
    return [week.settings.elasticsearch.alias(what) for what in ALL]


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    with pytest.raises(SearchError, match="does not allow this to the configured user"):
        call(**arguments)
    return True


def test_the_writer_can_do_all_of_the_work(week: BusyWeek) -> None:
    week.index()
    week.publish()
    week.client.indices.delete(index=f"{week.settings.elasticsearch.alias('runs')}-000001")
    assert week.publish()["runs"] > 0


def test_the_writer_can_do_nothing_else(week: BusyWeek, secured: Callable[[str], Client]) -> None:
    secured("admin").index(index="others", document={"a": 1}, refresh=True)

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


def test_without_a_login_nothing_is_shown(week: BusyWeek) -> None:
    with connect(Elasticsearch(), week.client.address) as nobody, pytest.raises(SearchError):
        nobody.search(index=aliases(week)[0])
