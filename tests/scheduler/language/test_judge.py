"""The judge: the shipped weights are what the training wrote, and what each kind of release comes to."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.language.evidence import masked
from scheduler.language.glossary import Glossary
from scheduler.language.judge import WEIGHTS, Judge, Level, load_judge
from scheduler.language.marks import marks
from scheduler.language.reading import read
from scheduler.search.document import Marks
from scheduler.settings import ROOT

MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def told(glossary: Glossary, judge: Judge, title: str, text: str, source: str) -> Marks:
    return marks(glossary, judge, read(glossary, title=title, text=text, published=None, source=source))[0]


def test_the_shipped_weights_are_what_this_code_learnt() -> None:
    training = importlib.import_module("tests.benchmarks.train_alerts")
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    head = shipped.pop("trained")

    assert head["weights"] == training.weights_digest(shipped)
    assert head["code"] == training.digest(*training.CODE, Path(training.__file__)), "the code changed: make train"
    assert head["glossary"] == training.digest(*training.GLOSSARY), "the glossary changed: make train"
    for path in training.OURS:
        assert head["inputs"][f"{path.parent.name}/{path.name}"] == training.digest(path), f"{path.name}: make train"
    assert WEIGHTS.stat().st_size < MOST_BYTES


@pytest.mark.skipif(not os.environ.get("PANTAU_TRAINING_TEXTS"), reason="the real texts lie outside the repository")
@pytest.mark.timeout(1200)
def test_training_writes_the_shipped_file_byte_for_byte() -> None:
    training = importlib.import_module("tests.benchmarks.train_alerts")
    more = [Path(path) for path in os.environ["PANTAU_TRAINING_TEXTS"].split(":")]

    assert training.trained([*training.OURS, *more]) == WEIGHTS.read_text(encoding="utf-8")


EVIDENCE = """
import json, sys
from pathlib import Path
from scheduler.language.deal import deal
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reading import read
from scheduler.language.topics import topic_evidence
glossary, judge = load_glossary(Path(sys.argv[1])), load_judge()
for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()[:60]:
    one = json.loads(line)
    lines = read(glossary, title=one["title"], text=one["text"], published=None, source=one["source"])
    wide = deal(judge, lines, wide=True)
    print(wide, json.dumps(topic_evidence(glossary, lines, wide), sort_keys=True))
"""


@pytest.mark.slow
def test_the_evidence_is_the_same_whatever_order_python_gives_to_sets() -> None:
    inputs = (str(ROOT / "config" / "glossary.toml"), str(ROOT / "tests" / "scheduler" / "rules" / "news.jsonl"))
    found = [
        subprocess.run(
            [sys.executable, "-c", EVIDENCE, *inputs],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] != ""


def test_a_file_that_is_no_weights_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text('{"cooperation": {}}', encoding="utf-8")

    with pytest.raises(ValueError, match="make train"):
        load_judge(tmp_path / "weights.json")


@pytest.mark.parametrize(
    ("source", "title", "text"),
    [
        ("gxzf", "国家领导人致电祝贺印尼新总统就职", "贺电说，中印尼是友好邻邦，愿推动两国关系迈上新台阶。"),
        ("komdigi", "Menlu Sambut Kedatangan Perdana Menteri Laos", "Tamu negara disambut pasukan jajar kehormatan."),
        ("nanning-en", "Beijing imposes duties on steel from Indonesia", "The ministry ended its review on Monday."),
        ("komdigi", "Dirjen Tegur Dua Operator Seluler", "Operator wajib memperbaiki layanan dalam tujuh hari."),
        ("gxzf", "加沙停火谈判未取得进展", "斡旋方表示，各方分歧依旧，以军继续空袭。"),
        ("komdigi", "Kementerian PU Rampungkan Jembatan di Flores", "Jembatan dibangun dengan dana APBN."),
    ],
)
def test_protocol_disputes_regulators_war_and_own_works_are_no_cooperation(
    glossary: Glossary, judge: Judge, source: str, title: str, text: str
) -> None:
    levels = told(glossary, judge, title, text, source).levels

    assert levels.get("any") in (None, Level.POSSIBLE)
    assert levels.get("indonesia-china") in (None, Level.POSSIBLE)


@pytest.mark.parametrize(
    ("source", "title", "text", "pairs"),
    [
        (
            "komdigi",
            "Universitas Sriwijaya dan Universitas Guangxi Teken Nota Kesepahaman",
            "Kedua universitas menandatangani nota kesepahaman tentang pertukaran mahasiswa di Nanning.",
            {"indonesia-guangxi", "indonesia-china", "international"},
        ),
        (
            "gxzf",
            "广西与印尼签署港口合作协议",
            "双方代表在南宁签署协议，将共同开行航线。",
            {"indonesia-guangxi", "indonesia-china"},
        ),
        (
            "komdigi",
            "Indonesia dan Bulgaria Teken Kerja Sama Siber",
            "Naskah ditandatangani di Sofia.",
            {"international"},
        ),
        ("komdigi", "Komdigi dan Kemenkes Teken Nota Kesepahaman", "Kedua kementerian berbagi data.", {"domestic"}),
    ],
)
def test_who_cooperates_with_whom_is_told_by_pairs(
    glossary: Glossary, judge: Judge, source: str, title: str, text: str, pairs: set[str]
) -> None:
    levels = told(glossary, judge, title, text, source).levels

    assert {name for name, level in levels.items() if level != Level.POSSIBLE} >= pairs | {"any"}
    if "domestic" in pairs:
        assert levels.get("international") in (None, Level.POSSIBLE)


@pytest.mark.parametrize(
    ("source", "title", "text", "pair"),
    [
        (
            "gxzf",
            "中国—东盟粮食安全合作会议在雅加达举行",
            "会议9日在雅加达的东盟秘书处举行。中国与东盟商定交换储备数据。新加坡代表主持会议。",
            "",
        ),
        (
            "nanning-en",
            "ASEAN and China agree on port data in Jakarta",
            "Officials of ASEAN and China met in Jakarta and agreed to share port data. Thailand led the talks.",
            "",
        ),
        (
            "gxzf",
            "印尼与中国农业部门在雅加达商定粮食合作",
            "印尼农业部与中国农业农村部9日在雅加达会谈，商定共建粮仓。",
            "indonesia-china",
        ),
    ],
)
def test_the_place_where_others_meet_is_no_side(
    glossary: Glossary, judge: Judge, source: str, title: str, text: str, pair: str
) -> None:
    levels = told(glossary, judge, title, text, source).levels

    assert levels["any"] != Level.POSSIBLE
    assert (levels.get("indonesia-china") in (Level.SURE, Level.LIKELY)) is bool(pair)


@pytest.mark.parametrize(
    ("source", "title", "text", "pairs"),
    [
        (
            "gxzf",
            "广西企业与印尼公司终止合作协议",
            "双方解除合资协议，项目不再实施。",
            {"indonesia-guangxi", "indonesia-china"},
        ),
        (
            "komdigi",
            "Kerja Sama dengan Vendor Tiongkok Dihentikan",
            "Kominfo mengakhiri kontrak itu.",
            {"indonesia-china"},
        ),
    ],
)
def test_an_ending_is_told_by_its_pair_and_is_no_cooperation(
    glossary: Glossary, judge: Judge, source: str, title: str, text: str, pairs: set[str]
) -> None:
    levels = told(glossary, judge, title, text, source).levels

    assert set(levels) >= {"ended"} | pairs
    assert "any" not in levels


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Pasukan Ditarik sesuai Perjanjian", "Gencatan senjata antara kedua negara berakhir, perjanjian dibatalkan."),
        ("Kontrak pelatih kepala diakhiri", "Federasi mengakhiri kontrak pelatih kepala tim nasional."),
    ],
)
def test_troops_and_coaches_end_no_cooperation(glossary: Glossary, judge: Judge, title: str, text: str) -> None:
    assert "ended" not in told(glossary, judge, title, text, "komdigi").levels


def test_actors_are_one_word_whatever_their_name(glossary: Glossary) -> None:
    one, other = (
        read(glossary, title=title, text="", published=None, source="komdigi")[0]
        for title in ("Komdigi dan UNICEF luncurkan peta", "Universitas Cempaka dan PT Nirwana luncurkan peta")
    )

    assert masked(one) == masked(other) == ["ORG", "dan", "ORG", "luncurkan", "peta"]
