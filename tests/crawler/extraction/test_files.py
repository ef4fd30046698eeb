"""Which addresses of a page are files."""

from __future__ import annotations

import pytest

from crawler.extraction.files import attachments
from crawler.extraction.parsed_page import parse

HOST = "https://www.contoh.gov.cn"


def found(html: str) -> list[str]:
    return list(attachments(parse(f"<html><body>{html}</body></html>", f"{HOST}/xw/a1.html")))


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ('<a href="/a.PDF">x</a>', "/a.PDF"),
        ('<a href="b.ofd?v=2">x</a>', "/xw/b.ofd?v=2"),
        ('<a href="/downfile.jsp?classid=0&filename=be5f.pdf">名单</a>', "/downfile.jsp?classid=0&filename=be5f.pdf"),
        ('<a href="/download.php?file=laporan.pdf">Unduh</a>', "/download.php?file=laporan.pdf"),
        ('<a href="/get?id=7&name=a.docx">x</a>', "/get?id=7&name=a.docx"),
        ('<a href="/api/file/9a" download="申报表.docx">申报表</a>', "/api/file/9a"),
        ('<a href="/api/file/9a" download>申报表</a>', "/api/file/9a"),
        ('<a href="/unduh/12">Pengumuman Hasil.pdf</a>', "/unduh/12"),
        ('<a href="/unduh/12">附件1：名单.xlsx（35 KB）</a>', "/unduh/12"),
        ('<iframe src="/pdfjs/web/viewer.html?file=/upload/a.pdf"></iframe>', "/upload/a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=%2Fupload%2Fb.pdf"></iframe>', "/upload/b.pdf"),
    ],
)
def test_a_file_is_known_by_its_path_its_query_or_what_its_link_says(link: str, address: str):
    assert found(link) == [HOST + address]


@pytest.mark.parametrize(
    "link",
    ['<a href="/berita?id=12">Laporan</a>', '<a href="/foto.jpg" download>Foto</a>', '<a href="#" download>x</a>',
     '<a href="javascript:x()" download="a.pdf">x</a>', '<a href="/b/1">Apa itu PDF?</a>', '<img src="/a.pdf">',
     '<a href="/x.html">Cara membuka berkas.pdf di ponsel</a>'],
)  # fmt: skip
def test_other_links_are_no_files(link: str):
    assert found(link) == []
