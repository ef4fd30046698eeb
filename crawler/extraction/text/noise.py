"""Lines that stand in or around a text and are not part of it, by their form: a word alone never makes a line noise.

Who deletes by words loses sentences, and a lost sentence is a lost alert (issue 13). So a line that ends as a sentence
stays unless it is an imprint or a link, and a word of the lists must be the whole line, stand before a colon or be a
link.
"""

from __future__ import annotations

import re

from crawler.extraction.dates import find
from crawler.extraction.dates.relative import AGO, DAYS_AGO
from crawler.extraction.language import HAN, weight
from crawler.extraction.repair import same
from crawler.extraction.text.counters import changes_by_itself, is_bare_number
from crawler.extraction.text.lines import Line
from crawler.extraction.text.noise_words import (
    ANNOUNCED,
    BUTTON,
    CREDIT,
    DISCLAIMER,
    DISCLAIMING,
    ENDS,
    IMPRINT,
    INFORMATION,
    PROMOTED,
    REMARK,
    SURE_IMPRINT,
)

SHORT = 120
HEADING = 16
RUNNING = 40
IMPRINT_LENGTH = 200
CREDIT_LENGTH = 30
CREDIT_WORDS = 6
RUNNING_END = re.compile(r"[。！？；：”.!?;:\"”…]\W{0,2}$")
SENTENCE_END = re.compile(r"(?:[。！？!?]|(?<!\.)\.)[\"'”’」』）)\]】\s]{0,3}$")
CLAUSES = re.compile(r"[，；。！？]|[.!?;]\s")
COMMON_WORD = re.compile(r"(?<!\S)[a-z]{2,}(?!\S)")
COMMON_WORDS = 5
OPENS_CLAUSE = re.compile(r"\W{0,3}(?:(?:pada|sejak|mulai|setelah|sebelum|on|since|after|before)\b|自|从) ?\d", re.I)
LETTER = re.compile(r"[^\W\d_]")


def ends_as_sentence(text: str) -> bool:
    """Whether a line is closed as a sentence is: by a full stop, `!` or `?`, with words enough to be one."""
    return SENTENCE_END.search(text[-8:]) is not None and (
        len(HAN.findall(text)) >= HEADING // 3 or text.count(" ") >= 2
    )


def is_noise_line(line: Line) -> bool:
    """Whether a line is a button, an announcement of other articles, a credit, an imprint or the like."""
    text = line.text
    if len(text) > IMPRINT_LENGTH:
        return False
    sentence = ends_as_sentence(text)
    if IMPRINT.search(text) and (not sentence or SURE_IMPRINT.search(text)):
        return True
    if len(text) > SHORT:
        return False
    if ENDS.match(text):
        return True
    linked = line.linked * 2 > len(text)
    if (hit := ANNOUNCED.match(text)) and (linked or _labels(text, hit.end(), sentence=text[-1] in ".。")):
        return True
    if (end := _end_of_buttons(text)) and not sentence and (linked or _labels(text, end)):
        return True
    if (hit := CREDIT.match(text)) and not sentence and _is_credit(hit):
        return True
    if (hit := DISCLAIMER.match(text)) and (not hit["rest"].strip() or DISCLAIMING.search(hit["rest"])):
        return True
    if REMARK.match(text) and text[-1] not in ".。":
        return True
    return line.linked > 0 and not sentence and PROMOTED.match(text) is not None


def _end_of_buttons(text: str) -> int:
    """Where the buttons end with which a line begins, as in `【打印本页】【关闭窗口】`; 0 if it begins with none."""
    end = 0
    while hit := BUTTON.match(text, end):
        end = hit.end()
    return end


def _labels(text: str, end: int, *, sentence: bool = False) -> bool:
    """Whether the word that ends there is the whole line, or stands before a colon and no sentence."""
    rest = text[end:]
    return not LETTER.search(rest) or (rest.lstrip()[:1] in (":", "：") and not sentence)


def _is_credit(hit: re.Match[str]) -> bool:
    """Whether the value behind a credit's label is a name, rather than words that go on as a clause."""
    value = hit["value"].strip()
    if hit["colon"].isspace():  # `责任编辑 张三`
        return len(value) <= HEADING // 4 and HAN.search(value) is not None
    return len(value) <= CREDIT_LENGTH and value.count(" ") < CREDIT_WORDS and not CLAUSES.search(value)


def quality(lines: list[Line]) -> int:
    """How much running text lines hold, less what looks like headlines, buttons and links."""
    total = 0
    for line in lines:
        free = line.free
        total += free - line.linked if is_running(line) else -(len(line.text) + line.linked) // 2
    return total


def is_running(line: Line) -> bool:
    """Whether a line reads as running text: long enough, or ending as a sentence does, and not mainly links."""
    if line.linked * 2 > len(line.text):
        return False
    return weight(line.text) - line.linked >= RUNNING or RUNNING_END.search(line.text[-4:]) is not None


def without_noise(lines: list[Line], *, title: str) -> tuple[list[Line], list[Line]]:
    """Part the lines of the text from those that are not of it; the repeated title is in neither.

    Dropped are lines that `is_noise_line` names, counters, lines above the text that tell date and author, and a block
    of links to other articles with its heading.
    """
    kept: list[Line] = []
    dropped: list[Line] = []
    heading = same(title)
    noise = [is_noise_line(line) for line in lines]
    # A long title reads as running text does, and what stands below it is still above the text.
    titles = [bool(heading) and same(line.text) == heading for line in lines]
    first, last = _where_text_runs(lines, [one or other for one, other in zip(noise, titles, strict=True)])
    links_from = _block_of_links(lines, last)
    for place, line in enumerate(lines):
        if titles[place] and place <= first:
            continue
        if (
            place >= links_from
            or noise[place]
            or _counts_readers(lines, place, within=first < place < last)
            or (place < first and is_information(line.text))
        ):
            dropped.append(line)
        else:
            kept.append(line)
    return kept, dropped


def _counts_readers(lines: list[Line], place: int, *, within: bool) -> bool:
    """Whether a line changes by itself, alone or with the number below it; the rows of a data table do not."""
    line = lines[place]
    if line.element.tag == "tr":
        return False
    if not within and is_bare_number(line.text):
        return True
    if place + 1 < len(lines) and is_bare_number(lines[place + 1].text):
        return changes_by_itself(f"{line.text} {lines[place + 1].text}", within=within)
    return changes_by_itself(line.text, within=within)


def _where_text_runs(lines: list[Line], noise: list[bool]) -> tuple[int, int]:
    """The places of the first and the last running line; if there is none, all lines are before the first."""
    first, last = len(lines), -1
    for place, line in enumerate(lines):
        if is_running(line) and not noise[place] and not (last < 0 and is_information(line.text)):
            first, last = min(first, place), place
    return first, last


def _block_of_links(lines: list[Line], last: int) -> int:
    """Where a heading of other articles begins the end of the lines: behind it stand links, and no running line."""
    for place in range(last + 1, len(lines)):
        if ENDS.match(lines[place].text):
            behind = lines[place + 1 :]
            if sum(line.linked for line in behind) * 2 >= sum(len(line.text) for line in behind):
                return place
    return len(lines)


def is_information(text: str) -> bool:
    """Whether a line above the text tells date, source or author rather than beginning the text."""
    if len(text) > SHORT:
        return False
    if len(text) <= HEADING * 2 and (ago := AGO.search(text) or DAYS_AGO.match(text)):
        rest = text[: ago.start()] + text[ago.end() :]
        told = len(LETTER.findall(rest)) <= 2 or INFORMATION.search(rest) is not None
    elif dates := [hit for hit in find(text) if hit.year is not None]:
        length = len(text) - sum(hit.end - hit.start for hit in dates)
        informs = INFORMATION.search(text) is not None and not OPENS_CLAUSE.match(text)
        told = length <= 4 or (length <= SHORT // 2 and informs)
    else:
        return False
    return told and not ends_as_sentence(text) and not _reads_as_prose(text)


def _reads_as_prose(text: str) -> bool:
    """Whether a short line tells something rather than listing fields: common words in a row, or Chinese clauses."""
    plain = INFORMATION.sub(" ", text)
    return len(COMMON_WORD.findall(plain)) >= COMMON_WORDS or (len(text) > HEADING and "，" in text)
