"""What a crawl writes into its log is bounded: a site decides how much there is to complain of, and in which words."""

from __future__ import annotations

import io
import logging
from typing import TextIO

LONGEST_LINE = 2_000  # characters
MOST = 2_000_000  # characters of one run
FULL = "the log of this run is full: what follows is left out; its report counts and names the troubles\n"
TWISTED = "twisted"  # its messages are tracebacks


class LineRecord(logging.LogRecord):
    """A record of the log whose message is one line of printable signs, whatever a site has put into it."""

    def getMessage(self) -> str:  # noqa: N802 - the name is the library's
        """The message; a traceback beside it stays as it is."""
        message = super().getMessage()
        if self.name == TWISTED or message.isprintable():
            return message
        return "".join(sign if sign.isprintable() else " " for sign in message[: 2 * LONGEST_LINE])


class BoundedLog(io.TextIOBase):
    """Writes to a stream: lines are cut, and nothing is written any more once there is enough."""

    def __init__(self, stream: TextIO, longest: int = LONGEST_LINE, most: int = MOST) -> None:
        self.stream = stream
        self.longest = longest
        self.left = most

    def writable(self) -> bool:
        """It is for nothing but writing."""
        return True

    def write(self, text: str) -> int:
        """Write what there is room for; the end of the room is told, once."""
        if self.left > 0:
            kept = "".join(self._cut(line) for line in text[: self.left].splitlines(keepends=True))
            self.left -= len(kept)
            self.stream.write(kept if self.left > 0 else f"{kept.rstrip()}\n{FULL}")
        return len(text)

    def flush(self) -> None:
        """Pass on what is written."""
        self.stream.flush()

    def _cut(self, line: str) -> str:
        if len(line) <= self.longest:
            return line
        return f"{line[: self.longest]} … ({len(line) - self.longest} characters are left out)\n"
