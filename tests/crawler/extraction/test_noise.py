"""Words of buttons, credits, imprints and counters: out of the text where they are that, in it where they are prose."""

from __future__ import annotations

import pytest

from crawler.extraction.page import extract
from crawler.extraction.text.counters import changes_by_itself
from tests.crawler.extraction.wording import ID_FIRST, ID_SECOND, ZH_FIRST, ZH_SECOND, chinese, indonesian

LATIN = (
    "Baca juga", "Baca", "Baca selengkapnya", "Simak juga", "Lihat juga", "Berita terkait", "Artikel lainnya",
    "Read also", "Read more", "See also", "Related news", "Bagikan", "Share", "Tweet", "Advertisement", "Iklan",
    "Loading", "Kembali", "Cetak", "Print", "Unduh", "Follow us", "Ikuti kami", "Scroll to continue",
)  # fmt: skip
HAN = [
    "相关阅读",
    "相关新闻",
    "相关链接",
    "相关文章",
    "相关推荐",
    "相关报道",
    "延伸阅读",
    "推荐阅读",
    "更多精彩",
    "上一篇",
    "下一页",
    "扫一扫",
    "分享到",
    "分享",
    "打印",
    "打印本页",
    "关闭窗口",
    "返回顶部",
    "文件下载",
    "字体",
    "字号",
    "推荐",
    "收藏",
    "纠错",
    "网友评论",
    "发表评论",
    "当前位置",
    "您的位置",
    "猜你喜欢",
    "热门推荐",
    "最新文章",
]
LABELS = [
    "来源",
    "本文来源",
    "信息来源",
    "责任编辑",
    "责编",
    "编辑",
    "审核",
    "校对",
    "供稿",
    "发布时间",
    "举报电话",
    "声明",
    "特别声明",
    "版权声明",
    "主办",
    "承办",
    "附件",
]
IMPRINT = (
    "© 2024 Dinas Contoh",
    "Copyright © 2024 Dinas Contoh. All rights reserved.",
    "Copyright 2024 - Dinas Contoh",
    "Hak Cipta 2024 Pemerintah Kota Contoh",
    "Hak cipta dilindungi undang-undang.",
    "版权所有：某市人民政府",
    "版权所有 某市人民政府办公室",
    "桂ICP备05001234号-1",
    "桂公网安备 45010302000123号",
    "网站标识码：4501000012",
    "互联网新闻信息服务许可证编号：4512020001",
)
OF_RIGHTS = (
    "Kedua negara sepakat memperkuat perlindungan hak cipta bagi pembuat gim.",
    "Kerja sama itu mencakup hak cipta, paten, dan merek dagang",
    "Pihak ciptaan desa wisata menyambut rombongan dari Nanning.",
    "Both sides will train judges in copyright law.",
    "Copyright cases between the two cities are to be heard online.",
    "Semua peserta wajib mencantumkan tanda © pada karya mereka saat lomba di Nanning.",
    "双方将在版权保护领域开展培训。",
    "版权所有人可以向两国主管部门提出申请。",
    "企业须先办理ICP备案手续，再开通跨境服务。",
    "市民可拨打举报电话反映问题，两市共享线索。",
    "许可证号段由两国主管部门统一分配。",
)
COUNTERS = (
    "Dibaca 57 kali",
    "Dibaca: 1.284",
    "57 kali dibaca",
    "Telah dibaca sebanyak 57 kali",
    "Berita ini dilihat 57 kali",
    "Dilihat : 1.284 kali",
    "57x dilihat",
    "Pengunjung hari ini: 77",
    "Total pengunjung 1.234",
    "Hits: 1284",
    "1,284 hits",
    "Views: 1,234",
    "1.2K views",
    "Post Views: 57",
    "Viewed 57 times",
    "57 people have read this article",
    "1,2 rb tayangan",
    "Jumlah pembaca: 57 orang",
    "Dibaca: kali",
    "3 Komentar",
    "Comments (3)",
    "12 likes · 3 shares",
    "浏览次数：123",
    "浏览：123次",
    "阅读 123",
    "阅读量 1.2万",
    "点击数：[123]",
    "本文已被浏览 123 次",
    "已有123人阅读",
    "123次点击",
    "您是第123位访客",
    "浏览次数： 次",
    "【访问量：123】",
    "来源：办公室　浏览：123",
    "Oleh Admin | 57 views",
    "点赞 5",
    "Diperbarui 3 jam lalu",
    "更新于3天前",
    "今天是2026年3月20日 星期五",
)
NO_COUNTERS = (
    "Video kunjungan itu sudah dilihat 57 ribu kali oleh warga kedua kota.",
    "Dibaca 57 juri dari dua negara",
    "57 sekolah menerima buku",
    "Pembaca berita dari 12 negara hadir",
    "The launch drew 1,234 views in a day in Nanning",
    "线上展会浏览量突破百万。",
    "点击率上升三成的直播间来自南宁",
    "阅读12本印尼绘本",
    "下载12个教学应用的学校",
    "Hari ini dua kota menandatangani nota kesepahaman",
    "3 hari lalu rombongan tiba di pelabuhan",
    "今日，两地航线开通",
    "Views",
    "阅读",
)


def texts(middle: list[str], *, han: bool) -> tuple[str, str]:
    """The text of a page with these lines between two paragraphs, and behind them."""
    first, second, make = (ZH_FIRST, ZH_SECOND, chinese) if han else (ID_FIRST, ID_SECOND, indonesian)
    lines = "".join(f"<p>{line}</p>" for line in middle)
    return (
        extract(make(f'<div class="entry-content"><p>{first}</p>{lines}<p>{second}</p></div>')).text,
        extract(make(f'<div class="entry-content"><p>{first}</p><p>{second}</p>{lines}</div>')).text,
    )


def is_han(text: str) -> bool:
    return any(character > "\u3000" for character in text)


@pytest.mark.parametrize("word", LATIN)
def test_a_latin_word_of_buttons_is_noise_as_a_line_or_before_a_colon_and_never_as_prose(word: str):
    said = f"{word} menjadi bagian dari program kedua kota, kata wali kota di Nanning."
    unclosed = f"{word} 500 ribu buku untuk sekolah di dua kota"
    for text in texts([said, unclosed, f"{word}: kata itu dipakai dalam naskah kerja sama kedua kota."], han=False):
        assert said in text.split("\n")
        assert unclosed in text.split("\n")
        assert f"{word}: kata itu" in text
    for text in texts([word, word.upper(), f"{word}: Menteri Buka Rapat Kerja"], han=False):
        assert text == f"{ID_FIRST}\n{ID_SECOND}"


@pytest.mark.parametrize("word", HAN)
def test_a_chinese_word_of_buttons_is_noise_as_a_line_and_never_as_prose(word: str):
    said, unclosed = f"{word}成为两市会谈的重要内容之一。", f"{word}空间由两市企业共同建设"
    for text in texts([said, unclosed], han=True):
        assert said in text.split("\n")
        assert unclosed in text.split("\n")
    for text in texts([word, f"【{word}】"], han=True):
        assert word not in text


@pytest.mark.parametrize("label", LABELS)
def test_what_follows_a_label_stays_where_it_goes_on_as_a_sentence(label: str):
    said = f"{label}：两市代表一致同意建立联络机制，每季度会商一次。"
    goes_on = f"{label}由两市主管部门共同负责，并向社会公布"
    for text in texts([said, goes_on], han=True):
        assert said in text.split("\n")
        assert goes_on in text.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "来源：广西日报",
        "责任编辑：李某 王某",
        "（责编：李某、王某）",
        "责编 李某",
        "审核：王某",
        "发布时间：2025-03-26 10:00",
        "免责声明：本文不代表本网立场。",
        "声明：转载请注明出处。",
        "原标题：两市携手共建智慧城市",
        "举报电话：0771-1234567",
    ],
)
def test_credits_and_disclaimers_are_left_out(line: str):
    assert texts([line], han=True) == (f"{ZH_FIRST}\n{ZH_SECOND}",) * 2


@pytest.mark.parametrize("line", IMPRINT)
def test_an_imprint_is_told_by_its_form(line: str):
    assert line not in "".join(texts([line], han=is_han(line)))


@pytest.mark.parametrize("line", OF_RIGHTS)
def test_words_of_imprints_in_prose_stay(line: str):
    for text in texts([line], han=is_han(line)):
        assert line in text.split("\n")


@pytest.mark.parametrize("line", COUNTERS)
def test_what_changes_by_itself_is_no_line_of_the_text(line: str):
    assert changes_by_itself(line)
    assert texts([line], han=is_han(line))[1] == (
        f"{ZH_FIRST}\n{ZH_SECOND}" if is_han(line) else f"{ID_FIRST}\n{ID_SECOND}"
    )


@pytest.mark.parametrize("pieces", [("Dibaca", "57"), ("浏览次数", "1.2万"), ("Views", "1,234"), ("57",), ("👁 1.284",)])
def test_a_counter_over_two_lines_or_of_a_number_alone_goes_too(pieces: tuple[str, ...]):
    assert texts([*pieces], han=False)[1] == f"{ID_FIRST}\n{ID_SECOND}"


@pytest.mark.parametrize("line", NO_COUNTERS)
def test_prose_with_words_of_counters_stays(line: str):
    assert not changes_by_itself(line)
    for text in texts([line], han=is_han(line)):
        assert line in text.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "2025年3月26日，两市签署合作备忘录，信息来源地为南宁。",
        "2025年3月26日，两市在南宁签署合作备忘录，作者代表出席",
        "Pada 26 Maret 2025, nota kesepahaman terbit resmi di Nanning.",
        "Hari ini kedua kota meneken nota.",
        "今天上午，两市签署友城协议。",
        "Kemarin rombongan tiba di Jakarta",
        "Nanning, 26 Maret 2025 - Editor dan penulis dari dua kota hadir.",
        "Rombongan naik kapal menuju pulau terluar pada tanggal 26 Maret 2025",
    ],
)
def test_a_first_sentence_with_a_date_in_it_begins_the_text(line: str):
    han = is_han(line)
    make, first = (chinese, ZH_FIRST) if han else (indonesian, ID_FIRST)
    assert extract(make(f"<div class='entry-content'><p>{line}</p><p>{first}</p></div>")).text == f"{line}\n{first}"


@pytest.mark.parametrize(
    "line",
    [
        "26 Maret 2025 10:15 WIB",
        "Diterbitkan pada tanggal 26 Maret 2025 oleh Humas",
        "3 hari yang lalu",
        "Hari ini, 10:15 WIB",
        "2025-03-26 10:15 来源：南宁日报",
        "发布日期：2025年3月26日",
        "Rabu, 26 Maret 2025 | Penulis: Tim Humas | Editor: Redaksi",
    ],
)
def test_a_line_of_date_and_author_above_the_text_is_left_out(line: str):
    han = is_han(line)
    make, first = (chinese, ZH_FIRST) if han else (indonesian, ID_FIRST)
    told = extract(make(f"<div class='entry-content'><p>{line}</p><p>{first}</p></div>"))
    assert (told.text, line in told.dropped) == (first, True)


@pytest.mark.parametrize("heading", ["相关新闻", "延伸阅读：", "Berita Terkait", "网友评论", "Baca Juga"])
def test_a_heading_of_other_articles_cuts_links_at_the_end_and_no_sentence(heading: str):
    links = "".join(f'<p><a href="/{n}">两市共建项目之{n}</a></p>' for n in range(4))
    whole = f"<p>{ZH_FIRST}</p><p>{heading}</p>{links}"
    assert extract(chinese(f'<div class="entry-content">{whole}</div>')).text == ZH_FIRST
    told = extract(chinese(f'<div class="entry-content">{whole}<p>{ZH_SECOND}</p></div>')).text
    assert (told.split("\n")[0], told.split("\n")[-1]) == (ZH_FIRST, ZH_SECOND)


def test_all_that_is_left_out_is_told():
    middle = (
        f'<div class="entry-content"><p>{ID_FIRST}</p><div class="share">Bagikan ke teman</div><p>{ID_SECOND}</p>'
        "<p>Dibaca 57 kali</p><p>© 2025 Dinas Contoh</p></div>"
    )
    told = extract(indonesian(middle))
    assert told.text == f"{ID_FIRST}\n{ID_SECOND}"
    assert told.dropped == ("Bagikan ke teman", "Dibaca 57 kali", "© 2025 Dinas Contoh")


def test_the_day_below_a_long_title_is_not_of_the_text():
    title = "Kapal perpustakaan singgah di lima pulau terluar sepanjang bulan depan"
    page = f"<article><h1>{title}</h1><p>2026-11-20</p><p>{ID_FIRST}</p><p>{ID_SECOND}</p></article>"
    got = extract(f"<html><head><title>{title}</title></head><body>{page}</body></html>".encode())
    assert (got.title, got.date) == (title, "2026-11-20")
    assert got.text == f"{ID_FIRST}\n{ID_SECOND}"
    assert got.dropped == ("2026-11-20",)


@pytest.mark.parametrize(
    "line", ["【打印本页】【关闭窗口】", "Bagikan | Cetak | Unduh", "Editor: Humas Kota", "Penulis : Dinas Kesehatan"]
)
def test_buttons_in_a_row_and_who_wrote_it_are_left_out(line: str):
    text = extract(indonesian(paragraphs(ID_FIRST, ID_SECOND, line))).text
    assert line not in text
    assert ID_SECOND in text


@pytest.mark.parametrize(
    "line",
    ["Editor film muda dilatih di balai kota", "Penulis dari tujuh negara bertemu di Ubud",
     "Cetak biru, bagikan ke desa", "Pada 26 Maret 2025, izin terbit resmi di Jakarta",
     "Sejak 2 Mei 2025 layanan dibaca petugas"],
)  # fmt: skip
def test_the_same_words_begin_a_sentence_that_stays(line: str):
    assert line in extract(indonesian(paragraphs(line, ID_FIRST, ID_SECOND))).text


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)
