"""Pieces of HTML that an API gives."""

from __future__ import annotations

from crawler.extraction.page import extract_fragment
from crawler.release import Kind, Precision
from crawler.source import Source
from tests.crawler.extraction.wording import ID_FIRST, ID_SECOND, ID_TEXT

SOURCE = Source(
    name="komdigi", title="Komdigi", spider="komdigi", country="id", language="id", timezone="Asia/Jakarta",
    home="https://www.komdigi.go.id",
    listings=("https://web.komdigi.go.id/api?page=1",), allowed_hosts=("web.komdigi.go.id",),
)  # fmt: skip
URL = "https://www.komdigi.go.id/berita/siaran-pers/detail/x"


def test_an_api_body_becomes_an_article_in_the_sources_zone():
    html = f'<p style="margin-left:0in">Siaran Pers No. 138/HM-KKD/3/2025</p>{ID_TEXT}<p>&nbsp;</p>'
    got = extract_fragment(
        html, title="Menteri\u00a0 Terima <i>Tamu</i>", url=URL, published="2025-03-26 23:06:00", source=SOURCE
    )
    assert (got.kind, got.title, got.date_source, got.lang) == (Kind.ARTICLE, "Menteri Terima Tamu", "API", "id")
    assert got.published is not None
    assert (got.published.isoformat(), got.precision) == ("2025-03-26T23:06:00+07:00", Precision.SECOND)
    assert got.text == f"Siaran Pers No. 138/HM-KKD/3/2025\n{ID_FIRST}\n{ID_SECOND}"
    assert got.number == "138/HM-KKD/03/2025"


def test_a_short_body_is_taken_as_it_is_and_an_empty_one_is_empty():
    assert (
        extract_fragment("Rilis singkat.", title="J", url=URL, published=None, source=SOURCE).text == "Rilis singkat."
    )
    assert extract_fragment("", title="J", url=URL, published=None, source=SOURCE).kind is Kind.EMPTY


def test_conflicts_are_seen_here_too():
    html = f"<p>Jakarta, Selasa (25/3) – {ID_FIRST}</p>"
    got = extract_fragment(html, title="J", url=URL, published="2024-03-25 09:00:00", source=SOURCE)
    assert "fits 2025-03-25" in (got.date_conflict or "")
