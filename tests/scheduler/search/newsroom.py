"""A small judged newsroom: releases of our own wording in three languages, the queries, and what each should find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.search.client import Client

SYNONYMS = (
    "kerja sama, kerjasama, bekerja sama, 合作, cooperation, cooperate",
    "kecerdasan buatan, kecerdasan artifisial, 人工智能, artificial intelligence, ai",
    "kota pintar, 智慧城市, smart city, smart cities",
    "talenta digital, 数字人才, digital talent",
    "keamanan siber, 网络安全, cybersecurity, cyber security",
    "pertanian, 农业, agriculture",
    "perdagangan, 贸易, trade",
    "pelabuhan, 港口, port",
    "energi surya, tenaga surya, 太阳能, 光伏, solar energy, solar power",
    "beasiswa, 奖学金, scholarship, scholarships",
    "kesehatan, 卫生, health",
    "pusat data, 数据中心, data center, data centre",
    "pelindungan data pribadi, 个人信息保护, personal data protection",
    "judi online, judi daring, 网络赌博, online gambling",
    "indonesia, 印度尼西亚, 印尼",
    "tiongkok, china, 中国",
    "guangxi, 广西",
    "nanning, 南宁",
    "asean, 东盟",
    "banjir, 洪涝, 洪水, flood, floods",
)

# id, language, title, text; the lines are as long as the sentences
RELEASES = (
    ("ai-id", "id", "Indonesia dan Nanning Perkuat Kerja Sama Kecerdasan Buatan",
     "Menteri Komunikasi dan Digital menerima pimpinan Kota Nanning di Jakarta. Kedua pihak membahas kerja sama kecerdasan buatan untuk layanan publik dan pertanian, serta pusat inovasi bersama."),  # noqa: E501
    ("ai-zh", "zh", "南宁与印度尼西亚深化人工智能合作",
     "南宁市代表团在雅加达会见印度尼西亚通信和数字部负责人。双方就人工智能合作、创新中心建设交换了意见，并愿在公共服务领域共享经验。"),
    ("ai-en", "en", "Nanning and Indonesia step up AI cooperation",
     "A delegation from Nanning met the ministry in Jakarta. Both sides will cooperate on artificial intelligence and open a joint innovation center."),  # noqa: E501
    ("city-id", "id", "Lima Daerah Uji Coba Kota Pintar Bersama Mitra dari Guangxi",
     "Pemerintah daerah memasang sensor lalu lintas dan sampah. Uji coba kota pintar ini memakai pengalaman mitra dari Guangxi, Tiongkok."),  # noqa: E501
    ("city-zh", "zh", "广西企业助力印尼智慧城市试点",
     "广西企业为印尼五个城市提供交通和环卫传感系统，智慧城市试点将持续两年。"),
    ("city-en", "en", "Guangxi firms join smart city pilots in five Indonesian towns",
     "Sensors for traffic and waste are being installed. The smart cities run on shared platforms for two years."),
    ("talent-id", "id", "Pelatihan Talenta Digital Bagi Seribu Pemuda Dibuka",
     "Kementerian membuka pelatihan talenta digital: pemrograman, analisis data dan kecerdasan artifisial bagi pemuda dari luar Jawa."),  # noqa: E501
    ("talent-zh", "zh", "中国—东盟数字人才培训班在南宁开班",
     "来自东盟国家的学员将学习编程和数据分析。主办方表示，数字人才是数字经济的基础。"),
    ("talent-en", "en", "A thousand places in digital talent training",
     "The ministry trains young people in programming and data analysis; digital talent is short outside the capital."),
    ("cyber-id", "id", "Latihan Bersama Keamanan Siber ASEAN Digelar di Bali",
     "Tim tanggap insiden sepuluh negara berlatih menghadapi serangan siber. Kerja sama keamanan siber ASEAN berlanjut tahun depan."),  # noqa: E501
    ("cyber-zh", "zh", "广西举办网络安全宣传周",
     "活动向市民介绍防范诈骗的知识。网络安全企业展示了新产品。"),
    ("cyber-en", "en", "ASEAN teams rehearse cyber security drill",
     "Incident responders of ten countries met in Bali. Cooperation on cybersecurity goes on next year."),
    ("fruit-id", "id", "Ekspor Durian ke Guangxi Naik Dua Kali Lipat",
     "Perdagangan buah tropis dengan Guangxi tumbuh pesat. Petani durian memakai sistem pelacakan digital."),
    ("fruit-zh", "zh", "凭祥口岸东盟水果贸易快速增长",
     "今年以来，榴莲进口量翻了一番，水果贸易带动了冷链物流。"),
    ("fruit-en", "en", "Fruit trade through Guangxi doubles",
     "Durian shipments grew fast this year; growers use digital tracing."),
    ("port-zh", "zh", "北部湾港开通至雅加达集装箱航线",
     "钦州港口至印尼雅加达的直达航线每周一班，运输时间缩短三天。"),
    ("port-id", "id", "Jalur Pelayaran Langsung Jakarta–Qinzhou Dibuka",
     "Kapal peti kemas berangkat tiap pekan dari pelabuhan Tanjung Priok. Waktu tempuh berkurang tiga hari."),
    ("centre-id", "id", "Pusat Data Nasional di Batam Mulai Beroperasi",
     "Pusat data itu melayani aplikasi pemerintah dan dirancang hemat energi."),
    ("centre-zh", "zh", "广西数据中心集群投入使用",
     "该数据中心采用自然冷却技术，为政务云提供算力。"),
    ("privacy-id", "id", "Aturan Turunan Pelindungan Data Pribadi Dibahas",
     "Rancangan peraturan mengatur hak pemilik data dan sanksi bagi pengelola yang lalai."),
    ("privacy-en", "en", "Draft rules on personal data protection open for comment",
     "The draft sets out the rights of data owners and penalties."),
    ("privacy-zh", "zh", "南宁开展个人信息保护专项检查",
     "检查组走访商场和小区，纠正过度收集人脸信息的做法。"),
    ("coop-zh", "zh", "横州农民专业合作社喜获丰收",
     "合作社带动三百户种植茉莉花，农业收入稳步增加。"),
    ("medical-zh", "zh", "新型农村合作医疗参合率创新高",
     "全区合作医疗筹资工作顺利结束，卫生部门提醒群众及时登记。"),
    ("office-id", "id", "Kepala Biro Humas dan Kerja Sama Dilantik",
     "Pejabat baru Biro Humas dan Kerja Sama mengucapkan sumpah jabatan di Jakarta."),
    ("koperasi-id", "id", "Koperasi Desa Dapat Akses Internet Cepat",
     "Ribuan koperasi desa tersambung jaringan serat optik, dan petani dapat memasarkan hasil panen secara daring."),
    ("flood-id", "id", "Jaringan Seluler Pulih Setelah Banjir di Sumatra",
     "Operator memulihkan menara telekomunikasi yang terendam banjir."),
    ("flood-zh", "zh", "桂林全力应对洪涝灾害",
     "暴雨引发洪水，救援人员转移群众两千余人。"),
    ("gamble-id", "id", "Ribuan Situs Judi Online Diblokir",
     "Kementerian memutus akses ribuan situs judi daring dan rekening penampungnya."),
    ("gamble-en", "en", "Thousands of online gambling sites blocked",
     "The ministry cut access and asked banks to freeze accounts."),
    ("school-id", "id", "Beasiswa ke Universitas Guangxi Ditawarkan Lagi",
     "Lima puluh mahasiswa Indonesia menerima beasiswa penuh untuk belajar teknologi informasi."),
    ("school-zh", "zh", "广西高校面向印尼学生设立奖学金",
     "五十名印尼学生将获得全额奖学金，赴邕学习信息技术。"),
    ("school-en", "en", "Scholarships for fifty Indonesian students in Guangxi",
     "Students of information technology receive full scholarships."),
    ("sun-id", "id", "Menara Telekomunikasi di Papua Memakai Energi Surya",
     "Panel tenaga surya menggantikan genset di dua ratus lokasi."),
    ("sun-zh", "zh", "广西光伏企业赴东盟投资建厂",
     "企业将在东盟国家生产太阳能组件。"),
    ("ethics-id", "id", "Pedoman Etika Kecerdasan Artifisial Disiapkan",
     "Pedoman itu mengatur tanggung jawab pengembang di dalam negeri."),
    ("ethics-zh", "zh", "广西发布人工智能应用场景清单",
     "清单涵盖制造、农业和医疗等领域，企业可对接需求。"),
    ("tour-zh", "zh", "桂林山水迎来旅游旺季",
     "景区延长开放时间，游客可乘竹筏游览漓江。"),
    ("sport-id", "id", "Kementerian Gelar Lomba Lari Antarpegawai",
     "Lomba lari memperingati hari jadi kementerian diikuti lima ratus pegawai."),
    ("radio-en", "en", "New frequency plan for community radio",
     "Stations must register their transmitters before the end of the year."),
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A query, its language, and what it should find: 2 the very story, 1 related."""

    words: str
    lang: str
    grades: dict[str, int]


def _story(name: str, *related: str) -> dict[str, int]:
    grades = {release[0]: 2 for release in RELEASES if release[0].rsplit("-", 1)[0] == name}
    return grades | dict.fromkeys(related, 1)


AI_COOPERATION = _story("ai")
QUERIES = (
    Judged("kerja sama kecerdasan buatan", "id", AI_COOPERATION),
    Judged("人工智能合作", "zh", AI_COOPERATION),
    Judged("AI cooperation", "en", AI_COOPERATION),
    Judged("kota pintar Guangxi", "id", _story("city")),
    Judged("印尼智慧城市", "zh", _story("city")),
    Judged("smart city Indonesia", "en", _story("city")),
    Judged("pelatihan talenta digital", "id", _story("talent")),
    Judged("數字人才培訓", "zh", _story("talent")),
    Judged("digital talent training", "en", _story("talent")),
    Judged("kerja sama keamanan siber ASEAN", "id", _story("cyber") | {"cyber-zh": 1}),
    Judged("东盟网络安全合作", "zh", _story("cyber") | {"cyber-zh": 1}),
    Judged("cybersecurity exercise", "en", _story("cyber") | {"cyber-zh": 1}),
    Judged("perdagangan buah", "id", _story("fruit")),
    Judged("水果贸易", "zh", _story("fruit")),
    Judged("fruit trade Guangxi", "en", _story("fruit")),
    Judged("pelabuhan jalur pelayaran", "id", _story("port")),
    Judged("港口航线", "zh", _story("port")),
    Judged("beasiswa mahasiswa", "id", _story("school")),
    Judged("印度尼西亚奖学金", "zh", _story("school")),
    Judged("scholarship students", "en", _story("school")),
    Judged("tenaga surya", "id", _story("sun")),
    Judged("太阳能", "zh", _story("sun")),
    Judged("solar power towers", "en", _story("sun")),
    Judged("situs judi daring diblokir", "id", _story("gamble")),
    Judged("blocking of gambling", "en", _story("gamble")),
    Judged("个人信息保护", "zh", _story("privacy")),
    Judged("aturan pelindungan data pribadi", "id", _story("privacy")),
    Judged("flood", "en", _story("flood")),
)


def document(release_id: str, lang: str, title: str, text: str, **changes: Any) -> dict[str, Any]:
    """A document with all fields of the mapping."""
    return {
        "url": f"https://example.org/{release_id}",
        "source": "komdigi" if lang == "id" else "gxzf",
        "kind": "article",
        "lang": lang,
        "title": title,
        "text": text,
        "published": "2026-03-26T09:00:00+07:00",
        "published_or_collected": "2026-03-26T09:00:00+07:00",
        "date": "2026-03-26",
        "precision": "minute",
        "date_source": "meta",
        "date_conflict": None,
        "number": None,
        "attachments": [],
        "collected_at": "2026-03-26T03:00:00+00:00",
        "evidence_sha256": "0" * 64,
        "revision": 1,
        "withdrawn_at": None,
        "concepts": [],
        "topics": [],
        "stage": "none",
        "parties": [],
        "lines": [],
        "score": 0.0,
        "glossary": "test",
        "cooperation": [],
        "unread": 0,
        "cut": False,
    } | changes


def rows() -> list[tuple[str, int, dict[str, Any]]]:
    """All releases as `index` takes them."""
    return [(one[0], 1, document(*one)) for one in RELEASES]


def count(client: Client, alias: str, query: Mapping[str, Any] | None = None) -> int:
    """How many releases a query matches; without one, how many there are."""
    return int(client.count(index=alias, query=query)["count"])
