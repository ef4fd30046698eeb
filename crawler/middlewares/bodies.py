"""Bodies as they were meant: unpacked, also where the site does not say that they are packed, and whole."""

from __future__ import annotations

import zlib

import brotli  # type: ignore[import-untyped]
from backports import zstd
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

GZIP = b"\x1f\x8b\x08"
DEEPEST = 2  # times that a body is packed without a word


class UnknownEncodingError(IgnoreRequest):
    """A body that is packed in a way that nobody asked for and that cannot be undone."""


class WholeBodies(HttpCompressionMiddleware):
    """Scrapy's unpacking, which gives what it can: here a body that is cut, or still packed, is no page."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Unpack a response. Raises ResponseDataLossError if it is cut, UnknownEncodingError if it cannot be."""
        if not response.body:
            return response
        unpacked = super().process_response(request, response)
        if isinstance(unpacked, Request):
            return unpacked
        if still := b", ".join(unpacked.headers.getlist("Content-Encoding")).decode("latin-1"):
            raise UnknownEncodingError(f"its encoding cannot be undone: {still}")
        return self._unlabelled(unpacked, request.meta.get("download_maxsize", self._max_size))

    @staticmethod
    def _split_encodings(content_encoding: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Leave out the encoding that is none."""
        named = [name.strip().lower() for line in content_encoding for name in line.split(b",")]
        return HttpCompressionMiddleware._split_encodings([name for name in named if name not in (b"identity", b"")])

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        """Undo one encoding. Raises ResponseDataLossError for a body without its end."""
        page = HttpCompressionMiddleware._decode(body, encoding, max_size)
        if not _is_whole(body, encoding, len(page)):
            raise ResponseDataLossError
        return page

    def _unlabelled(self, response: Response, most: int) -> Response:
        """Unpack a page that is packed without a word; an archive stays what it is."""
        page = response.body
        for _ in range(DEEPEST):
            if page.startswith(GZIP):
                page = self._decode(page, b"gzip", most)
        if page is response.body or b"<" not in page[:2000] or b"\0" in page[:2000]:
            return response
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=page)
        return response.replace(body=page, cls=kind)


def _is_whole(body: bytes, encoding: bytes, length: int) -> bool:
    """Whether a packed body has its end. What its last bytes say is believed; else it is unpacked once more."""
    if encoding in (b"gzip", b"x-gzip"):
        if int.from_bytes(body[-4:], "little") == length % 2**32:
            return True
        return _has_ended(body, zlib.MAX_WBITS | 16)
    if encoding == b"deflate":
        return _has_ended(body, zlib.MAX_WBITS) or _has_ended(body, -zlib.MAX_WBITS)
    if encoding == b"br":
        reader = brotli.Decompressor()
        reader.process(body)
        return bool(reader.is_finished())
    reader = zstd.ZstdDecompressor()
    reader.decompress(body)
    return reader.eof


def _has_ended(body: bytes, bits: int) -> bool:
    while body:
        reader = zlib.decompressobj(bits)
        try:
            reader.decompress(body)
        except zlib.error:
            return False
        if not reader.eof:
            return False
        body = reader.unused_data if reader.unused_data.startswith(GZIP) else b""
    return True
