"""One rule for mail addresses: what it lets through can be composed and sent, what it refuses cannot."""

from __future__ import annotations

import pytest

from scheduler.mail.message import MAIL_POLICY
from scheduler.mail.operator_mail import compose_test
from scheduler.mail_address import ascii_form, complaint
from tests.scheduler.mail.case import NOW

RIGHT = (
    "a@b.co", "pantau@localhost", "first.last+news@sub.example.org", "o'brien@example.org", "测试@例子.中国",
    "analis@contoh.co.id", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "x" * 64 + "@example.org",
    "#!$%&'*+-/=?^_`{|}~@a.b",
)  # fmt: skip
WRONG = (
    "", "a", "@b.co", "a@", "a@b@c.co", "analis@contoh..id", "analis.@contoh.id", ".analis@contoh.id", "a..b@contoh.id",
    "a@contoh.id:25", "a b@contoh.id", "a@contoh .id", "a@-contoh.id", "a@contoh-.id", "a@.contoh.id", "a@contoh.id.",
    "A <a@contoh.id>", "a@contoh.id, b@contoh.id", "a@contoh.id\n", "a\u200b@contoh.id", "a@[300.1.1.1]", "a@[]",
    "x" * 65 + "@example.org", "a@" + "x" * 64 + ".org", "a@" + ".".join(["x" * 60] * 5), '"a b"@contoh.id', "a@b_c.id",
    "a@例\u0000子.中国",
)  # fmt: skip


@pytest.mark.parametrize("address", RIGHT)
def test_what_is_let_through_can_be_written_into_a_mail(address: str) -> None:
    assert complaint(address) is None
    message = compose_test(sender="pantau@example.org", to=address, at=NOW)
    utf8 = not ascii_form(address).isascii()
    assert ascii_form(address).encode() in message.as_bytes(policy=MAIL_POLICY.clone(utf8=utf8))
    assert ascii_form(address).rpartition("@")[2].isascii(), "any server can be told its host"


@pytest.mark.parametrize("address", WRONG)
def test_what_is_refused_is_refused_with_a_reason(address: str) -> None:
    assert complaint(address)
