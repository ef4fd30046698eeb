"""The word diff: what went, what came, in both scripts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.word_diff import Piece, word_diff


def changes(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.change, piece.text) for piece in word_diff(old, new)]


def test_words_of_latin_script_change_whole() -> None:
    assert changes("Wali Kota di Jakarta pada Senin.", "Wakil Wali Kota di Bandung pada Senin.") == [
        ("new", "Wakil "),
        ("same", "Wali Kota di "),
        ("gone", "Jakarta "),
        ("new", "Bandung "),
        ("same", "pada Senin."),
    ]


def test_han_characters_change_one_by_one() -> None:
    assert changes("双方就合作交换意见。", "双方就AI合作达成共识。") == [
        ("same", "双方就"),
        ("new", "AI"),
        ("same", "合作"),
        ("gone", "交换意见"),
        ("new", "达成共识"),
        ("same", "。"),
    ]


def test_the_same_text_is_one_piece() -> None:
    assert word_diff("tetap sama", "tetap sama") == [Piece("same", "tetap sama")]
    assert word_diff("", "") == []


@given(st.text(alphabet="ab 广西,\n", max_size=60), st.text(alphabet="ab 广西,\n", max_size=60))
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == old
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == new


@pytest.mark.parametrize("words", [1500, 60_000])
def test_texts_of_which_everything_has_changed_do_not_keep_it_busy(words: int) -> None:
    start = time.process_time()
    word_diff("a b " * words, "b c a " * words)
    assert time.process_time() - start < 10
