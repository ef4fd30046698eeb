"""Near-copies are linked both ways, across sources; what only a template makes alike is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.release import Release
from scheduler.stories.near_copies import ALIKE, NearCopies, numbers_in, similarity
from scheduler.stories.near_copies import copies as links
from tests.crawler.store.test_store import release
from tests.database import open_store

ORIGINAL = (
    "Kementerian membuka pusat data kedua di Batam pada Selasa. Gedung seluas 12.500 meter persegi itu menampung "
    "3.200 rak server dan memakai daya 24 megawatt. Menurut pejabat kementerian, pusat data ini mulai melayani "
    "instansi pemerintah pada Oktober, setelah uji beban selama 90 hari."
)
RETOLD = "Batam, Selasa - " + ORIGINAL.replace("Menurut pejabat kementerian, p", "P") + " Sumber: kementerian."
AUCTION = (
    "第{}号公告：本单位定于{}月{}日上午在交易中心公开拍卖办公设备一批，起拍价{}元，保证金{}元，"
    "请有意者携带有效证件前往服务窗口报名参加，逾期不予受理。拍卖前可到现场看样，所有设备均按现状交付，"
    "成交后买受人应当在规定期限内付清全部价款并自行拆卸运走。"
)


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[NearCopies]:
    store = open_store(tmp_path)
    yield NearCopies(store.engine)
    store.engine.dispose()


def told(name: str, text: str, source: str = "situs") -> Release:
    return dataclasses.replace(release(name), text=text, title="Judul", source=source)


def of(near: NearCopies, release_id: str) -> list[str]:
    with near.engine.connect() as connection:
        return list(connection.scalars(select(links.c.copy_id).where(links.c.release_id == release_id)))


def test_a_retold_release_of_another_source_is_linked_both_ways(copies: NearCopies) -> None:
    assert copies.relate([told("a", ORIGINAL), told("b", RETOLD, "lain")]) == 1
    assert of(copies, "id-a") == ["id-b"]
    assert of(copies, "id-b") == ["id-a"]


def test_two_notices_from_one_template_are_not_copies(copies: NearCopies) -> None:
    one, two = AUCTION.format(3, 5, 17, 86000, 5000), AUCTION.format(9, 11, 28, 41500, 2000)
    assert similarity(one, two) > ALIKE
    assert copies.relate([told("a", one), told("b", two)]) == 0


def test_an_edit_renews_the_links(copies: NearCopies) -> None:
    copies.relate([told("a", ORIGINAL), told("b", RETOLD)])
    copies.relate([told("b", "Sama sekali lain: lomba menulis surat bagi siswa sekolah dasar di seluruh provinsi.")])
    assert of(copies, "id-a") == []
    copies.relate([told("b", RETOLD)])
    copies.relate([told("b", RETOLD)])
    assert len(of(copies, "id-a")) == 1


def test_short_texts_are_never_copies(copies: NearCopies) -> None:
    assert copies.relate([told("a", "停水公告"), told("b", "停水公告")]) == 0


def test_numbers_are_compared_however_they_are_written() -> None:
    assert numbers_in("Rp12.500 dan ２４ MW") == {"12500", "24"}
    assert numbers_in("12,500") == {"12500"}
