"""Mail me this: from the form on the page over the link in the mail to the last mail, with nothing but real parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.jobs.match import match
from scheduler.ledger.history import history
from scheduler.ledger.own_subscriptions import MOST_ASKED, Pace
from scheduler.rules.conditions import Condition
from scheduler.rules.saved_search import SavedSearch
from tests.scheduler.jobs.subscriber import AT_ONCE, BUDI, COFFEE, RATIH, Place, place, text_of
from tests.scheduler.mail.case import SENTENCE, mail_settings

DESK = "desk@example.org"


@pytest.fixture
def here(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[Place]:
    with place(tmp_path, elasticsearch_url, alias) as made:
        yield made


def test_a_search_is_asked_for_confirmed_mailed_once_changed_and_ended(here: Place) -> None:
    here.collect(1)
    here.go()
    page = here.ask("/search?q=kopi&lang=id&since=2026-03-01", reader="Ratih").body
    assert 'href="/subscribe?q=kopi&amp;lang=id&amp;since=2026-03-01"' in page
    form = here.ask("/subscribe?q=kopi&lang=id&since=2026-03-01", reader="Ratih").body
    assert 'name="search" value="q=kopi&amp;lang=id"' in form
    assert "The days of the search are left out" in form
    assert here.subscribe(search="q=kopi&lang=id", when="at once").location == "/subscribe/asked"

    here.collect(2)
    here.go()
    (asking,) = here.mails()
    assert asking["Subject"] == "Konfirmasikan langganan Pantau Anda"
    assert "pencarian “kopi” · bahasa Indonesia" in text_of(asking) or "“kopi”" in text_of(asking)
    link = here.link()
    opened = here.ask(link, reader=None)
    assert (opened.status, "confirm" in opened.body) == (200, True)
    here.go()
    assert len(here.mails()) == 1, "neither asking nor opening the link subscribes"

    assert here.ask(f"{link}/confirm", {}, reader=None).location == f"{link}?done=confirmed"
    here.go()
    assert len(here.mails()) == 1, "what was found before is not told"
    here.collect(3)
    here.go()
    here.go()
    _, told = here.mails()
    assert "bagian 3" in text_of(told)
    assert "bagian 1" not in text_of(told)
    assert "bagian 2" not in text_of(told)
    assert told["Content-Language"] == "id"
    assert told["List-Unsubscribe"] == f"<{here.url}{link}/end>"
    assert here.link() == link, "each mail leads to the end"

    weekly = AT_ONCE | {"when": "weekly", "language": "zh", "weekday": "tuesday", "timezone": "Asia/Shanghai"}
    assert here.ask(link, weekly, reader=None).location == f"{link}?done=changed"
    here.collect(4)
    here.go()
    assert len(here.mails()) == 2, "it waits for its day"
    here.go(timedelta(days=6))
    assert len(here.mails()) == 3
    assert here.mails()[-1]["Content-Language"] == "zh"
    assert "bagian 4" in text_of(here.mails()[-1])

    by_a_mail_program = {"Content_Type": "multipart/form-data; boundary=x", "Origin": "null"}
    ended = here.ask(f"{link}/end", {"List-Unsubscribe": "One-Click"}, reader=None, **by_a_mail_program)
    assert (ended.status, "has ended" in ended.body) == (200, True)
    here.collect(5)
    here.go()
    here.go(timedelta(days=8))
    assert len(here.mails()) == 3, "nothing more"
    assert here.ask(link, reader=None).status == 404
    assert here.newsroom.own.all() == []


@pytest.mark.slow
def test_what_a_search_finds_is_told_to_its_reader_alone(here: Place) -> None:
    here.subscribed()
    here.collect(1)
    here.collect(2, text=SENTENCE)
    here.go()
    assert any("bagian 1" in text_of(mail) for mail in here.mails())
    told_to_desk = "\n".join(text_of(mail) for mail in here.mails(DESK))
    assert "bagian 2" in told_to_desk, "the desk follows every rule of the files"
    assert "bagian 1" not in told_to_desk
    alerts = here.ask("/", reader="Budi").body
    assert "bagian 2" in alerts
    assert "bagian 1" not in alerts
    assert not [told for told in history(here.newsroom.store.engine) if told.hit.rule.startswith("search.")]
    assert not [rule for rule in here.newsroom.ledger.hits_per_rule() if rule.startswith("search.")]
    assert "search." not in here.ask("/release/r0001", reader="Budi").body


def test_a_rule_can_be_subscribed_to_and_brings_what_the_operators_subscription_would(here: Place) -> None:
    here.collect(1, text=SENTENCE)
    here.go()
    link = here.subscribed(rule="cooperation")
    here.go()
    assert len(here.mails()) == 1
    here.collect(2, text=SENTENCE)
    here.go()
    assert len(here.mails()) == 2
    assert "bagian 2" in text_of(here.mails()[-1])
    assert "bagian 1" not in text_of(here.mails()[-1])
    assert here.link() == link


def test_who_stands_in_the_file_too_hears_of_a_release_once(here: Place) -> None:
    here.subscribed(DESK, rule="cooperation")
    before = len(here.mails(DESK))
    here.collect(1, text=SENTENCE)
    here.go()
    here.go()
    assert len(here.mails(DESK)) == before + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "text"),
    [({"search": "q=kopi"}, COFFEE), ({"rule": "cooperation"}, SENTENCE)],
    ids=["search", "rule"],
)
def test_who_comes_back_hears_nothing_of_the_time_between(here: Place, to: dict[str, str], text: str) -> None:
    link = here.subscribed(**to)
    here.collect(1, text=text)
    here.go()
    assert here.ask(f"{link}/end", {}, reader=None).status == 200
    here.collect(2, text=text)
    here.collect(1, text=f"{text} Ada ralat.")
    here.go(timedelta(days=1))
    here.subscribed(**to)
    here.newsroom.sweep()
    here.go()
    here.collect(3, text=text)
    here.go()
    told = "\n".join(text_of(mail) for mail in here.mails())
    assert "bagian 1" in told
    assert "ralat" not in told, "nor of an edit"
    assert "bagian 2" not in told
    assert "bagian 3" in told


@pytest.mark.slow
def test_asked_for_anew_a_subscription_takes_the_place_of_the_one_before(here: Place) -> None:
    first = here.subscribed()
    second = here.subscribed(when="hourly")
    assert here.ask(first, reader=None).status == 404
    (only,) = here.newsroom.own.confirmed()
    assert (f"/subscription/{only.key}", only.pace.when) == (second, "hourly")


@pytest.mark.slow
def test_every_asker_gets_the_same_answer(here: Place) -> None:
    here.subscribed()
    answers = [here.subscribe(address) for address in (RATIH, BUDI, DESK, "stranger@elsewhere.example")]
    answers += [here.subscribe(BUDI) for _ in range(MOST_ASKED + 1)]
    assert {(one.status, one.location, one.body) for one in answers} == {(303, "/subscribe/asked", "")}
    here.go()
    assert here.mails("stranger@elsewhere.example") == []
    assert len(here.mails(BUDI)) == MOST_ASKED, "one address gets so many links a day"
    said = here.ask("/subscribe/asked", reader="Ratih").body
    assert "If this address may be subscribed" in said
    here.go(timedelta(days=1))
    here.subscribe(BUDI)
    here.go()
    assert len(here.mails(BUDI)) == MOST_ASKED + 1, "the next day it gets one again"


@pytest.mark.slow
def test_only_so_many_links_go_out_a_day(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.ledger.own_subscriptions.MOST_ASKED_IN_ALL", 4)
    for number in range(8):
        here.subscribe(f"reader{number}@example.org")
    here.go()
    assert len(here.server.post.accepted) == 4


@pytest.mark.slow
def test_no_page_tells_an_address_to_another_reader(here: Place) -> None:
    here.server.post.rcpt = {DESK: ["550 5.1.1 no such mailbox desk@example.org"]}
    here.subscribed()
    here.subscribe(BUDI)
    here.collect(1, text=SENTENCE)
    here.go()
    pages = (
        "/", "/search?q=kopi", "/search.json?q=kopi", "/alerts.json", "/feed.atom", "/sources", "/status", "/healthz",
        "/metrics", "/release/r0001", "/subscribe", "/subscribe?q=kopi", "/subscribe/asked", "/subscription/none",
    )  # fmt: skip
    for path in pages:
        body = here.ask(path, reader="Siti").body
        assert not [one for one in (RATIH, BUDI, DESK) if one in body], path
    assert DESK in " ".join(finding.subject for finding in here.newsroom.verdict().findings), "the operator is told"
    assert "…@example.org" in here.ask("/status", reader="Siti").body


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("reader", "token", "headers", "status"),
    [
        (None, "own", {}, 401),
        ("Ratih", "", {}, 403),
        ("Ratih", "of Budi", {}, 403),
        ("Ratih", "own", {"Origin": "https://evil.example"}, 403),
        ("Ratih", "own", {"Origin": "null"}, 403),
    ],
)
def test_a_forged_request_subscribes_nobody(
    here: Place, reader: str | None, token: str, headers: dict[str, str], status: int
) -> None:
    tokens = {"own": here.token(), "of Budi": here.token("Budi"), "": "0" * 64}
    fields = {"token": tokens[token], "address": RATIH, "search": "q=kopi", **AT_ONCE}
    assert here.ask("/subscribe", fields, reader=reader, **headers).status == status
    assert here.newsroom.own.all() == []


def test_without_the_key_nobody_changes_or_ends_a_subscription(here: Place) -> None:
    link = here.subscribed()
    wrong = link[:-1] + ("A" if link[-1] != "A" else "B")
    for path in (wrong, f"{wrong}/confirm"):
        assert here.ask(path, AT_ONCE, reader="Budi").status == 404
    assert here.ask(f"{wrong}/end", {}, reader="Budi").status == 200, "which says nothing of what there is"
    for path in ("/subscription/", "/subscription/%25", "/subscription/x/y"):
        assert here.ask(path, reader=None).status == 404
    assert here.ask("/search", reader=None).status == 401
    assert here.ask("/subscription/../search", reader=None).status in (401, 404)
    (own,) = here.newsroom.own.confirmed()
    assert own.pace == Pace(**AT_ONCE)


@pytest.mark.slow
def test_a_link_that_is_not_used_in_time_leads_nowhere(here: Place) -> None:
    here.subscribe()
    here.go()
    link = here.link()
    here.clock[0] += timedelta(days=2)
    assert here.ask(link, reader=None).status == 404
    assert here.ask(f"{link}/confirm", {}, reader=None).status == 404
    here.collect(1)
    here.go()
    assert len(here.mails()) == 1
    here.newsroom.housekeeping()
    assert here.newsroom.own.all() == [], "the address is forgotten"


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "ratih"}, "no mail address"),
        ({"address": "ratih@example.org\r\nBcc: x@example.org"}, "no mail address"),
        ({"search": ""}, "without words and filters"),
        ({"search": "since=2026-03-01"}, "without words and filters"),
        ({"search": "q=" + "x" * 501}, "characters long"),
        ({"rule": "nothing"}, "no such rule"),
        ({"rule": "search.0"}, "no such rule"),
        ({"when": "monthly"}, "lacks something"),
        ({"language": "fr"}, "lacks something"),
        ({"at": "25:00"}, "lacks something"),
        ({"timezone": "Mars/Olympus"}, "lacks something"),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(here: Place, fields: dict[str, str], said: str) -> None:
    answer = here.subscribe(**({"address": RATIH} | fields))
    assert (answer.status, said in answer.body) == (400, True), answer.body
    assert here.newsroom.own.all() == []


@pytest.mark.slow
def test_a_link_waits_for_a_mail_server_that_is_away(here: Place) -> None:
    here.server.post.rcpt = {RATIH: ["451 4.3.0 try again"]}
    here.subscribe()
    here.go()
    assert here.mails() == []
    here.go()
    assert len(here.mails()) == 1
    here.go()
    assert len(here.mails()) == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize("ends", ["the reader", "the operator"])
def test_a_mail_that_waits_when_its_subscription_ends_does_not_go_out(here: Place, ends: str) -> None:
    link = here.subscribed()
    (own,) = here.newsroom.own.all()
    here.subscribed(search="q=teh")  # so that she is still a reader when the other one has ended
    here.collect(1)
    here.server.post.rcpt = {RATIH: ["451 4.3.0 try again"]}
    here.go()
    before = here.mails()
    assert here.newsroom.ledger.waiting() is not None
    if ends == "the reader":
        here.ask(f"{link}/end", {}, reader=None)
    else:
        here.newsroom.own.end(name=own.name)
    here.go(timedelta(hours=5))
    assert here.mails() == before
    assert here.newsroom.ledger.waiting() is None


@pytest.mark.slow
def test_a_search_that_the_engine_refuses_holds_up_nobody_else(here: Place, caplog: pytest.LogCaptureFixture) -> None:
    here.subscribed()
    bad = SavedSearch(id="search.bad", title="bad", all=(Condition(query={"term": {"a": {"b": {"c": 1}}}}),))
    here.collect(1, text=SENTENCE)
    here.newsroom.index()
    matcher = here.newsroom.matcher
    assert match(replace(matcher, searches=(bad, *matcher.searches)), now=here.clock[0]) > 0
    assert "a reader's search is left out" in caplog.text
    here.go()
    assert "bagian 1" in text_of(here.mails()[-1])
    assert here.mails(DESK)


def test_the_operators_file_has_the_last_word(here: Place) -> None:
    here.subscribed()
    settings = here.newsroom.settings
    assert settings.readers_may_subscribe
    (own,) = (one for one in here.newsroom.mail.subscriptions if one.name.startswith("mine-"))
    assert own.to == (RATIH,)
    for changed in ({"enabled": False}, {"domains": ("example.com",)}):
        mail = mail_settings(subscribing=settings.mail.subscribing.model_copy(update=changed))
        assert not mail.takes(RATIH)
        here.newsroom.own.takes = mail.takes
        assert [one.name for one in here.newsroom.mail.subscriptions] == ["everything"]
