"""Releases made up while everything is being killed: each of its own kind, so that none is taken for a copy."""

from __future__ import annotations

import random

from tests.replica.release import SiteRelease

CITIES = ["Medan", "Padang", "Kupang", "Ambon", "Manado", "Palu", "Kendari", "Mataram", "Jambi", "Bengkulu", "Ternate"]
THINGS = [
    "perahu listrik", "pompa air", "kamera jalan", "pasar apung", "kebun lada", "sekolah malam", "dermaga kayu",
    "gudang es", "bengkel sepeda", "rumah jamur", "stasiun cuaca", "perpustakaan keliling", "kolam lele", "menara air",
    "taman bakau", "pabrik kertas", "lumbung padi", "kapal pandu", "studio gim", "klinik gigi", "jalur sepeda",
]  # fmt: skip
DEEDS = ["merawat", "mengukur", "menyusun", "mengganti", "menata", "memetakan", "menguji", "membersihkan", "menghitung"]
WHEN = ["setiap pagi", "sampai akhir tahun", "pada musim hujan", "sebelum panen", "selama dua pekan", "di akhir pekan"]


def news(number: int, chance: random.Random) -> SiteRelease:
    """The release with this number: an agreement between a city of Indonesia and Nanning."""
    city = chance.choice(CITIES)
    first = chance.choice(THINGS)
    lead = (
        f"{city}, {{tanggal}} – Pemerintah Kota {city} dan Pemerintah Kota Nanning menandatangani perjanjian kerja sama"
    )
    lines = [f"{lead} tentang {first} bernomor {number}."]
    for _ in range(6):
        thing, other = chance.sample(THINGS, 2)
        lines.append(
            f"Petugas {chance.choice(DEEDS)} {thing} dan {chance.choice(DEEDS)} {other} {chance.choice(WHEN)},"
            f" dengan {chance.randint(11, 9999)} contoh."
        )
    return SiteRelease(
        host="web.komdigi.go.id", section="siaran-pers", lang="id", slug=f"kabar-{number}-{city.lower()}",
        title=f"{city} dan Nanning Teken Perjanjian {first.title()} Nomor {number}", ago=0,
        time=f"{number // 60 % 24:02}:{number % 60:02}", text="\n".join(lines), stage="signed",
        between="indonesia-guangxi", topics=(),
    )  # fmt: skip
