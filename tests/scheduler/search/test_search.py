"""Search across three languages, with highlights, phrases and filters."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, SearchError
from scheduler.search.index import setup
from scheduler.search.queries import OPEN, SHUT, alike, histogram, passages, search, search_query
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import SYNONYMS, count, document, rows

EVERYTHING = {"match_all": {}}


@pytest.fixture
def newsroom(es: Client, alias: str) -> str:
    setup(es, alias, SYNONYMS, CONFIG / "elasticsearch")
    index_documents(es, alias, rows())
    return alias


def ids(es: Client, alias: str, words: str, **filters: object) -> list[str]:
    return [found.id for found in search(es, alias, words, **filters)]


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", ["kerja sama kecerdasan buatan", "人工智能合作", "AI cooperation"])
def test_words_of_any_language_find_the_story_in_all_three(es: Client, newsroom: str, words: str) -> None:
    found = search(es, newsroom, words, limit=3)

    assert {one.id for one in found} == {"ai-id", "ai-zh", "ai-en"}
    by_id = {one.id: one for one in found}
    assert "<em>Kerja Sama Kecerdasan Buatan</em>" in by_id["ai-id"].marked_title.replace("</em> <em>", " ")
    assert "<em>人工智能合作</em>" in by_id["ai-zh"].marked_title.replace("</em><em>", "")
    assert "<em>AI cooperation</em>" in by_id["ai-en"].marked_title.replace("</em> <em>", " ")
    assert any("<em>人工智能</em>" in line or "<em>人工智能合作</em>" in line for line in by_id["ai-zh"].highlights)
    assert any("<em>artificial intelligence</em>" in line for line in by_id["ai-en"].highlights)


def test_kerja_sama_is_exact_as_a_phrase(es: Client, newsroom: str) -> None:
    extra = document("apart", "id", "Kerja keras", "Kerja keras dan hasil yang sama. Pekerja itu sama.")
    index_documents(es, newsroom, [("apart", 1, extra)])

    found = ids(es, newsroom, '"kerja sama"', limit=50)

    assert set(found) == {"ai-id", "cyber-id", "office-id"}


def test_a_quoted_chinese_phrase_is_not_broken_up(es: Client, newsroom: str) -> None:
    extra = document("india", "zh", "印度洋度假", "印象刘三姐。尼泊尔西边。")
    index_documents(es, newsroom, [("india", 1, extra)])

    assert "india" not in ids(es, newsroom, '"印度尼西亚"', limit=50)
    assert ids(es, newsroom, "“合作医疗”") == ["medical-zh"]


def test_traditional_characters_find_simplified_ones_and_the_other_way(es: Client, newsroom: str) -> None:
    extra = document("trad", "zh", "廣西與東盟開展數字貿易", "雙方將擴大數據中心建設。")
    index_documents(es, newsroom, [("trad", 1, extra)])

    assert ids(es, newsroom, '"廣西數據中心"') == ["centre-zh"]
    assert "trad" in ids(es, newsroom, '"数字贸易"')
    assert "<em>數字貿易</em>" in search(es, newsroom, '"数字贸易"')[0].marked_title


def test_width_dashes_and_quotes_make_no_difference(es: Client, newsroom: str) -> None:
    extra = document("wide", "zh", "５Ｇ＋ＡＩ应用", "Jalur Jakarta—Nanning, kata ‘Jum’at’.")
    index_documents(es, newsroom, [("wide", 1, extra)])

    assert "wide" in ids(es, newsroom, '"5g ai"')
    assert "wide" in ids(es, newsroom, '"Jakarta-Nanning"')
    assert "wide" in ids(es, newsroom, '"Jum\'at"')
    assert ids(es, newsroom, "ＣＹＢＥＲ ｓｅｃｕｒｉｔｙ")[0].startswith("cyber")


def test_a_single_character_is_found(es: Client, newsroom: str) -> None:
    assert set(ids(es, newsroom, "榴")) == {"fruit-zh"}


def test_inflected_words_are_found(es: Client, newsroom: str) -> None:
    assert "gamble-en" in ids(es, newsroom, "blocking sites")
    assert "talent-id" in ids(es, newsroom, "melatih pemuda")


def test_filters_narrow_the_search(es: Client, newsroom: str) -> None:
    late = document("late", "id", "Kerja sama baru", "Kerja sama.", date="2026-05-01", concepts=["cooperation"])
    index_documents(es, newsroom, [("late", 1, late)])

    assert ids(es, newsroom, "AI cooperation", lang="zh")[0] == "ai-zh"
    assert all(one.lang == "zh" for one in search(es, newsroom, "AI cooperation", lang="zh"))
    assert all(one.source == "komdigi" for one in search(es, newsroom, "AI", source="komdigi"))
    assert ids(es, newsroom, "cooperation", since=date(2026, 5, 1)) == ["late"]
    assert "late" not in ids(es, newsroom, "cooperation", until=date(2026, 4, 30))
    assert ids(es, newsroom, "cooperation", concept="cooperation") == ["late"]
    assert len(ids(es, newsroom, "Indonesia", limit=2)) == 2


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words",
    ['(((" AND NOT *:*', "title:* OR _exists_:url", "/.*/", "a\\", '"', "~ ^3 [1 TO 2", "%00\x00", "😀", "  、。 "],
)
def test_nothing_in_the_words_is_an_operator(es: Client, newsroom: str, words: str) -> None:
    assert len(ids(es, newsroom, words, limit=50)) < len(rows())


def test_without_words_the_newest_come_first(es: Client, newsroom: str) -> None:
    index_documents(
        es, newsroom, [("new", 1, document("new", "id", "Baru", "Baru.", published="2026-09-01T00:00:00+07:00"))]
    )

    assert ids(es, newsroom, " ", limit=1) == ["new"]


def test_an_endless_search_is_refused_in_one_sentence(es: Client, newsroom: str) -> None:
    with pytest.raises(SearchError, match="at most 500"):
        search(es, newsroom, "kata " * 1000)


@pytest.mark.slow
def test_a_long_search_is_answered(es: Client, newsroom: str) -> None:
    assert search(es, newsroom, ("人工智能合作" * 300)[:500])
    assert search(es, newsroom, ("kerja sama AI dengan Nanning " * 80)[:500])


def test_markup_of_a_page_does_not_come_through_as_a_highlight(es: Client, newsroom: str) -> None:
    page = document("fake", "id", "<b>Radar</b> & kapal", "Radar <em>palsu</em> \ue000 itu <script>.")
    index_documents(es, newsroom, [("fake", 1, page)])

    found = search(es, newsroom, "radar", marks=("\x02", "\x03"))[0]

    assert found.marked_title == "<b>\x02Radar\x03</b> & kapal"
    assert found.highlights == ("\x02Radar\x03 <em>palsu</em> \ue000 itu <script>.",)


@pytest.mark.slow
def test_a_very_long_text_is_found_and_highlighted(es: Client, newsroom: str) -> None:
    index_documents(
        es, newsroom, [("long", 1, document("long", "id", "Panjang", "Radar kapal. " + "kata lain. " * 120_000))]
    )

    assert "<em>Radar</em>" in search(es, newsroom, "radar")[0].highlights[0]


def test_a_rules_query_is_counted_sampled_and_spread_over_the_days(es: Client, newsroom: str) -> None:
    index_documents(
        es, newsroom, [("undated", 1, document("undated", "id", "Radar", "Radar.", date=None, published=None))]
    )
    rule = {"match_phrase": {"text": "合作"}}

    assert count(es, newsroom, rule) == 3
    assert {one.id for one in search_query(es, newsroom, rule, days=36500)} == {"ai-zh", "coop-zh", "medical-zh"}
    assert histogram(es, newsroom, EVERYTHING, 36500) == {"2026-03-26": len(rows()), "no date": 1}
    assert search_query(es, newsroom, rule, days=36500, limit=1)[0].highlights


def test_highlights_of_one_release_under_a_rules_query(es: Client, newsroom: str) -> None:
    rule = {"match_phrase": {"text": "人工智能"}}

    assert passages(es, newsroom, "ai-zh", rule)[0].count(f"{OPEN}人工智能{SHUT}") == 1
    assert passages(es, newsroom, "ai-id", rule) == ()


def test_a_title_typed_in_full_is_first_whatever_else_fits(es: Client, newsroom: str) -> None:
    title = "Kerja Sama AI di Nanning"
    louder = document("louder", "id", "Kerja Sama AI Nanning dan Kerja Sama AI", "Kerja sama AI di Nanning. " * 20)
    chinese = document("louder-zh", "zh", "南宁人工智能合作 人工智能合作", "南宁人工智能合作。" * 20)
    index_documents(
        es,
        newsroom,
        [("louder", 1, louder), ("louder-zh", 1, chinese), ("meant", 1, document("meant", "id", title, "Isi."))],
    )

    assert ids(es, newsroom, title)[0] == "meant"
    assert ids(es, newsroom, title.lower())[0] == "meant"
    assert ids(es, newsroom, "“Kerja Sama” AI di Nanning")[0] == "meant", "a title may hold quotes"


@pytest.mark.parametrize("words", ["合作", "kerja sama", "Kerja  Sama", "cooperation"])
def test_who_asks_for_cooperation_finds_what_is_held_for_it_by_whatever_words(
    es: Client, newsroom: str, words: str
) -> None:
    """F19: a signed memorandum is cooperation, though it does not say the word."""
    judged = {"cooperation": ["any", "any/possible", "any/likely"], "stage": "signed", "topics": ["ai"]}
    memorandum = document("signed", "id", "Teken Nota Kesepahaman Pelatihan", "Nota itu berlaku tiga tahun.", **judged)
    weak = memorandum | {"cooperation": ["any", "any/possible"]}
    index_documents(es, newsroom, [("signed", 1, memorandum), ("weak", 1, weak)])

    assert ids(es, newsroom, words, lang="id", topic="ai", stage="signed") == ["signed"]
    assert "signed" in ids(es, newsroom, words, topic="ai", limit=50)
    assert "weak" not in ids(es, newsroom, words, topic="ai", limit=50)
    assert ids(es, newsroom, f"{words} radar", topic="ai") == [], "together with other words it is a word"
    assert "signed" not in ids(es, newsroom, words, limit=50), "among all releases it is one, as in Kibana"


def test_what_is_found_tells_stage_parties_topics_and_how_many_there_are(es: Client, newsroom: str) -> None:
    marked = {"stage": "agreed", "topics": ["ai"], "parties": ["indonesia", "guangxi"], "evidence_sha256": "a" * 64}
    index_documents(es, newsroom, [("marked", 1, document("marked", "id", "Xylofon", "Xylofon.", **marked))])

    found = search(es, newsroom, "xylofon", party="guangxi", limit=1)
    assert (found.total, found[0].stage, found[0].topics) == (1, "agreed", ("ai",))
    assert (found[0].parties, found[0].sha256) == (("indonesia", "guangxi"), "a" * 64)
    assert search(es, newsroom, "xylofon", party="china").total == 0
    everything = search(es, newsroom, "", limit=3)
    assert len(everything) == 3
    assert everything.total == count(es, newsroom)


def test_a_search_is_ordered_by_day_when_that_is_asked_for(es: Client, newsroom: str) -> None:
    texts = {"2026-01-01": "Zanzibar Zanzibar Zanzibar", "2026-03-01": "Kata Zanzibar di antara banyak kata lain."}
    rows_ = [
        (f"z-{day}", 1, document(f"z-{day}", "id", "Z", text, date=day, published=f"{day}T00:00:00+07:00"))
        for day, text in texts.items()
    ]
    index_documents(es, newsroom, rows_)

    assert ids(es, newsroom, "zanzibar") == ["z-2026-01-01", "z-2026-03-01"]
    assert ids(es, newsroom, "zanzibar", newest_first=True) == ["z-2026-03-01", "z-2026-01-01"]


def test_alike_are_those_with_the_same_concepts_in_whatever_language(es: Client, newsroom: str) -> None:
    lines = ["ai signing guangxi indonesian-body", "digital-talent guangxi", "ai nanning"]
    one = document("one", "id", "Satu", "Isi.", lines=lines)
    other = document("other", "zh", "另一", "内容。", lines=lines[1:] + lines[:1])
    far = document("far", "id", "Satu", "Isi.", lines=["health malaysia", "medicine"])
    index_documents(es, newsroom, [("one", 1, one), ("other", 1, other), ("far", 1, far)])

    assert [found.id for found in alike(es, newsroom, "one")] == ["other"]
    assert alike(es, newsroom, "unknown") == []
