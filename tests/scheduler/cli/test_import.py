"""`import` and `search`: a saved page becomes a release that is found in all three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.cli.output import out
from scheduler.settings import ROOT
from tests.scheduler.cli.conftest import Pantau

CORPUS = ROOT.parent / "shared" / "corpus" / "pages"

INDONESIAN = """<!DOCTYPE html><html lang="id"><head><title>Padang dan Guilin Sepakat Kembangkan Kecerdasan Buatan
untuk Museum</title><meta property="article:published_time" content="2026-02-11T09:00:00+07:00">
<link rel="canonical" href="https://www.example.org/berita/padang-guilin"></head><body><article>
<h1>Padang dan Guilin Sepakat Kembangkan Kecerdasan Buatan untuk Museum</h1>
<p>Padang, 11 Februari 2026 – Pemerintah kota Padang dan Guilin sepakat mengembangkan kecerdasan buatan yang memandu
pengunjung museum dalam dua bahasa.</p><p>Kedua kota membentuk tim kecil yang bertemu setiap bulan.</p>
</article></body></html>"""
CHINESE = """<!DOCTYPE html><html lang="zh"><head><title>桂林市与巴东市商定合作开发博物馆导览系统</title>
<meta name="PubDate" content="2026-02-12 10:20:00"></head><body><h1>桂林市与巴东市商定合作开发博物馆导览系统</h1>
<div class="article-con"><p>2月11日，桂林市与印度尼西亚巴东市举行视频会谈，双方商定合作开发人工智能导览系统。</p>
<p>系统将用两种语言为观众讲解展品，首批在三座博物馆试用，明年春天向公众开放。</p></div></body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "padang.html", tmp_path / "guilin.html"]
    for path, body in zip(paths, (INDONESIAN, CHINESE), strict=True):
        path.write_text(body, encoding="utf-8")
    return paths


def test_a_saved_page_is_taken_matched_and_found_from_words_in_each_language(
    with_engine: Pantau, pages: list[Path]
) -> None:
    done = with_engine("import", *pages, "--json")
    assert done.code == 0
    assert [list(one) for one in done.lines] == [["path", "id", "kind", "outcome"]] * 2
    assert [one["outcome"] for one in done.lines] == ["new", "new"]
    ids = {one["id"] for one in done.lines}
    for words in ("kecerdasan buatan museum", "人工智能 博物馆", "artificial intelligence museum"):
        found = with_engine("search", words, "--json").lines
        assert {one["id"] for one in found} == ids, words
        assert list(found[0]) == ["id", "url", "title", "date", "source", "lang", "score", "highlights"]
        assert any("<em>" in highlight for one in found for highlight in one["highlights"]), words
    assert [one["outcome"] for one in with_engine("import", *pages, "--json").lines] == ["unchanged", "unchanged"]


def test_filters_narrow_a_search(with_engine: Pantau, pages: list[Path]) -> None:
    assert with_engine("import", *pages).code == 0

    def titles(*filters: str) -> list[str]:
        return [one["title"] for one in with_engine("search", "AI", *filters, "--json").lines]

    assert len(titles()) == 2
    assert [title[:6] for title in titles("--lang", "id")] == ["Padang"]
    assert [title[:3] for title in titles("--since", "2026-02-12")] == ["桂林市"]
    assert len(titles("--source", "import")) == 2, "what results name can be asked for"
    assert [title[:6] for title in titles("--until", "2026-02-11")] == ["Padang"]
    assert len(titles("--concept", "ai")) == 2
    assert len(titles("--limit", "1")) == 1
    assert titles("--until", "2020-01-01") == []


def test_the_nth_page_is_opened_or_its_address_printed(
    with_engine: Pantau, pages: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert with_engine("import", *pages).code == 0
    address = "https://www.example.org/berita/padang-guilin"
    assert with_engine("search", "museum", "--lang", "id", "--open", "1").out == f"{address}\n"
    opened: list[str] = []
    monkeypatch.setattr("click.launch", lambda url: opened.append(url) or 0)
    monkeypatch.setattr(type(out), "is_terminal", True)
    assert with_engine("search", "museum", "--lang", "id", "--open", "1").out == ""
    assert opened == [address]
    assert "only 1 found" in with_engine("search", "museum", "--lang", "id", "--open", "2").err
    assert "imported from a file" in with_engine("search", "博物馆", "--lang", "zh", "--open", "1").err
    assert "beyond --limit 5" in with_engine("search", "museum", "--open", "6", "--limit", "5").refused


def test_what_goes_into_a_pipe_is_plain(with_engine: Pantau, pages: list[Path]) -> None:
    assert with_engine("import", *pages).code == 0
    shown = with_engine("search", "museum").out
    assert shown.startswith("Padang dan Guilin")
    assert "\x1b" not in shown


def test_a_file_that_is_no_page_is_named_and_the_others_are_taken(
    with_engine: Pantau, pages: list[Path], tmp_path: Path
) -> None:
    paper = tmp_path / "paper.html"
    paper.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    done = with_engine("import", paper, tmp_path / "nowhere.html", pages[0], "--json")
    assert (done.code, [one["outcome"] for one in done.lines]) == (2, ["failed", "failed", "new"])
    assert all(one["reason"] for one in done.lines[:2])
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "last week"), "'last week' is not a day"),
        (("--source", "gxfz"), "did you mean gxzf"),
        (("--lang", "fr"), "'fr'"),
        (("--limit", "0"), "0"),
    ],
)
def test_a_wrong_filter_is_one_sentence(pantau: Pantau, words: tuple[str, ...], said: str) -> None:
    assert said in pantau("search", "AI", *words).refused


def test_without_an_engine_the_sentence_names_it(pantau: Pantau) -> None:
    assert "http://127.0.0.1:1" in pantau("search", "AI", "--json").failed


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real pages lie beside the checkout")
def test_all_real_pages_are_indexed_and_found_with_highlights(with_engine: Pantau) -> None:
    paths = sorted(CORPUS.glob("*.html.gz"))
    done = with_engine("import", *paths, "--json")
    taken = [one for one in done.lines if one["outcome"] in ("new", "revised", "unchanged")]
    assert [one["path"] for one in done.lines] == [str(path) for path in paths]
    assert all(one.get("reason") for one in done.lines if one not in taken)
    assert len(taken) >= 44
    for words, lang in (("教育", "zh"), ("记者 报道", "zh"), ("pendidikan", "id"), ("masyarakat", "id")):
        found = with_engine("search", words, "--lang", lang, "--json").lines
        assert found, words
        assert any("<em>" in highlight for highlight in found[0]["highlights"]), words
