"""Repairs before parsing."""

from __future__ import annotations

from crawler.extraction.repair import MAX_CHARACTERS, clean, repair


def test_early_ends_of_the_document_go():
    assert repair("<body>a</body></html><p>b</p></HTML >") == "<body>a<p>b</p>"


def test_control_characters_and_references_to_them_go():
    assert repair("a\x00b\x07c&#11;d&#x0;e&#27;f") == "abcdef"


def test_split_surrogates_become_one_character():
    assert repair("&#55357;&#56832;") == "😀"
    assert repair("&#55357; allein") == " allein"


def test_an_xml_declaration_does_not_reach_the_parser():
    assert repair('\ufeff<?xml version="1.0" encoding="GBK"?><html>') == "<html>"


def test_a_monstrous_tag_loses_its_attributes_and_a_monstrous_page_its_end():
    assert repair("<p " + "a='1' " * 9000 + ">x") == "<p>x"
    assert len(repair("x" * (MAX_CHARACTERS + 5))) == MAX_CHARACTERS


def test_clean_leaves_one_blank_between_words_and_nothing_invisible():
    assert clean("\u3000 标\u200b题\u00a0 文\u00ad字\ufeff ") == "标题 文字"


def test_joined_signs_stay_joined_and_stray_joiners_go():
    for sign in (
        "👩\u200d🔬",
        "👩🏽\u200d🔬",
        "🏳\ufe0f\u200d🌈",
        "👨\u200d👩\u200d👧",
        "\u0645\u06cc\u200c\u062e",
        "ꦏ꧀\u200dꦏ",
    ):
        assert clean(f"Ajang {sign} dibuka") == f"Ajang {sign} dibuka"
    assert clean("ka\u200dta 双\u200d方\u200c 👩\u200d kerja") == "kata 双方 👩 kerja"
