"""The summary of a release and the meaning of its words, in each reader's language, from the glossary's marks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scheduler.language.glossary import Glossary
from scheduler.ledger.model import Item
from scheduler.mail.summary import Summarizer
from scheduler.mail.words import LANGUAGES, meanings, words
from tests.scheduler.mail.case import hit, release

DAY = datetime(2025, 9, 1, tzinfo=UTC)


def summary(glossary: Glossary | None, language: str, title: str, text: str = "", **details: Any) -> str:
    lang = "zh" if any(sign > "\u2fff" for sign in title) else "id"
    one = release(1, title=title, text=text, lang=lang, published=DAY, source="gxzf" if lang == "zh" else "komdigi")
    item = Item(release_id="r0001", revision=1, hits=(hit(1, **details),))
    return Summarizer(language, glossary).summary(item, one, [text] if text else []).sentence


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "Wei Tao (Chairman of Guangxi) met guests from Indonesia; trade"),
        ("id", "Wei Tao (Ketua Pemerintah Guangxi) bertemu dengan tamu dari Indonesia; perdagangan"),
        ("zh", "广西主席韦韬会见印度尼西亚客人；贸易"),
    ],
)
def test_a_courtesy_call_is_told_with_the_host_and_the_guests(glossary: Glossary, language: str, wanted: str) -> None:
    title = "韦韬会见印度尼西亚客人"
    for parties in (["indonesia", "guangxi"], ["indonesia", "guangxi", "china"]):
        assert summary(glossary, language, title, stage="talks", topics=["trade"], parties=parties) == wanted


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "Indonesia’s Communication Ministry and Nanning (Guangxi) signed an agreement; AI"),
        ("id", "Komdigi dan Nanning (Guangxi) menandatangani kesepakatan; AI"),
        ("zh", "印度尼西亚通信与数字部与广西签署协议；人工智能"),
    ],
)
def test_a_signing_names_bodies_and_places_in_the_readers_language(
    glossary: Glossary, language: str, wanted: str
) -> None:
    title = "Komdigi dan Nanning Teken Nota Kesepahaman"
    told = summary(glossary, language, title, stage="signed", topics=["ai"], parties=["indonesia", "guangxi"])
    assert told in (wanted, wanted.replace("Nanning (Guangxi)", "Guangxi"))


@pytest.mark.parametrize("stage", ["talks", "agreed", "signed", "under-way", "ended", "none"])
@pytest.mark.parametrize(
    ("language", "parties"), [("en", ("Laos", "Germany")), ("id", ("Laos", "Jerman")), ("zh", ("老挝", "德国"))]
)
def test_every_stage_has_its_sentence_without_a_glossary_too(
    language: str, parties: tuple[str, str], stage: str
) -> None:
    told = summary(None, language, "Judul", stage=stage, topics=[], parties=["laos", "germany"])
    assert all(party in told for party in parties)
    assert (stage == "none") == (told == words(language).summaries["none"].format(who=parties[0], whom=parties[1]))


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("雅加达特区代表团访桂 双方探讨城市大脑建设", "Jakarta (Indonesia) and Guangxi held talks"),
        ("农生文率团访问雅加达", "Nong Shengwen (Party secretary of Nanning) and Jakarta (Indonesia) held talks"),
        ("Komdigi Terima Delegasi Guangxi", "Indonesia’s Communication Ministry met guests from Guangxi"),
    ],
)
def test_who_the_guest_was_is_said_only_where_the_title_says_who_received_whom(
    glossary: Glossary, title: str, wanted: str
) -> None:
    assert summary(glossary, "en", title, stage="talks", topics=[], parties=["indonesia", "guangxi"]) == wanted


def test_two_bodies_at_home_are_the_two_sides(glossary: Glossary) -> None:
    title = "Komdigi dan Kementan Sepakati Kerja Sama Data"
    details = {"stage": "agreed", "topics": ["data"], "parties": ["indonesia", "domestic"]}
    assert summary(glossary, "en", title, **details) == (
        "Indonesia’s Communication Ministry and Indonesia’s Agriculture Ministry agreed to cooperate; data"
    )
    told = summary(glossary, "id", "Kerja Sama", **details)
    assert told == "Indonesia dan lembaga dalam negeri sepakat bekerja sama; data"


def test_without_parties_the_topics_are_the_summary(glossary: Glossary) -> None:
    assert summary(glossary, "id", "Judul", stage="none", topics=["ai", "trade"], parties=[]) == "AI, perdagangan"


def said(glossary: Glossary, language: str, *found: str) -> list[str]:
    return list(Summarizer(language, glossary).meanings(found))


def test_marked_words_are_explained_to_a_reader_of_another_language(glossary: Glossary) -> None:
    assert said(glossary, "id", "会见", "印度尼西亚", "韦韬", "棉兰") == [
        "会见 = pertemuan", "印度尼西亚 = Indonesia", "韦韬 = Wei Tao", "棉兰 = Medan",
    ]  # fmt: skip
    assert said(glossary, "en", "簽署", "合作", "Jepang", "teken") == [
        "簽署 = sign", "合作 = cooperation", "Jepang = Japan", "teken = sign",
    ]  # fmt: skip
    assert said(glossary, "zh", "Nanning", "kerja sama", "MoU", "Komdigi") == [
        "Nanning = 南宁", "kerja sama = 合作", "MoU = 谅解备忘录", "Komdigi = 印度尼西亚通信与数字部",
    ]  # fmt: skip


def test_what_cannot_be_told_rightly_or_needs_no_telling_is_left_out(glossary: Glossary) -> None:
    assert said(glossary, "en", "Medan", "Indonesia", "memorandum", "建设", "Tokyo", "东京", "xyz") == []
    assert said(glossary, "id", "Tokyo", "Badan Pengembangan SDM Komdigi") == []


def test_four_words_are_explained_at_most(glossary: Glossary) -> None:
    assert len(said(glossary, "id", "会见", "签署", "合作", "代表团", "双方", "两国")) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_has_two_meanings(language: str) -> None:
    import tomllib

    from scheduler.mail.words import FOLDER

    rows = tomllib.loads((FOLDER / "meanings.toml").read_text(encoding="utf-8"))["rows"]
    listed = [word for row in rows for word in row[language]]
    assert len(set(listed)) == len(listed)
    assert all(set(row) == set(LANGUAGES) for row in rows)
    assert meanings(language)


def test_names_of_reasons_are_told_in_the_readers_script(glossary: Glossary) -> None:
    named = {language: Summarizer(language, glossary).name for language in LANGUAGES}
    assert named["zh"]("wei-tao") == "韦韬"
    assert named["id"]("wei-tao") == "Wei Tao"
    assert named["zh"]("Medan") == "棉兰"
    assert named["en"]("Komdigi") == "Indonesia’s Communication Ministry"
    assert named["en"]("somebody-unknown") == "Somebody Unknown"
    assert [named[language]("Guangxi Medical University") for language in LANGUAGES] == [
        "Guangxi Medical University", "Universitas Kedokteran Guangxi", "广西医科大学",
    ]  # fmt: skip
    assert [named[language]("Universitas Udayana") for language in LANGUAGES] == [
        "Udayana University", "Universitas Udayana", "乌达雅纳大学",
    ]  # fmt: skip
