"""`match`: which rules given texts raise, on the real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scheduler.settings import ROOT
from tests.scheduler.cli.conftest import Pantau, index_of
from tests.workplace import wait_for

SHARED = ROOT.parent / "shared"
SEED_RULES = {"cooperation", "indonesia-guangxi", "indonesia-china"}
SEED_TOPICS = {"ai", "smart-city", "digital-talent", "digital-infrastructure"}


def saved(path: Path, *texts: dict[str, Any] | str) -> Path:
    lines = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in texts]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def text(name: str, title: str, body: str, lang: str) -> dict[str, Any]:
    return {"id": name, "title": title, "text": body, "lang": lang, "published": "2026-03-02", "source": "komdigi"}


SIGNED = text(
    "signed",
    "Semarang dan Liuzhou Teken Kerja Sama Bus Listrik",
    "Wali Kota Semarang dan pemerintah Liuzhou, Guangxi, menandatangani nota kesepahaman tentang bus listrik.",
    "id",
)
QUIET = text("quiet", "Jadwal Layanan Kantor Pos Selama Libur", "Kantor pos tutup pada hari Minggu.", "id")


def test_it_says_rules_stage_topics_and_the_sentences_that_did_it(with_engine: Pantau, tmp_path: Path) -> None:
    done = with_engine("match", saved(tmp_path / "texts.jsonl", SIGNED, "", QUIET), "--json")
    signed, quiet = done.lines
    assert done.code == 0
    assert set(signed) >= {"id", "rules", "level", "probability", "concepts", "stage", "topics", "highlights"}
    assert (signed["level"], quiet["level"]) == ("sure", None)
    assert signed["probability"] > 0.8 > 0.2 > quiet["probability"]
    assert set(signed["rules"]) >= SEED_RULES
    assert signed["stage"] == "signed"
    assert any("nota kesepahaman" in highlight["sentence"] for highlight in signed["highlights"])
    assert (quiet["rules"], quiet["stage"], quiet["highlights"]) == ([], "none", [])


def test_explained_it_shows_the_evidence_the_deal_and_each_decision(with_engine: Pantau, tmp_path: Path) -> None:
    texts = saved(tmp_path / "texts.jsonl", SIGNED, QUIET)
    signed, quiet = with_engine("match", "--explain", texts, "--json").lines
    decisions = {one["cooperation"]: one for one in signed["decisions"]}
    assert decisions["any"]["level"] == "sure"
    assert decisions["any"]["probability"] == signed["probability"]
    assert decisions["indonesia-guangxi"]["evidence"][0]["adds"]
    assert any("nota kesepahaman" in sentence for sentence in signed["deal"])
    assert (quiet["deal"], quiet["decisions"][0]["level"]) == ([], None)
    assert quiet["decisions"][0]["evidence"], "what speaks against it is shown too"

    shown = with_engine("match", "--explain", texts).out
    for said in ("deal: ", "any: sure", "indonesia-guangxi: ", "+", "cooperation (sure)"):
        assert said in shown
    assert "decisions" not in with_engine("match", texts, "--json").lines[0]


def test_a_bad_line_is_named_and_the_others_are_answered(with_engine: Pantau, tmp_path: Path) -> None:
    undated = {**SIGNED, "published": "last week"}
    done = with_engine("match", saved(tmp_path / "texts.jsonl", "{not json", undated, {"id": "x"}, SIGNED), "--json")
    assert (done.code, [one["id"] for one in done.lines]) == (2, ["signed"])
    for number in (1, 2, 3):
        assert f"line {number}:" in done.err


def test_nothing_is_stored_and_no_index_stays(with_engine: Pantau, es: Any, tmp_path: Path) -> None:
    own, others = index_of(tmp_path / "config"), ("test-", "pantau-test-", "pantau-roles-", "pantau-demo")

    def indexes() -> set[str]:
        return {name for name in es.indices.get(index="*") if name.startswith(own) or not name.startswith(others)}

    before = indexes()
    assert with_engine("match", saved(tmp_path / "texts.jsonl", SIGNED)).code == 0
    wait_for(lambda: not indexes() - before, seconds=60)  # another test may have one for a moment


def test_an_engine_that_does_not_answer_is_one_sentence_that_says_what_to_do(pantau: Pantau, tmp_path: Path) -> None:
    sentence = pantau("match", saved(tmp_path / "texts.jsonl", SIGNED), "--json").failed
    assert "http://127.0.0.1:1" in sentence
    assert "pantau node start" in sentence or "PANTAU_ELASTICSEARCH_URL" in sentence
    assert "nowhere" in pantau("match", tmp_path / "nowhere.jsonl").refused


@pytest.mark.skipif(not (SHARED / "seed").is_dir(), reason="the release that started it all lies beside the checkout")
def test_the_release_that_started_it_all_raises_its_rules_from_its_own_text(
    with_engine: Pantau, tmp_path: Path
) -> None:
    title, _, body = (SHARED / "seed" / "release-id.txt").read_text(encoding="utf-8").partition("\n")
    seed = {
        "id": "seed",
        "title": title,
        "text": body.strip(),
        "lang": "id",
        "published": "2025-03-25",
        "source": "kominfo",
    }
    (found,) = with_engine("match", saved(tmp_path / "seed.jsonl", seed), "--json").lines
    assert set(found["rules"]) >= SEED_RULES
    assert set(found["topics"]) >= SEED_TOPICS
    assert found["stage"] in {"agreed", "talks"}


def test_signs_that_only_look_like_line_ends_stay_in_their_line(with_engine: Pantau, tmp_path: Path) -> None:
    odd = {**SIGNED, "text": SIGNED["text"] + " Satu\u2028dua\u0085tiga."}

    done = with_engine("match", saved(tmp_path / "texts.jsonl", odd, QUIET), "--json")

    assert (done.code, [one["id"] for one in done.lines]) == (0, ["signed", "quiet"])
