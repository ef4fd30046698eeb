"""Text cut at its marks, without a sign lost that a reader should see."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.web.highlights import PAIR, Piece, highlighted, paragraphs, pieces_of
from scheduler.web.views import Highlight


def mark(start: int, end: int, concept: str = "c") -> Highlight:
    return Highlight(start=start, end=end, concept=concept)


def test_a_highlight_is_cut_at_its_marks() -> None:
    text = f"a {PAIR[0]}b{PAIR[1]} <c> {PAIR[0]}d{PAIR[1]}"
    assert highlighted(text) == [Piece("a "), Piece("b", "found"), Piece(" <c> "), Piece("d", "found")]


def test_marks_that_a_page_writes_itself_are_text() -> None:
    assert highlighted("\x02abc\x03 <em>x</em>") == [Piece("abc <em>x</em>")]


def test_paragraphs_keep_the_marks_that_lie_within_them() -> None:
    text = "Satu kerja sama.\n\n双方就合作交换意见。\n"
    found = paragraphs(text, [mark(5, 15), mark(21, 23, "d"), mark(14, 20)])
    assert found == [
        [Piece("Satu "), Piece("kerja sama", "c"), Piece(".")],
        [Piece("双方就"), Piece("合作", "d"), Piece("交换意见。")],
    ]


def test_of_two_marks_that_overlap_the_first_and_longer_one_is_taken() -> None:
    pieces = pieces_of("kota pintar", [mark(5, 11, "late"), mark(0, 4, "short"), mark(0, 11, "long")])
    assert pieces == [Piece("kota pintar", "long")]


@given(st.text(), st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30))))
def test_no_mark_loses_or_doubles_a_sign(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [mark(start, end) for start, end in spans]
    whole = "".join(piece.text for piece in pieces_of(text, []))
    assert "".join(piece.text for piece in pieces_of(text, marks)) == whole
