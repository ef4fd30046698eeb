"""Text of a document file, PDF, DOCX or OFD: bytes from a stranger, so in a process of its own with limits.

`python -m crawler.extraction.document_text` reads a file from stdin and writes its text to stdout.
"""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import unicodedata
import zipfile

from lxml import etree

SECONDS = 20  # of processor time; wall time is twice as long
MEMORY = 600 * 1024**2  # bytes of addresses, those of the interpreter among them
MOST_PAGES = 60
MOST_SIGNS = 400_000
MOST_XML = 16 * 1024**2  # of a DOCX's text part, unpacked
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT_PART = "word/document.xml"
OFD = "{http://www.ofdspec.org/2016}"
OFD_ROOT, OFD_PAGE = "OFD.xml", re.compile(r".{0,80}/Page_(\d{1,6})/Content\.xml", re.I)
SAME_LINE = 1.0  # millimetres that the pieces of one line may lie apart in height
ENDS = re.compile(r"[.。!！?？:：;；”\"’)）】]\s*$")
HAN_BESIDE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")


# Fonts in PDFs name many characters by their radical; NFKC knows only those of the first of the two blocks.
RADICALS = str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "母民虎西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙龟"
)
KANGXI = re.compile(r"[\u2f00-\u2fdf]")


class NoDocumentError(Exception):
    """A file whose text cannot be had; the message says why."""


def is_document(body: bytes) -> bool:
    """Whether a file begins as those do whose text can be had."""
    return body[:1024].lstrip()[:5] == b"%PDF-" or body[:4] == b"PK\x03\x04"


def document_text(body: bytes) -> str:
    """The text of a PDF, DOCX or OFD, a paragraph a line; empty if it has none (a scan). Raises NoDocumentError.

    A file that takes too long or too much memory is given up, whatever it tries.
    """
    if not is_document(body):
        raise NoDocumentError("neither PDF, DOCX nor OFD")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.extraction.document_text"],
            input=body,
            capture_output=True,
            timeout=2 * SECONDS,
            preexec_fn=_limited,
        )
    except subprocess.TimeoutExpired as error:
        raise NoDocumentError(f"its text was not had within {2 * SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoDocumentError(said[-1][:200] if done.returncode == 1 and said else "it takes too much time or memory")
    return done.stdout.decode("utf-8", "replace").strip()


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> int:
    """Read a file, write its text. 1: it has no text that can be had, and stderr says why."""
    body = sys.stdin.buffer.read()
    try:
        text = _of_packed(body) if body[:2] == b"PK" else _of_pdf(body)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's file provokes ends here, in a process of its own
        sys.stderr.write(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'damaged'}\n")
        return 1
    sys.stdout.buffer.write(text[:MOST_SIGNS].encode("utf-8", "replace"))
    return 0


def _of_pdf(body: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoDocumentError("it is locked with a password")
    pages, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        pages.append(reflowed(page.extract_text()))
        length += len(pages[-1])
        if length > MOST_SIGNS:
            break
    return "\n".join(page for page in pages if page)


def _of_packed(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        names = packed.namelist()
        if TEXT_PART in names:
            return _of_docx(_part(packed, TEXT_PART))
        if OFD_ROOT not in names:
            raise NoDocumentError("a packed file that is neither DOCX nor OFD")
        pages = sorted((int(page[1]), name) for name in names if (page := OFD_PAGE.fullmatch(name)))
        texts = [reflowed("\n".join(_lines_of_ofd(_part(packed, name)))) for _, name in pages[:MOST_PAGES]]
    return "\n".join(text for text in texts if text)


def _part(packed: zipfile.ZipFile, name: str) -> etree._Element:
    with packed.open(name) as part:
        xml = part.read(MOST_XML + 1)
    if len(xml) > MOST_XML:
        raise NoDocumentError("its text is larger than that of any release")
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _of_docx(root: etree._Element) -> str:
    paragraphs = ("".join(_words(paragraph)) for paragraph in root.iter(f"{WORD}p"))
    return "\n".join(text for paragraph in paragraphs if (text := " ".join(paragraph.split())))


def _lines_of_ofd(root: etree._Element) -> list[str]:
    """The lines of a page: its pieces of text, joined where they lie at one height."""
    lines: list[str] = []
    last: float | None = None
    for piece in root.iter(f"{OFD}TextObject"):
        place = (piece.get("Boundary") or "").split()
        height = float(place[1]) if len(place) == 4 else None
        text = "".join(code.text or "" for code in piece.iter(f"{OFD}TextCode"))
        if lines and height is not None and last is not None and abs(height - last) < SAME_LINE:
            lines[-1] += text
        else:
            lines.append(text)
        last = height
    return lines


def _words(paragraph: etree._Element) -> list[str]:
    breaks = {f"{WORD}tab": " ", f"{WORD}br": " ", f"{WORD}cr": " "}
    return [(part.text or "") if part.tag == f"{WORD}t" else breaks.get(part.tag, "") for part in paragraph.iter()]


def reflowed(text: str) -> str:
    """Put the lines of a printed page back into paragraphs: one ends at a blank line or at a short line's full stop."""
    text = KANGXI.sub(lambda radical: unicodedata.normalize("NFKC", radical[0]), text.translate(RADICALS))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    longest = max(map(len, lines), default=0)
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        if not line or (ENDS.search(line) and len(line) < 0.8 * longest):
            paragraphs.append([])
    return "\n".join(HAN_BESIDE.sub("", " ".join(lines)) for lines in paragraphs if lines)


if __name__ == "__main__":
    sys.exit(main())
