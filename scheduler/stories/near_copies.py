"""Near-copies: one text told by several sources, linked to each other and never hidden.

Two texts are near-copies when their character 5-grams overlap by half (MinHash) and they speak of the same numbers.
The second half keeps apart what a template makes alike: two notices of two auctions differ in their numbers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from heapq import nlargest

from rensa import RMinHash
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    select,
)

from crawler.extraction.normal_form import normal_form
from crawler.portions import portions
from crawler.release import Release
from crawler.store.tables import releases
from scheduler.language.reader import MOST_CHARACTERS

PERMUTATIONS = 128
SEED = 20250325  # any number; a change of it makes kept signatures worthless
ROWS = 4  # of a band: 32 bands of 4 find a pair of half overlap in 87 of 100 cases, of 0.7 always
ALIKE = 0.5
SAME_NUMBERS = 0.5
GRAM = 5
SHORTEST = 40  # characters; below, any two notices look alike
MOST_NUMBERS = 500  # of a text; more say no more
MOST_COPIES = 50  # links of a release, the nearest: a thousand notices from one template would have a million
COPY_DAYS = timedelta(days=30)  # a text that comes back later than this is a new event told in old words
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

metadata = MetaData()
signatures = Table(
    "signatures",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("numbers", JSON, nullable=False),
)
bands = Table(
    "signature_bands",
    metadata,
    Column("band", String(24), primary_key=True),
    Column("release_id", String(32), primary_key=True),
    Index("signature_bands_of", "release_id"),
)
copies = Table(
    "near_copies",
    metadata,
    Column("release_id", String(32), primary_key=True),
    Column("copy_id", String(32), primary_key=True),
    Column("similarity", Float, nullable=False),
)


@dataclass(frozen=True, slots=True)
class _Signed:
    """What is compared of a release; without a `digest` it is too short to be."""

    release_id: str
    digest: list[int] | None
    numbers: set[str]


class NearCopies:
    """The links between near-copies, in the same database as the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def relate(self, releases: Iterable[Release]) -> int:
        """Link releases to the near-copies among all that came before; returns the number of links."""
        signed = [_signed(release) for release in releases]  # before the database is held for writing
        found = 0
        with self.engine.execution_options(writes=True).begin() as connection:
            for one in signed:
                found += _relate(connection, one)
        return found


def copies_of(connection: Connection, release_ids: Collection[str]) -> dict[str, list[str]]:
    """The near-copies of releases, nearest first; what lies weeks apart is another event told in the same words."""
    one, other = releases.alias(), releases.alias()
    found: dict[str, list[str]] = {}
    for ids in portions(sorted(release_ids)):
        query = (
            select(copies, one.c.published, one.c.collected_at, other.c.published, other.c.collected_at)
            .join(one, one.c.id == copies.c.release_id)
            .join(other, other.c.id == copies.c.copy_id)
            .where(copies.c.release_id.in_(ids))
            .order_by(copies.c.similarity.desc(), copies.c.copy_id)
        )
        for release_id, copy_id, _, published, collected, its_published, its_collected in connection.execute(query):
            if abs((published or collected) - (its_published or its_collected)) <= COPY_DAYS:
                found.setdefault(release_id, []).append(copy_id)
    return found


def similarity(one: str, other: str) -> float:
    """How much two texts overlap in character 5-grams (0 to 1), by their signatures."""
    return _overlap(_signature(one), _signature(other))


def same_numbers(one: set[str], other: set[str]) -> bool:
    """Whether two texts speak of the same numbers: half of the fewer ones, or neither has any."""
    if not one and not other:
        return True
    return len(one & other) >= SAME_NUMBERS * max(min(len(one), len(other)), 1)


def numbers_in(text: str) -> set[str]:
    """The numbers of a text, without their thousands' and decimal signs; the first 500 if there are more."""
    found: dict[str, None] = {}
    for number in NUMBER.finditer(normal_form(text)):
        found[re.sub(r"[.,]", "", number[0])] = None
        if len(found) == MOST_NUMBERS:
            break
    return set(found)


def _signed(release: Release) -> _Signed:
    text = f"{release.title}\n{release.text}"[:MOST_CHARACTERS]
    if len(_letters(text)) < SHORTEST:
        return _Signed(release.id, None, set())
    return _Signed(release.id, _signature(text), numbers_in(text))


def _relate(connection: Connection, one: _Signed) -> int:
    for table in (signatures, bands, copies):
        connection.execute(delete(table).where(table.c.release_id == one.release_id))
    connection.execute(delete(copies).where(copies.c.copy_id == one.release_id))
    if one.digest is None:
        return 0
    keys = _bands(one.digest)
    query = select(signatures).where(
        signatures.c.release_id.in_(select(bands.c.release_id).where(bands.c.band.in_(keys)))
    )
    links = []
    for row in connection.execute(query):
        alike = _overlap(one.digest, _unpacked(row.digest))
        if alike >= ALIKE and same_numbers(one.numbers, set(row.numbers)):
            links.append((alike, row.release_id))
    connection.execute(
        signatures.insert().values(release_id=one.release_id, digest=_packed(one.digest), numbers=sorted(one.numbers))
    )
    connection.execute(bands.insert(), [{"band": key, "release_id": one.release_id} for key in keys])
    links = nlargest(MOST_COPIES, links)
    for alike, other in links:
        pairs = [(one.release_id, other), (other, one.release_id)]
        connection.execute(copies.insert(), [{"release_id": a, "copy_id": b, "similarity": alike} for a, b in pairs])
    return len(links)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", normal_form(text).lower())


def _signature(text: str) -> list[int]:
    letters = _letters(text)
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update([letters[i : i + GRAM] for i in range(max(len(letters) - GRAM + 1, 1))])
    return list(minhash.digest())


def _overlap(one: list[int], other: list[int]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / PERMUTATIONS


def _bands(digest: list[int]) -> list[str]:
    packed = _packed(digest)
    width = ROWS * 4
    parts = [packed[start : start + width] for start in range(0, len(packed), width)]
    return sorted({f"{number}.{blake2b(part, digest_size=8).hexdigest()}" for number, part in enumerate(parts)})


def _packed(digest: list[int]) -> bytes:
    return struct.pack(f"<{PERMUTATIONS}I", *digest)


def _unpacked(packed: bytes) -> list[int]:
    return list(struct.unpack(f"<{PERMUTATIONS}I", packed))
