"""Bodies that are cut, packed without a word, or packed in a way that nobody asked for."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from scrapy import Request, Spider
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.bodies import UnknownEncodingError, WholeBodies

PAGE = b"<html><body>" + b"".join(b"<p>baris nomor %d dari dermaga timur</p>" % number for number in range(4000))
URL = "http://contoh.go.id/b/0"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "DEFLATE": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.fixture
def bodies() -> WholeBodies:
    crawler = get_crawler(Spider, {"DOWNLOAD_MAXSIZE": 1024 * 1024})
    return WholeBodies.from_crawler(crawler)


def unpacked(bodies: WholeBodies, body: bytes, encoding: str | None = None) -> Response:
    headers = {"Content-Type": "text/html"} | ({"Content-Encoding": encoding} if encoding else {})
    answer = bodies.process_response(Request(URL), Response(URL, body=body, headers=headers))
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("encoding", PACKERS)
def test_what_is_whole_is_unpacked(bodies: WholeBodies, encoding: str) -> None:
    assert unpacked(bodies, PACKERS[encoding](PAGE), encoding.lower()).body == PAGE


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("left", [0.5, 0.9])
def test_what_is_cut_is_no_page(bodies: WholeBodies, encoding: str, left: float) -> None:
    packed = PACKERS[encoding](PAGE)
    with pytest.raises((ResponseDataLossError, brotli.error)):
        unpacked(bodies, packed[: int(len(packed) * left)], encoding.lower())


def test_a_body_in_several_pieces_is_whole_and_its_last_piece_may_be_cut(bodies: WholeBodies) -> None:
    pieces = gzip.compress(PAGE[:5000]) + gzip.compress(PAGE[5000:])
    assert unpacked(bodies, pieces, "gzip").body == PAGE
    with pytest.raises(ResponseDataLossError):
        unpacked(bodies, pieces[:-200], "gzip")


@pytest.mark.parametrize("encoding", ["compress", "exi", "gzip, compress"])
def test_an_encoding_that_nobody_can_undo_is_named(bodies: WholeBodies, encoding: str) -> None:
    with pytest.raises(UnknownEncodingError, match=r"compress|exi"):
        unpacked(bodies, b"\x1f\x9d garbage", encoding)


@pytest.mark.parametrize("encoding", ["identity", None])
def test_what_is_not_packed_is_left_as_it_is(bodies: WholeBodies, encoding: str | None) -> None:
    assert unpacked(bodies, PAGE, encoding).body == PAGE


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_that_is_packed_without_a_word_is_unpacked(bodies: WholeBodies, times: int) -> None:
    packed = PAGE
    for _ in range(times):
        packed = gzip.compress(packed)
    answer = unpacked(bodies, packed)
    assert answer.body == PAGE
    assert isinstance(answer, HtmlResponse)
    assert unpacked(bodies, gzip.compress(gzip.compress(PAGE)), "gzip").body == PAGE


def test_an_archive_that_is_offered_for_download_stays_one(bodies: WholeBodies) -> None:
    archive = gzip.compress(b"ustar\0" * 100)
    assert unpacked(bodies, archive).body == archive


def test_a_page_cut_within_what_is_packed_without_a_word_is_no_page(bodies: WholeBodies) -> None:
    with pytest.raises(ResponseDataLossError):
        unpacked(bodies, gzip.compress(PAGE)[:-300])


def test_an_empty_body_is_nothing_to_unpack(bodies: WholeBodies) -> None:
    assert unpacked(bodies, b"", "gzip").body == b""
