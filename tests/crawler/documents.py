"""Small PDF, DOCX and OFD files, made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def pdf(lines: Sequence[str], *, trailer: str = "") -> bytes:
    """A PDF of one page with these lines, in a built-in font (Latin letters only)."""
    shown = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj T*" for line in lines)
    stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def docx(paragraphs: Sequence[str], *, xml: bytes | None = None) -> bytes:
    """A DOCX with these paragraphs, or with this XML as its text part."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", xml or f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return packed.getvalue()


def ofd(*pages: Sequence[str]) -> bytes:
    """An OFD whose pages show these lines, each in two pieces at one height."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("OFD.xml", f"<ofd:OFD {OFD}><ofd:DocBody/></ofd:OFD>")
        for number, lines in reversed(list(enumerate(pages))):
            shown = "".join(_pieces(line, 20 + 8 * row) for row, line in enumerate(lines))
            page = f"<ofd:Page {OFD}><ofd:Content><ofd:Layer>{shown}</ofd:Layer></ofd:Content></ofd:Page>"
            file.writestr(f"Doc_0/Pages/Page_{number}/Content.xml", page)
    return packed.getvalue()


def _pieces(line: str, height: float) -> str:
    half = len(line) // 2
    parts = enumerate((line[:half], line[half:]))
    return "".join(
        f'<ofd:TextObject Boundary="{20 + 60 * part} {height + part / 10} 60 5">'
        f'<ofd:TextCode X="0" Y="4">{escape(text)}</ofd:TextCode></ofd:TextObject>'
        for part, text in parts
    )
