"""From elements to lines of text: one paragraph, heading, list item or table row a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from crawler.extraction.repair import clean

SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet", "canvas",
    "audio", "video", "map", "head", "title", "select", "option", "button", "input", "textarea", "datalist",
})  # fmt: skip
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Two full-width blanks open a paragraph in Chinese typing, also where no tag does.
INDENT = re.compile(r"\u3000{2,}")
DAY_LEAF = re.compile(r"\d{1,2}")
MONTH_LEAF = re.compile(r"(?:\d{1,2}-|[A-Za-z]{3,9}\.?,?\s)(?:19|20)\d\d(?:\s.{0,16})?")
LONG_CELL = 240
MAX_CELLS_SPANNED = 50
MAX_COLUMNS = 100
EMPTY_CELLS = (20, 5)  # that spans may add to a table, and to each cell that it writes: they blow up what comes out


@dataclass(slots=True)
class Line:
    """One line of a page. `linked` counts the characters inside links, `element` is where the line began."""

    text: str
    linked: int
    element: HtmlElement

    @property
    def free(self) -> int:
        """How many characters stand outside links."""
        return len(self.text) - self.linked


@dataclass(slots=True)
class _Pen:
    """Collects the pieces of the line being written."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    element: HtmlElement | None = None

    def write(self, text: str | None, element: HtmlElement, *, linked: bool) -> None:
        if not text:
            return
        if "\u3000\u3000" in text:
            first, *rest = INDENT.split(text)
            self._add(first, element, linked=linked)
            for part in rest:
                self.end()
                self._add(part, element, linked=linked)
        else:
            self._add(text, element, linked=linked)

    def _add(self, text: str, element: HtmlElement, *, linked: bool) -> None:
        if self.element is None:
            if text.isspace():
                return  # no line begins with a blank
            self.element = element
        self.pieces.append(text)
        if linked:
            self.linked += len(clean(text))

    def end(self) -> None:
        if self.element is not None:
            text = clean("".join(self.pieces))
            if text:
                self.lines.append(Line(text, min(self.linked, len(text)), self.element))
        self.pieces.clear()
        self.linked = 0
        self.element = None


def render(
    root: HtmlElement, *, skip: Callable[[HtmlElement], bool] | None = None, shown: Set[HtmlElement] = frozenset()
) -> list[Line]:
    """Write the lines of an element; parts that `skip` names, or hidden ones not in `shown`, are left out.

    A data table gives one line a row, its cells separated by ` | ` and empty cells kept; a table that only lays out the
    page is read like other boxes.
    """
    pen = _Pen()
    # An explicit stack: pages nest deeper than Python recurses. Entries: element, whether it is being left, in a link.
    stack: list[tuple[HtmlElement, bool, bool]] = [(root, False, False)]
    while stack:
        element, leaving, linked = stack.pop()
        tag = element.tag
        if leaving:
            if tag in BLOCKS:
                pen.end()
            if element is not root:
                pen.write(element.tail, element.getparent(), linked=linked)
            continue
        if not isinstance(tag, str) or tag in SKIPPED or (element is not root and _left_out(element, skip, shown)):
            if element is not root:
                if tag in BLOCKS:
                    pen.end()
                pen.write(element.tail, element, linked=linked)
            continue
        if tag == "br":
            pen.end()
        elif tag in BLOCKS:
            pen.end()
            if tag == "table" and is_data_table(element):
                pen.lines.extend(_rows(element))
                if element is not root:
                    pen.write(element.tail, element.getparent(), linked=linked)
                continue
        inside = linked or tag == "a"
        pen.write(element.text, element, linked=inside)
        stack.append((element, True, linked))
        stack.extend((child, False, inside) for child in reversed(element))
    pen.end()
    return _calendar_leaves_joined(pen.lines)


def is_hidden(element: HtmlElement) -> bool:
    """Whether a reader does not see the element."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and HIDDEN.search(style))


def _calendar_leaves_joined(lines: list[Line]) -> list[Line]:
    """Join a day and its month that a page shows one above the other, as old Kominfo pages do: 12 over 06-2023."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1] if joined else None
        if above is not None and DAY_LEAF.fullmatch(above.text) and MONTH_LEAF.fullmatch(line.text):
            joined[-1] = Line(f"{above.text} {line.text}", above.linked + line.linked, above.element)
        else:
            joined.append(line)
    return joined


def _left_out(element: HtmlElement, skip: Callable[[HtmlElement], bool] | None, shown: Set[HtmlElement]) -> bool:
    return (is_hidden(element) and element not in shown) or (skip is not None and skip(element))


def is_data_table(table: HtmlElement) -> bool:
    """Whether a table holds data: two rows and columns at least, no table inside, short cells."""
    rows = list(table.iter("tr"))
    if len(rows) < 2 or next(table.iterdescendants("table"), None) is not None:
        return False
    widest = 0
    for row in rows:
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        widest = max(widest, len(cells))
        for cell in cells:
            if next(cell.iterdescendants("h1", "h2", "ul", "form"), None) is not None:
                return False
    if widest < 2:
        return False
    texts = [len(clean(cell.text_content())) for cell in table.iter("td", "th")]
    long = sum(size for size in texts if size > LONG_CELL)
    return long * 2 <= sum(texts)


def _rows(table: HtmlElement) -> list[Line]:
    lines: list[Line] = []
    for caption in table.iter("caption"):
        if text := clean(caption.text_content()):
            lines.append(Line(text, 0, caption))
    pending: dict[int, int] = {}  # column -> rows that a cell above still covers
    spare = EMPTY_CELLS[0]
    for row in table.iter("tr"):
        cells: list[str] = []
        linked = 0

        def covered(cells: list[str] = cells) -> None:
            nonlocal spare
            while pending.get(len(cells), 0) > 0 and spare > 0 and len(cells) < MAX_COLUMNS:
                pending[len(cells)] -= 1
                spare -= 1
                cells.append("")

        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            if len(cells) >= MAX_COLUMNS:
                break
            covered()
            spare += EMPTY_CELLS[1]
            inside = render_flat(cell)
            linked += sum(len(clean(link.text_content())) for link in cell.iter("a"))
            down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            for extra in range(across if across <= spare else 1):
                if down > 1:
                    pending[len(cells)] = down - 1
                spare -= extra > 0
                cells.append("" if extra else inside)
        covered()
        text = " | ".join(cells).rstrip(" |")
        if text:
            lines.append(Line(text, min(linked, len(text)), row))
    return lines


def render_flat(element: HtmlElement) -> str:
    """The text of an element in one line."""
    return " ".join(line.text for line in render(element))


def _span(value: str | None) -> int:
    try:
        return max(1, min(int(value or 1), MAX_CELLS_SPANNED))
    except ValueError:
        return 1
