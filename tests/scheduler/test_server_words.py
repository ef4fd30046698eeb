"""What a server said, made harmless: no sign that steers, no length that hurts, no secret that it repeats."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from scheduler.server_words import LONGEST, server_words

SECRET = SecretStr("rähasia/42 +x")
RAW = SECRET.get_secret_value()


@pytest.mark.parametrize("before", [b"", b"\0u\0", b"u:", b"\0pantau@example.org\0", b"ab"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("glued", ["", "AUTH=", "x"])
def test_a_secret_in_base64_is_blotted_out(before: bytes, encode: object, glued: str) -> None:
    packed = encode(before + RAW.encode() + b"!").decode()  # type: ignore[operator]
    said = server_words(f"535 you said {glued}{packed} go away", SECRET)
    assert "***" in said
    assert packed[4:-4] not in said
    assert said.endswith("go away")


def test_a_secret_is_blotted_out_as_it_is_percent_encoded_and_as_an_answer_that_it_can_be_guessed_from() -> None:
    digest = hmac.new(RAW.encode(), b"<challenge>", hashlib.md5).hexdigest()
    packed = base64.b64encode(f"user {digest}".encode()).decode()
    said = server_words(f"{RAW} {quote(RAW, safe='')} {packed} end", SECRET)
    assert said == "*** *** *** end"


def test_words_that_look_like_base64_and_are_none_stay() -> None:
    said = "250 2.0.0 Ok: queued as 4bQ1Zz3Yxkz9sXm mx.example.org ESMTP accepted"
    assert server_words(said, SECRET) == said
    assert server_words(said, None) == said
    assert server_words(said, SecretStr("")) == said


def test_what_a_server_said_is_one_bounded_line_that_steers_nothing() -> None:
    said = server_words("554 \x1b]0;pwned\x07\x1b[2J go\r\naway \u202e\u2066\0" + "x" * 5_000_000)
    assert said.startswith("554 ]0;pwned[2J go away x")
    assert len(said) == LONGEST
    assert said.isprintable()
    assert server_words(b"\xff\xfe caf\xc3\xa9") == "\ufffd\ufffd café"
