"""A date as it is written in a text: its parts, as far as the words give them, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

from crawler.release import Precision

EARLIEST, LATEST = 1949, 2100  # no release is older than the two states that publish them
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Signs that are typed for one another, each for exactly one, so that places in the text stay where they are.
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLDED |= dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), ord("-"))
_FOLDED |= dict.fromkeys(map(ord, "’‘`´ʼ′"), ord("'"))
_FOLDED |= dict.fromkeys(map(ord, "\u00a0\u3000\u2002\u2003\u2009\u202f\t\n\r"), ord(" "))
_FOLDED |= {ord("。"): ord("."), ord("〇"): ord("〇"), ord("〔"): ord("["), ord("〕"): ord("]"), ord("【"): ord("[")}
_FOLDED |= {ord("】"): ord("]")}

ZONES = {"wib": 7, "wita": 8, "wit": 9, "gmt": 0, "utc": 0, "z": 0, "北京时间": 8}
CLOCK = re.compile(
    r"""(?:\s*(?:[T,|/]|-(?!\d)|-(?=\d\d:)|pukul|pkl\.?|jam|at|@|\([^()]{1,4}\)|星期.|周.)\s*|\s+){0,3}
        (?P<half>上午|下午|凌晨|早上|早晨|清晨|中午|晚上|晚间|傍晚|夜间|晚)?\s*
        (?P<hour>[01]?\d|2[0-4])
        (?:\s?[:.](?P<minute>[0-5]\d)(?:\s?[:.](?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?(?![\d:])
          |\s?[时時点點](?:\s?(?P<han_minute>[0-5]?\d)\s?分(?:\s?(?P<han_second>[0-5]?\d)\s?秒)?|(?P<half_past>半)|整)?)
        \s*(?P<noon>[ap]\.?m\b\.?)?
        \s*\(?(?P<zone>(?:GMT|UTC)?\s?[+-]\d{1,2}:?(?:\d\d)?\b|(?:WIB|WITA|WIT|GMT|UTC|Z)\b|北京时间)?""",
    re.X | re.I,
)
OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?$")
AFTERNOON = ("下午", "晚上", "晚间", "傍晚", "夜间", "晚")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date found in a text; `year` or `day` is None when the words leave it open. `start` and `end` are places.

    `weekday` counts from Monday = 0. `offset` is the zone that the text names.
    """

    start: int
    end: int
    words: str
    year: int | None
    month: int
    day: int | None
    weekday: int | None = None
    hour: int | None = None
    minute: int = 0
    second: int | None = None
    offset: timedelta | None = None

    @property
    def precision(self) -> Precision:
        """As exact as the words; midnight to the minute is how templates write a bare day."""
        if self.day is None:
            return Precision.MONTH
        if self.hour is None or (self.hour, self.minute, self.second or 0) == (0, 0, 0):
            return Precision.DAY
        return Precision.MINUTE if self.second is None else Precision.SECOND

    @property
    def date(self) -> date | None:
        """The day, when the words name a whole one."""
        return date(self.year, self.month, self.day) if self.year and self.day else None

    def moment(self, zone: tzinfo) -> datetime | None:
        """The aware moment, in the zone the text names or else in `zone`; None without a year."""
        if self.year is None:
            return None
        own = timezone(self.offset) if self.offset is not None else zone
        plain = datetime(self.year, self.month, self.day or 1, tzinfo=own)
        if self.hour is None:
            return plain
        if self.hour == 24:
            return plain + timedelta(days=1)
        return plain.replace(hour=self.hour, minute=self.minute, second=self.second or 0)


def fold(text: str) -> str:
    """Write full-width signs, dashes, quotes and blanks in one way; no place moves."""
    return text.translate(_FOLDED)


def written(
    text: str,
    start: int,
    end: int,
    *,
    year: int | None,
    month: int,
    day: int | None,
    weekday: int | None = None,
) -> Written | None:
    """Make a date of its parts and read the time that follows it in the folded text; None for no such day."""
    if year is not None and not EARLIEST <= year <= LATEST:
        return None
    try:
        date(year or 2000, month, day or 1)  # 2000: a leap year, for 29 February without a year
    except ValueError:
        return None
    clock = CLOCK.match(text, end) if day is not None else None
    if clock is None:
        return Written(
            start=start, end=end, words=text[start:end].strip(), year=year, month=month, day=day, weekday=weekday
        )
    hour, minute, second = _time(clock)
    return Written(
        start=start,
        end=clock.end(),
        words=text[start:end].strip(),
        year=year,
        month=month,
        day=day,
        weekday=weekday,
        hour=hour,
        minute=minute,
        second=second,
        offset=named_offset(clock["zone"]),
    )


def named_offset(zone: str | None) -> timedelta | None:
    """What a zone's name or number means; None when it names none that exists."""
    if not zone:
        return None
    name = zone.strip().lower()
    if name in ZONES:
        return timedelta(hours=ZONES[name])
    parts = OFFSET.search(name.replace(" ", ""))
    if parts is None:
        return None
    size = timedelta(hours=int(parts[2]), minutes=int(parts[3] or 0))
    if size > timedelta(hours=14):
        return None
    return size if parts[1] == "+" else -size


def _time(clock: re.Match[str]) -> tuple[int, int, int | None]:
    hour = int(clock["hour"])
    minute = int(clock["minute"] or clock["han_minute"] or (30 if clock["half_past"] else 0))
    seconds = clock["second"] or clock["han_second"]
    half, noon = clock["half"], (clock["noon"] or "").lower().replace(".", "")
    if ((half in AFTERNOON or noon == "pm") and hour < 12) or (half == "中午" and hour in (1, 2)):
        hour += 12
    elif (noon == "am" or half in ("上午", "凌晨")) and hour == 12:
        hour = 0
    return hour, minute, int(seconds) if seconds else None
