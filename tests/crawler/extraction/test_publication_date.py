"""Where on a page its date is looked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.page import extract
from crawler.extraction.result import Extract
from tests.crawler.extraction.wording import ID_FIRST, ID_TEXT, ZH_TEXT, chinese, indonesian, page

URL = "https://contoh.go.id/b/1"


def told(date_line: str, *, head: str = "", url: str | None = URL, at: datetime | None = None) -> Extract:
    return extract(page(f"<h1>Menteri Terima Delegasi</h1>{date_line}{ID_TEXT}", head), url=url, at=at)


@pytest.mark.parametrize(
    ("name", "content", "published"),
    [
        ("PubDate", "2025-03-26 08:30", "2025-03-26T08:30:00+08:00"),
        ("pubdate", "2017——04——12", "2017-04-12T00:00:00+08:00"),
        ("publishdate", "20250326", "2025-03-26T00:00:00+08:00"),
        ("firstpublishedtime", "2007-08-20-23:59:59", "2007-08-20T23:59:59+08:00"),
        ("article:published_time", "2025-03-26T08:30:00+08:00", "2025-03-26T08:30:00+08:00"),
    ],
)
def test_the_tags_of_the_head_are_read_in_any_case(name: str, content: str, published: str):
    got = extract(chinese(ZH_TEXT, date="", head=f'<meta name="{name}" content="{content}">'))
    assert got.published is not None
    assert got.published.isoformat() == published
    assert got.date_source == f"meta {name}"


def test_an_empty_tag_says_nothing():
    for content in ("", "null"):
        got = extract(chinese(ZH_TEXT, head=f'<meta name="PubDate" content="{content}">'))
        assert (got.date, got.date_source) == ("2025-03-26", "text after title")


def test_the_line_at_the_title_adds_the_time_to_a_bare_day():
    got = extract(
        chinese(ZH_TEXT, date="发布时间：2025-03-26 17:20", head='<meta name="PubDate" content="2025-03-26">')
    )
    assert got.published is not None
    assert got.published.isoformat() == "2025-03-26T17:20:00+08:00"


def test_a_template_that_writes_twelve_hours_or_calls_local_time_utc_is_put_right():
    twelve = extract(chinese(ZH_TEXT, date="2025-03-26 15:20", head='<meta name="PubDate" content="2025-03-26 03:20">'))
    utc = told(
        "<p>26 Maret 2025 15:20 WIB</p>", head='<meta property="article:published_time" content="2025-03-26T15:20:00Z">'
    )
    for got in (twelve, utc):
        assert got.published is not None
        assert (got.published.day, got.published.hour) == (26, 15)


def test_a_tag_goes_before_the_address():
    got = told("", url="https://contoh.go.id/2024/05/18/x", head='<meta name="pubdate" content="2024-05-07">')
    assert got.date == "2024-05-07"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://contoh.go.id/2024/05/18/x.html", "2024-05-18"),
        ("http://english.contoh.gov.cn/news/201803/t20180312_834767.html", "2018-03-12"),
        ("https://contoh.go.id/b/t6593606.html", None),
        ("https://contoh.go.id/b/20241350/x", None),
    ],
)
def test_the_address_speaks_last(url: str, day: str | None):
    got = told("", url=url)
    assert (got.date, got.date_source) == (day, "url" if day else None)


@pytest.mark.parametrize(
    ("line", "day", "source"),
    [
        ("<p>Diperbarui: 7 Mei 2024 10:00 WIB | Diterbitkan: 5 Mei 2024 09:00 WIB</p>", "2024-05-05", "labelled text"),
        ("<p>Dicetak pada: 5 Januari 2026</p><p>Tanggal: 3 Mei 2023</p>", "2023-05-03", "labelled text"),
        ("<p>oleh Humas | 3 Mei 2023 | dibaca 120 kali</p>", "2023-05-03", "text after title"),
        ('<div class="date">12<br>06-2023</div>', "2023-06-12", "text after title"),
        ("<p>Batas pendaftaran 3 Mei 2023</p>", None, None),
        (
            "<p>Pada 3 Januari 2018, kementerian membuka layanan baru bagi warga di daerah terpencil.</p>",
            None,
            None,
        ),
    ],
)
def test_labels_tell_which_date_is_meant(line: str, day: str | None, source: str | None):
    got = told(line)
    assert (got.date, got.date_source) == (day, source)


def test_dates_of_other_releases_and_of_the_imprint_are_not_the_pages():
    below = '<div class="terkait"><ul><li><a href="/2">Berita lain</a> 3 Januari 2018</li></ul></div><p>© 2024</p>'
    plain = '<h3>Berita Terkait</h3><p><a href="/2">Berita lain tentang pangan</a></p><p>3 Januari 2018</p>'
    for extra in (below, plain):
        assert extract(indonesian(ID_TEXT + extra, date=""), url=URL).date is None


def test_a_notice_is_dated_by_its_signature():
    got = extract(chinese(ZH_TEXT + "<p>某某市人民政府</p><p>二〇一七年三月二十四日</p>", date=""))
    assert (got.date, got.date_source) == ("2017-03-24", "signature")


def test_a_policy_page_is_dated_by_its_catalogue():
    table = (
        "<table><tr><td>文号：</td><td>桂政发〔2024〕3号</td><td>成文日期：</td><td>2024年03月20日</td></tr>"
        "<tr><td>标题：</td><td>通知</td><td>发布日期：</td><td>2024年03月25日</td></tr></table>"
    )
    got = extract(
        page(f"{table}<h1>关于印发数字规划的通知</h1><div class='article-con'>{ZH_TEXT}<p>2024年3月20日</p></div>")
    )
    assert (got.date, got.title) == ("2024-03-25", "关于印发数字规划的通知")


def test_a_dateline_without_a_year_needs_the_moment_of_reading():
    line = f"<p>Jakarta, Selasa (25/3) - {ID_FIRST}</p>"
    assert told(line).date is None
    at = datetime(2025, 4, 1, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert told(line, at=at).date == "2025-03-25"
    assert told("<p>Kemarin, 14:20 WIB</p>", at=at).date == "2025-03-31"


def test_json_ld_and_time_elements_are_read():
    data = (
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2024-05-07"}]}</script>'
    )
    assert told("", head=data).date_source == "JSON-LD datePublished"
    assert told('<time datetime="2024-05-07T09:00:00+07:00">dua tahun silam</time>').date == "2024-05-07"
    assert told("", head='<script type="application/ld+json">{broken</script>').date is None


AT = datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
ZH_URL = "https://www.contoh.gov.cn/xw/a1.html"


def shown(line: str, *, url: str = ZH_URL) -> str | None:
    return extract(chinese(ZH_TEXT, date=line), url=url, at=AT).date


@pytest.mark.parametrize(
    "line",
    [
        "<div><b>12</b><span>2026-03</span></div>",
        "<div><p>12</p><p>2026年03月</p></div>",
        "<div><p>03-12</p><span>2026</span></div>",
        "03-12 10:20",
        "03-12 10:20 来源：广西日报",
        "发布时间：03-12",
        "发布时间：3月12日 来源：本网",
        "二〇二六年三月十二日",
        "活动时间：2026年3月1日<br>发布日期：2026-03-12",
    ],
)
def test_short_dates_of_chinese_pages_are_read(line: str):
    assert shown(line) == "2026-03-12"


@pytest.mark.parametrize(
    "line",
    [
        "12<br>Mar<br>2026",
        "<div>12</div><div>Maret</div><div>2026</div>",
        "<div>12</div><div>Mar</div>",
        "12.03.26 | oleh Humas",
        "Diposting pada Maret 12, 2026 oleh admin",
        "12 Maret 2026 WITA 08:05 | Humas",
    ],
)
def test_short_dates_of_indonesian_pages_are_read(line: str):
    assert told(f"<div>{line}</div>", at=AT).date == "2026-03-12"


def test_the_address_names_the_year_of_a_day_without_one():
    assert shown("发布时间：03-12 来源：本网", url="https://www.contoh.gov.cn/art/2024/a1.html") == "2024-03-12"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Nanning today: a city of green", None),
        ("Menteri meresmikan pelabuhan hari ini", None),
        ("Menteri meresmikan pelabuhan pada 5 Mei 2020", None),
        ("Pengunjung hari ini: 77", None),
        ("Batas akhir: 25 Maret 2026", None),
        ("oleh Humas | 3 hari lalu | dibaca 20 kali", "2026-03-17"),
        ("dua hari lalu", "2026-03-18"),
    ],
)
def test_words_below_the_title_date_a_page_only_where_they_are_a_date(line: str, day: str | None):
    assert told(f"<p>{line}</p>", at=AT).date == day


@pytest.mark.parametrize("line", ["来源：今日头条", "今日南宁", "2020年5月5日市政府与代表团举行会谈纪实"])
def test_names_and_sub_titles_date_nothing(line: str):
    assert shown(line) is None


@pytest.mark.parametrize(
    "where",
    [
        {"date_line": '<time datetime="2024-03-25T10:00:00+07:00">3 hari lalu</time>'},
        {"date_line": "<p>3 hari lalu</p>", "url": "https://contoh.go.id/2024/03/25/x"},
    ],
)
def test_a_date_goes_before_words_that_count_from_the_reading(where: dict[str, str]):
    assert told(at=AT, **where).date == "2024-03-25"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="pubdate" content="2034-03-25T10:15:00+07:00">',
        '<meta name="pubdate" content="1970-01-01 00:00:00">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2034-05-07"}</script>',
    ],
)
def test_a_tag_that_names_no_possible_day_gives_way(head: str):
    assert told("", head=head, at=AT).date is None
    assert told("<p>12 Maret 2026</p>", head=head, at=AT).date == "2026-03-12"


def test_when_a_page_was_changed_is_not_when_it_was_published():
    times = '<time class="updated" datetime="2025-05-01">a</time><time class="published" datetime="2025-03-01">b</time>'
    assert told(times).date == "2025-03-01"


@pytest.mark.parametrize(
    "line",
    [
        "Batas pendaftaran: 25 Mei 2025", "Tanggal kegiatan: 25 Mei 2025", "Jadwal: Minggu, 25 Mei 2025",
        "Tenggat 25 Mei 2025", "Masa berlaku: 25 Mei 2025", "Tanggal lahir: 25 Mei 1995",
        "Pendaftaran dibuka 25 Mei 2025", "25 Mei 2025 (batas akhir)", "25-27 Mei 2025", "25 Mei - 27 Mei 2025",
        "Periode 1 s.d. 31 Mei 2025", "公示期：2025年5月25日—6月1日", "活动时间：2025年5月25日至27日",
        "有效期至：2025年5月25日", "开工日期：2025年5月25日", "签署日期：2025-05-25", "中标日期 2025-05-25",
        "出生日期：1995年5月25日", "2025年5月25日起施行", "本办法自2025年5月25日起施行。",
        "Closing date: 25 May 2025", "Event date: May 25, 2025", "Date of birth: 25 May 1995",
        "Valid until May 25, 2025",
        "May 25-27, 2025", "25 May 2025 (deadline)",
    ],
)  # fmt: skip
def test_the_day_of_an_event_a_deadline_or_a_birth_dates_no_page(line: str):
    at = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert told(f"<p>{line}</p>", at=at).date is None
    dated = told(f"<p>{line}</p>", at=at, url="https://contoh.go.id/2025/03/26/menteri")
    assert (dated.date, dated.date_source) == ("2025-03-26", "url")


@pytest.mark.parametrize(
    "line",
    [
        "Terbit 26 Maret 2025 | Batas pendaftaran: 25 Mei 2025",
        "Batas pendaftaran 25 Mei 2025 | Terbit: 26 Maret 2025",
        "公布日期：2025-03-26 实施日期：2025-05-25", "新闻时间：2025年3月26日", "Agenda Kota | 26 Maret 2025",
        "26 Maret 2025 - 14:30 WIB", "14:30 - 26 Maret 2025",
    ],
)  # fmt: skip
def test_beside_such_a_day_that_of_publication_is_read(line: str):
    at = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert told(f"<p>{line}</p>", at=at).date == "2025-03-26"


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (("Hari/Tanggal: Senin, 26 Mei 2025", "Pukul: 09.00 WIB", "Tempat: Balai Kota"), None),
        (("时间：2025年5月26日上午9:00 地点：南宁会展中心",), None),
        (("Date: 26 May 2025", "Venue: Town Hall"), None),
        (("Hari/Tanggal: Senin, 26 Mei 2025", "Penulis: Humas"), "2025-05-26"),
        (("时间：2025年5月26日 来源：南宁日报",), "2025-05-26"),
    ],
)
def test_a_day_beside_which_a_place_is_told_is_that_of_an_event(lines: tuple[str, ...], day: str | None):
    got = told("".join(f"<p>{line}</p>" for line in lines), at=datetime(2026, 11, 25, tzinfo=ZoneInfo("Asia/Jakarta")))
    assert got.date == day
