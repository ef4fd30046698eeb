"""A date as it is written in a text: its parts, as far as the words give them, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone, tzinfo

from crawler.release import Precision

EARLIEST, LATEST = 1900, 2100  # what is taken for a year; which of them may date a page is `lies_within`'s to say
FIRST_ONLINE = 1990  # nothing was published on a web site before
SLACK = timedelta(hours=2)  # by so much the clocks of a site and of the reader may differ
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Signs that are typed for one another, each for exactly one.
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLDED |= dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), ord("-"))
_FOLDED |= dict.fromkeys(map(ord, "’‘`´ʼ′＇"), ord("'"))
_FOLDED |= {ord("。"): ord("."), ord("〔"): ord("["), ord("〕"): ord("]"), ord("【"): ord("[")}
_FOLDED |= {ord("】"): ord("]"), ord("｜"): ord("|"), ord("丨"): ord("|")}
BLANKS = re.compile(r"\s+")

# Hours from UTC. Names that two regions share (IST, BST) are left out: they tell no zone. CST is China's for a source
# in that zone and no zone for any other.
ZONES = {
    "wib": 7, "wita": 8, "wit": 9, "gmt": 0, "utc": 0, "ut": 0, "z": 0, "北京时间": 8, "北京時間": 8,
    "wet": 0, "west": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "ict": 7, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
CHINA = "cst"
_FREELY_WRITTEN = "WIB|WITA|WIT|GMT|UTC|北京时间|北京時間"  # names that are no words, in small letters too
_CAPITALS = "|".join(sorted((name.upper() for name in ZONES if name.isascii() and name != "z"), key=len, reverse=True))
_NAMED = rf"(?:{_FREELY_WRITTEN})(?![^\W\d_])|(?-i:{_CAPITALS}|CST|[A-Z]{{2,4}}T)\b"
# Every quantifier is bounded and blanks are single (see `fold`), so that the time taken grows with the text alone.
CLOCK = re.compile(
    rf"""(?>\ ?(?:[T,|/;]|-(?!\d)|-(?=\d\d:)|(?:pukul|pkl\.?|jam)\ ?:?|at\b|@|\(?(?P<fore>{_NAMED})\)?
        |\([^()]{{1,4}}\)|(?:星期|周|週|礼拜).)){{0,4}}\ ?\(?
        (?P<half>上午|下午|凌晨|早上|早晨|清晨|中午|晚上|晚间|傍晚|夜间|晚)?\ ?
        (?P<hour>[01]?\d|2[0-4])
        (?:(?:\ ?[:.]|\ :\ )(?P<minute>[0-5]\d)(?:\ ?[:.](?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?![\d:])
          |\ ?[时時点點](?:\ ?(?P<han_minute>[0-5]?\d)\ ?分(?:\ ?(?P<han_second>[0-5]?\d)\ ?秒)?|(?P<half_past>半)|整)?)
        \ ?(?P<noon>[ap]\.?m\b\.?)?
        (?:\ ?-\ ?\d\d?[.:]\d\d(?=\ ?(?:WIB|WITA|WIT)\b))?
        \ ?\(?(?P<zone>(?:GMT|UTC?)?\ ?[+-]\d{{1,2}}(?::?\d\d)?(?![\d.:])|Z\b|{_NAMED})?""",
    re.X | re.I,
)
OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?$")
AFTERNOON = ("下午", "晚上", "晚间", "傍晚", "夜间", "晚")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date found in a text; `year` or `day` is None when the words leave it open. `start` and `end` are places.

    `weekday` counts from Monday = 0. `offset` is the zone that the text names; `unsure` the name of one that alone
    does not say which zone is meant.
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
    unsure: str | None = None

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

    def settled(self, zone: tzinfo) -> Written:
        """The date as a source in `zone` means it; a time in a zone that nobody knows is no time."""
        if self.unsure is None:
            return self
        noon = datetime(self.year or 2000, self.month, self.day or 1, 12, tzinfo=zone)
        if self.unsure == CHINA and noon.utcoffset() == timedelta(hours=8):
            return replace(self, offset=timedelta(hours=8), unsure=None)
        return replace(self, hour=None, minute=0, second=None, offset=None, unsure=None)

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
    """Write full-width characters, dashes and quotes in one way, and every run of blanks as one.

    Places in a text that is one clean line (see `repair.clean`) stay where they are.
    """
    return BLANKS.sub(" ", text.translate(_FOLDED))


def lies_within(moment: datetime, *, zone: tzinfo, at: datetime | None) -> bool:
    """Whether something can have been published then: since there are web sites, and not after the day of reading."""
    if moment.year < FIRST_ONLINE:
        return False
    return at is None or moment.astimezone(zone).date() <= (at + SLACK).astimezone(zone).date()


def four_figures(year: int) -> int | None:
    """The year that two figures stand for: 25 is 2025, 98 is 1998; None where that is no year of a web page."""
    if year >= 100:
        return year
    return 2000 + year if year < 50 else 1900 + year if year >= FIRST_ONLINE - 1900 else None


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
    offset, unsure = _zone(clock)
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
        offset=offset,
        unsure=unsure,
    )


def named_offset(zone: str) -> timedelta | None:
    """What a zone's name or number means; None when it names none that is known."""
    name = zone.strip().lower()
    if name in ZONES:
        return timedelta(hours=ZONES[name])
    parts = OFFSET.search(name.replace(" ", ""))
    if parts is None:
        return None
    size = timedelta(hours=int(parts[2]), minutes=int(parts[3] or 0))
    if size > timedelta(hours=14) or size.seconds // 60 % 15:
        return None
    return size if parts[1] == "+" else -size


def _zone(clock: re.Match[str]) -> tuple[timedelta | None, str | None]:
    """The offset that stands behind the time or before it; or the name that does not say which is meant."""
    zone = clock["zone"] or clock["fore"]
    if not zone:
        return None, None
    if zone[0] == "-" and clock["second"] is None and "T" not in clock[0][:2]:
        return None, None  # 10:15-12:00 tells how long something takes
    offset = named_offset(zone)
    if offset is not None or not zone.strip().isalpha():
        return offset, None
    return None, zone.lower()


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
