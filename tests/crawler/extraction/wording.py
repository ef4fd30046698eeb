"""Pages of our own wording, in the markup of the sites that are watched."""

from __future__ import annotations

ZH_FIRST = "自治区政府在南宁与印度尼西亚代表团举行会谈，双方就人工智能应用、智慧城市建设和数字人才培养深入交换意见。"
ZH_SECOND = "会谈指出，双方将建立定期联络机制，推动重点项目尽快落地，并在博览会期间举办专场对接活动。"
ID_FIRST = (
    "Kementerian menerima kunjungan delegasi Kota Nanning di Jakarta untuk membahas pemanfaatan kecerdasan buatan"
    " dan pembangunan kota pintar."
)
ID_SECOND = (
    "Kedua pihak juga membicarakan pelatihan talenta digital dan pertukaran pengalaman dengan negara ASEAN lain."
)
ZH_TEXT = f"<p>{ZH_FIRST}</p><p>{ZH_SECOND}</p>"
ID_TEXT = f"<p>{ID_FIRST}</p><p>{ID_SECOND}</p>"


def page(body: str, head: str = "", charset: str = "utf-8") -> bytes:
    """A whole page around a piece of body, encoded."""
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(charset)


def chinese(
    middle: str, *, title: str = "广西与印尼举行数字合作会谈", date: str = "2025-03-26", head: str = ""
) -> bytes:
    """A Chinese government page: menu, heading, date, the given middle, imprint."""
    return page(
        f'<div class="nav"><a href="/">首页</a> <a href="/xw">新闻</a></div><h1>{title}</h1><p>{date}</p>{middle}'
        '<div class="footer">主办：自治区人民政府办公厅</div>',
        head,
    )


def indonesian(middle: str, *, title: str = "Menteri Terima Delegasi Nanning", date: str = "26 Maret 2025") -> bytes:
    """An Indonesian ministry's page: menu, heading, date, the given middle, footer."""
    return page(
        f'<nav><a href="/">Beranda</a> <a href="/berita">Berita</a></nav><h1>{title}</h1><p class="tgl">{date}</p>'
        f"{middle}<footer>Jalan Medan Merdeka, Jakarta</footer>"
    )
