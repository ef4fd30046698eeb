"""Each fault looks on the wire as it says, where it says, as long as it says."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.replica import Replica
from tests.replica.asking import LIST, get
from tests.replica.faults import KINDS

HOST = "www.gxzf.gov.cn"


@pytest.fixture
def listing(replica: Replica) -> Iterator[str]:
    yield replica.base[HOST] + "/gxyw/"
    replica.faults.clear()


def test_all_is_well_again_when_the_faults_are_cleared(replica: Replica, listing: str) -> None:
    whole = get(listing)
    replica.faults.set(HOST, "error")
    assert get(listing).status == 500
    assert get(replica.base["wsb.gxzf.gov.cn"] + "/xwyw_48149/dfws_48154/").status == 200
    replica.faults.clear(HOST)
    assert get(listing).body == whole.body


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("forbidden", 403, "Forbidden"),
        ("challenge", 412, "$_ts"),
        ("waiting_room", 200, "You are now in line"),
        ("error", 500, "500"),
        ("too_many", 429, "429"),
    ],
)
def test_a_refusal_has_its_status_and_its_page(
    replica: Replica, listing: str, kind: str, status: int, words: str
) -> None:
    replica.faults.set(HOST, kind)
    answer = get(listing)
    assert answer.status == status
    assert words in answer.text
    assert "more-list" not in answer.text
    assert get(replica.base[HOST] + "/robots.txt").status == 200


def test_a_fault_befalls_only_its_path_and_only_so_often(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "error", path="/gxyw/index_1", times=2)
    assert get(listing).status == 200
    second = f"{listing}index_1.shtml"
    assert [get(second).status for _ in range(3)] == [500, 500, 200]


def test_a_slow_site_answers_in_its_time(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "slow", seconds=0.5)
    start = time.monotonic()
    assert get(listing).status == 200
    assert time.monotonic() - start > 0.45


def test_a_hung_site_gives_nothing_until_it_is_let_go(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "hang")
    replica.reset_log()
    threading.Timer(0.4, replica.faults.clear).start()
    start = time.monotonic()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        get(listing)
    assert time.monotonic() - start > 0.3
    assert [one.status for one in replica.requests] == [0]


def test_a_connection_is_dropped_or_cut_in_the_middle(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "drop", times=1)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        get(listing)
    replica.faults.set(HOST, "early_close")
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(listing)
    assert cut.value.partial.startswith(b"<!DOCTYPE")
    assert b"</html>" not in cut.value.partial


def test_a_changed_layout_has_the_same_content_under_other_names(replica: Replica, listing: str) -> None:
    old = get(listing).page
    replica.faults.set(HOST, "changed_layout")
    new = get(listing).page
    assert old.cssselect("ul.more-list")
    assert not new.cssselect("ul.more-list")
    assert [a.get("href") for a in new.iter("a")] == [a.get("href") for a in old.iter("a")]


def test_a_scripted_list_has_no_entries_and_the_interface_can_change_its_keys(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "scripted")
    assert not list(get(listing).page.iter("a"))
    api = replica.base["web.komdigi.go.id"] + LIST + "1"
    replica.faults.set("web.komdigi.go.id", "changed_layout")
    answer = json.loads(get(api, Origin="x").body)
    assert "response" not in answer
    assert len(next(iter(answer.values()))["x_data"]) == 12


def test_garbage_is_no_text_in_any_usual_encoding(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "garbage")
    body = get(listing).body
    for encoding in ("utf-8", "gb18030"):
        with pytest.raises(UnicodeDecodeError):
            body.decode(encoding)


def test_redirects_go_round_or_into_a_private_network(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "redirect_loop", times=1)
    answer = get(listing)
    assert (answer.status, answer.headers["Location"]) == (302, "/gxyw/")
    replica.faults.set(HOST, "redirect_private")
    assert urlsplit(get(listing).headers["Location"]).hostname == "169.254.169.254"


def test_a_huge_answer_and_a_bomb_are_as_large_as_asked(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "huge", megabytes=3, times=1)
    assert len(get(listing).body) == 3 << 20
    replica.faults.set(HOST, "gzip_bomb", megabytes=3)
    answer = get(listing)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 20_000
    assert len(gzip.decompress(answer.body)) == 3 << 20


def test_robots_can_be_made_to_forbid_everything(replica: Replica, listing: str) -> None:
    replica.faults.set(HOST, "robots")
    assert "Disallow: /\n" in get(replica.base[HOST] + "/robots.txt").text
    assert get(listing).status == 200


def test_every_kind_of_fault_can_be_played_and_no_other(replica: Replica, listing: str) -> None:
    for kind in set(KINDS) - {"slow", "hang", "robots", "drop", "early_close"}:
        replica.faults.set(HOST, kind, megabytes=1, times=1)
        assert get(listing).status in (200, 302, 403, 412, 429, 500), kind
    with pytest.raises(ValueError, match="none of the faults"):
        replica.faults.set(HOST, "flood")
