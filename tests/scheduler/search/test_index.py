"""The index: set up twice, changed under load, and strict."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, SearchError
from scheduler.search.index import lacking, setup, temporary
from scheduler.search.queries import search
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import SYNONYMS, count, document, rows

FOLDER = CONFIG / "elasticsearch"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CONFIG / "traditional.txt", tmp_path)
    return Path(shutil.copytree(FOLDER, tmp_path / "elasticsearch"))


def test_a_second_setup_changes_nothing(es: Client, alias: str) -> None:
    first = setup(es, alias, SYNONYMS, FOLDER)
    index_documents(es, alias, rows())

    assert setup(es, alias, SYNONYMS, FOLDER) == first == f"{alias}-000001"
    assert count(es, alias) == len(rows())


@pytest.mark.slow
def test_a_new_glossary_makes_the_next_version_and_loses_nothing(es: Client, alias: str) -> None:
    setup(es, alias, SYNONYMS, FOLDER)
    index_documents(es, alias, [*rows(), ("twice", 7, document("twice", "id", "Kapal selam", "Kapal selam."))])
    assert not search(es, alias, "submarine")

    assert setup(es, alias, [*SYNONYMS, "kapal selam, submarine"], FOLDER) == f"{alias}-000002"

    assert count(es, alias) == len(rows()) + 1
    assert [found.id for found in search(es, alias, "submarine")] == ["twice"]
    assert list(es.indices.get(index=f"{alias}-*")) == [f"{alias}-000002"]
    assert es.get(index=alias, id="twice")["_version"] == 7


@pytest.mark.slow
def test_search_answers_and_writes_are_kept_while_the_index_is_changed(es: Client, alias: str) -> None:
    setup(es, alias, SYNONYMS, FOLDER)
    index_documents(es, alias, rows())
    stop = threading.Event()
    written: list[str] = []
    answers: list[int] = []
    faults: list[Exception] = []

    def write() -> None:
        while not stop.is_set():
            name = f"new-{len(written)}"
            try:
                index_documents(
                    es, alias, [(name, 1, document(name, "id", "Tulisan baru", "Ditulis di tengah perubahan."))]
                )
            except SearchError as error:  # a write that is refused stays owed: try it again, as the index job does
                faults.append(error)
                continue
            written.append(name)

    def read() -> None:
        while not stop.is_set():
            try:
                answers.append(len(search(es, alias, "人工智能合作", limit=3)))
            except SearchError as error:
                faults.append(error)

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for round_ in range(3):
        setup(es, alias, [*SYNONYMS, f"kata{round_}, word{round_}"], FOLDER)
    stop.set()
    for thread in threads:
        thread.join()

    es.indices.refresh(index=alias)
    assert faults == []
    assert written
    assert set(answers) == {3}
    assert count(es, alias) == len(rows()) + len(written)


@pytest.mark.slow
def test_a_setup_that_was_stopped_half_way_is_taken_up_again(es: Client, alias: str) -> None:
    changed = [*SYNONYMS, "kapal selam, submarine"]
    setup(es, alias, changed, FOLDER)
    half = es.indices.get(index=f"{alias}-000001")[f"{alias}-000001"]
    es.indices.delete(index=f"{alias}-000001")
    setup(es, alias, SYNONYMS, FOLDER)
    index_documents(es, alias, rows())
    analysis = half["settings"]["index"]["analysis"]
    es.indices.create(index=f"{alias}-000002", settings={"analysis": analysis}, mappings=half["mappings"])
    es.indices.create(index=f"{alias}-000003", mappings={"_meta": {"mark": "of another glossary"}})

    assert setup(es, alias, changed, FOLDER) == f"{alias}-000002"

    assert count(es, alias) == len(rows())
    assert list(es.indices.get(index=f"{alias}-*")) == [f"{alias}-000002"]


@pytest.mark.slow
def test_two_setups_at_once_end_in_one_index(es: Client, alias: str) -> None:
    setup(es, alias, SYNONYMS, FOLDER)
    index_documents(es, alias, rows())
    names: list[str] = []
    faults: list[Exception] = []

    def change() -> None:
        try:
            names.append(setup(es, alias, [*SYNONYMS, "kata, word"], FOLDER))
        except SearchError as error:
            faults.append(error)

    threads = [threading.Thread(target=change) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert set(names) == {f"{alias}-000002"}
    assert list(es.indices.get(index=f"{alias}-*")) == [f"{alias}-000002"]
    assert count(es, alias) == len(rows())


def test_documents_that_do_not_fit_a_new_definition_leave_the_old_index_in_place(
    es: Client, alias: str, folder: Path
) -> None:
    setup(es, alias, SYNONYMS, folder)
    index_documents(es, alias, rows())
    definition = json.loads((folder / "releases.json").read_text())
    del definition["mappings"]["properties"]["stage"]
    (folder / "releases.json").write_text(json.dumps(definition))

    with pytest.raises(SearchError, match="do not fit the new definition"):
        setup(es, alias, SYNONYMS, folder)

    assert count(es, alias) == len(rows())
    assert list(es.indices.get_alias(index=alias)) == [f"{alias}-000001"]


def test_an_alias_is_asked_for_by_itself_since_others_delete_theirs_meanwhile(
    es: Client, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server with security answers 404 to a question about all its indexes when one of them goes meanwhile.
    name = setup(es, alias, SYNONYMS, FOLDER)
    asked: list[str] = []
    send = Client.perform_request

    def listen(client: Client, method: str, path: str, **options: Any) -> Any:
        asked.append(path)
        return send(client, method, path, **options)

    monkeypatch.setattr(Client, "perform_request", listen)

    assert lacking(es, [alias, f"{alias}-other"]) == [f"{alias}-other"]
    assert setup(es, alias, SYNONYMS, FOLDER) == name
    assert asked
    assert all(path.startswith(f"/{alias}") for path in asked), asked


def test_an_index_of_the_aliass_name_is_not_touched(es: Client, alias: str) -> None:
    es.indices.create(index=alias)

    with pytest.raises(SearchError, match="is an index of its own"):
        setup(es, alias, SYNONYMS, FOLDER)
    assert lacking(es, [alias]) == [alias], "it is no alias"


def test_a_synonym_that_the_engine_cannot_read_is_refused_in_one_sentence(es: Client, alias: str) -> None:
    with pytest.raises(SearchError) as caught:
        setup(es, alias, ["kerja sama, &"], FOLDER)

    assert "&" in str(caught.value) or "eliminated" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_definition_is_named(es: Client, alias: str, folder: Path) -> None:
    (folder / "releases.json").unlink()

    with pytest.raises(SearchError, match=r"releases\.json: cannot be read"):
        setup(es, alias, SYNONYMS, folder)


def test_the_mapping_names_exactly_the_documents_fields() -> None:
    mapping = json.loads((FOLDER / "releases.json").read_text(encoding="utf-8"))["mappings"]

    assert mapping["dynamic"] == "strict"
    assert set(mapping["properties"]) == set(document("x", "id", "t", "x"))


def test_a_temporary_index_is_gone_afterwards(es: Client) -> None:
    with temporary(es, SYNONYMS, FOLDER) as name:
        index_documents(es, name, rows())
        assert search(es, name, "AI cooperation")
        behind = list(es.indices.get(index=name))

    assert not es.indices.exists(index=behind[0])
