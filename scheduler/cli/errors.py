"""Which errors are told in one sentence, and how a verb ends by them."""

from __future__ import annotations

import errno

from crawler.extraction.page import NotHtmlError
from crawler.source import ConfigError
from scheduler.errors import PantauError

SAID = (PantauError, NotHtmlError)
WRONG_INPUT = (ConfigError, NotHtmlError)
# What befalls a file and is no fault of ours: a disk that is full or broken, a folder or an output that is closed.
GONE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EBADF, errno.EFBIG)


def told(error: Exception) -> tuple[str, int] | None:
    """The sentence for an error, and the exit code: 2 for wrong input, 1 for what did not happen.

    None for anything else: that is a fault of ours, and its traceback is wanted.
    """
    if isinstance(error, SAID):
        return str(error), 2 if isinstance(error, WRONG_INPUT) else 1
    if isinstance(error, OSError) and error.errno in GONE:
        return f"{error.filename or 'what is to be written'}: {error.strerror}", 1
    return None
