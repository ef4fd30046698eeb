"""A release as a replica site holds it, and what it published."""

from __future__ import annotations

import html
import re
import tomllib
import zlib
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

CONTENT = Path(__file__).with_name("content")
ZONES = {"id": ZoneInfo("Asia/Jakarta"), "zh": ZoneInfo("Asia/Shanghai"), "en": ZoneInfo("Asia/Shanghai")}
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip
ENGLISH_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip

Between = Literal["other", "indonesia-china", "indonesia-guangxi"]
Form = Literal["article", "image", "pdf", "docx", "parts"]


@dataclass(frozen=True, slots=True)
class Labels:
    """What a reader would say of a release; the words are those of the alert rules."""

    cooperation: bool = False
    indonesia_guangxi: bool = False
    indonesia_china: bool = False
    topics: tuple[str, ...] = ()
    stage: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRelease:
    """One release of one site.

    `ago` counts days back from the replica's today; `on` is a fixed day and goes before it. `text` has a paragraph a
    line; words in braces are replaced by the day (`written`). `held` releases wait for `publish_held`.
    `stage` without `between` is cooperation of others, `ended` is none any more.
    """

    host: str
    section: str
    slug: str
    title: str
    text: str
    lang: Literal["id", "zh", "en"]
    ago: int = 0
    on: date | None = None
    time: str = "09:30"
    stage: str = "none"
    between: Between = "other"
    topics: tuple[str, ...] = ()
    by: str = ""
    number: str = ""
    form: Form = "article"
    held: bool = False
    seed: bool = False
    gbk: bool = False

    @property
    def plain_title(self) -> str:
        """The title as a reader sees it: without markup and no-break spaces."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", "", self.title)).split())

    @property
    def salt(self) -> int:
        """A number of its own that stays the same in every run."""
        return zlib.crc32(self.slug.encode())

    @property
    def labels(self) -> Labels:
        """The labels that `stage`, `between` and `topics` come to."""
        together = self.stage not in ("none", "ended")
        return Labels(
            cooperation=together,
            indonesia_guangxi=together and self.between == "indonesia-guangxi",
            indonesia_china=together and self.between != "other",
            topics=self.topics if together else (),
            stage=self.stage,
        )

    def moment(self, today: date) -> datetime:
        """When it was published, in the site's zone."""
        day = self.on or today - timedelta(days=self.ago)
        return datetime.combine(day, time.fromisoformat(self.time), ZONES[self.lang])

    def written(self, today: date) -> tuple[str, ...]:
        """The paragraphs, with the words for days filled in: `{hari}` Selasa (25/3/2025), `{md}` 3月25日, ..."""
        day = self.moment(today).date()
        words = {
            "{tanggal}": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
            "{hari}": f"{DAYS[day.weekday()]} ({day.day}/{day.month}/{day.year})",
            "{bulan}": f"{MONTHS[day.month - 1]} {day.year}",
            "{tahun}": str(day.year),
            "{nomor}": self.number or f"{self.salt % 400 + 20}/HM-KKD/{day.month}/{day.year}",
            "{md}": f"{day.month}月{day.day}日",
            "{day}": f"{ENGLISH_MONTHS[day.month - 1]} {day.day}",
        }
        text = self.text
        for word, said in words.items():
            text = text.replace(word, said)
        return tuple(line.strip() for line in text.strip().splitlines() if line.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a site published, for tests to compare with what was found.

    `reachable`: a shipped, enabled source lists it. The portal is only a second way, so it is not.
    """

    host: str
    url: str
    title: str
    date: date
    lang: str
    labels: Labels
    form: Form
    text: str = field(repr=False)
    seed: bool = False
    reachable: bool = False


def load_releases(folder: Path = CONTENT) -> tuple[SiteRelease, ...]:
    """Read all content files; what stands above the first release of a file goes for all in it."""
    found: dict[tuple[str, str], SiteRelease] = {}
    for path in sorted(folder.glob("*.toml")):
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        records: list[dict[str, Any]] = facts.pop("release")
        for record in records:
            release = _release(path, facts | record)
            if (release.host, release.slug) in found:
                raise ValueError(f"{path.name}: {release.slug} is there twice")
            found[release.host, release.slug] = release
    return tuple(found.values())


def _release(path: Path, facts: dict[str, Any]) -> SiteRelease:
    unknown = facts.keys() - {one.name for one in fields(SiteRelease)}
    if unknown:
        raise ValueError(f"{path.name}: {facts.get('slug')}: unknown {', '.join(sorted(unknown))}")
    return SiteRelease(**facts | {"topics": tuple(facts.get("topics", ()))})
