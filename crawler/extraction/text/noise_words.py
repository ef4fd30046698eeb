"""The wording of lines that are not of the text: buttons, credits, announcements of other articles, imprints.

None of these words is noise by itself: `noise.py` says in which form of a line it is.
"""

from __future__ import annotations

import re

# Announce other articles. Noise as a whole line, before a colon, or as a link.
ANNOUNCED = re.compile(
    r"\W{0,6}(?:baca\s+juga|baca\s+selengkapnya|baca|simak\s+juga|lihat\s+juga|(?:berita|artikel)\s+(?:terkait|lainnya)"
    r"|read\s+(?:also|more)|see\s+also|related\s+(?:news|articles?|posts?)"
    r"|相关(?:阅读|新闻|链接|文章|推荐|稿件|报道|附件)|延伸阅读|推荐阅读|更多精彩|上一[篇条页]|下一[篇条页])",
    re.I,
)
# Buttons and places on the page. Noise as a whole line, before a colon, or as a link.
BUTTON = re.compile(
    r"\W{0,6}(?:bagikan|share(?:\s+this)?|tweet|advertisement|iklan|scroll\s+to\s+continue|loading"
    r"|kembali(?:\s+ke\s+atas)?|cetak|print|unduh|follow\s+us|ikuti\s+kami"
    r"|(?:点击)?(?:展开|查看|阅读|收起)(?:余下)?(?:全文|更多)|扫一扫(?:.{0,12}(?:朋友圈|二维码|公众号|当前页|微信|手机))?|扫码(?:分享|关注)?|微信扫(?:一扫|码)|长按(?:识别)?二维码|点击下载|分享到|分享至|分享让更多人看到|分享"
    r"|打印(?:本页|本文|此页)?|关闭(?:窗口|本页|页面)?|返回顶部|(?:附件)?文件下载|关联文件|字体|字号|推荐|收藏本?[文页]?"
    r"|(?:我要)?纠错|我要评论|网友评论|发表评论|当前位置|您(?:现在)?(?:的|所在的?)位置)",
    re.I,
)
# Who made a page and when. Noise before a colon and a short value.
CREDIT = re.compile(
    r"\W{0,6}(?:(?:本文|稿件|信息|文章|新闻)?来源|责任编辑|責任編輯|责编|编辑|編輯|编审|审核|校对|[初复终]审|[一二三]审|供稿"
    r"|[发發][布佈](?:时间|日期|時間)|举报电话|pewarta|penerjemah|uploader|pengunggah"
    r"|editor|penulis|penyunting|redaktur|reporter|wartawan|fotografer|writer|author|photographer)"
    r"(?P<colon>\s{0,3}[:：]|\s)\s{0,3}(?P<value>.*)",
    re.I | re.S,
)
# Editors' remarks that name another headline; of any length.
REMARK = re.compile(r"\W{0,6}原标题\s{0,3}[:：]|\W{0,6}dicetak\s+pada\b|createPageHTML", re.I)
# Noise where they hold a link.
PROMOTED = re.compile(
    r"\W{0,6}(?:ikuti|follow|dapatkan\s+(?:update|berita)|cek\s+berita\s+dan\s+artikel|扫|长按|关注|下载|更多)", re.I
)
# A site speaks of its own liability. Noise where it says so.
DISCLAIMER = re.compile(r"\W{0,6}(?:版权|免责|特别)?声明\s{0,3}(?:[:：]|$)(?P<rest>.*)", re.S)
DISCLAIMING = re.compile(r"本(?:网站?|站|文)|转载|不代表|凡注明|仅供参考")
# An imprint by its form: the sign of copyright, a year, an owner, a number.
IMPRINT = re.compile(
    r"©|\(c\)\s?(?:19|20)\d\d|^\W{0,4}copyright\b\W{0,6}(?:(?:19|20)\d\d|by\b|$)"
    r"|^\W{0,4}hak\s+cipta\s{0,3}(?:\W{1,4}|\b)(?:(?:19|20)\d\d|milik\b)"
    r"|^\W{0,4}hak\s+cipta\s+dilindungi(?:\s+(?:oleh\s+)?undang-?\s?undang)?\W{0,4}$|\ball\s+rights\s+reserved\W{0,4}$"
    r"|^\W{0,4}版权所有(?:\s{0,3}[:：@]|\s|\W{0,4}$)|ICP[备证]\s{0,3}\d{4}|公网安备\s{0,3}\d{4}|网站标识码\s{0,3}[:：]?\s{0,3}\w?\d{4}"
    r"|许可证(?:编)?号?\s{0,3}[:：]\s{0,3}\w{0,6}\d{3}",
    re.I,
)
# These may end with a full stop and are an imprint all the same.
SURE_IMPRINT = re.compile(
    r"^\W{0,4}(?:copyright\b.{0,12})?(?:©|\(c\))\W{0,4}(?:19|20)\d\d|^\W{0,4}hak\s+cipta\s+dilindungi"
    r"|\ball\s+rights\s+reserved\W{0,4}$|(?:ICP[备证]|公网安备)\s{0,3}\d{4}",
    re.I,
)
# Head a block of links to other articles.
ENDS = re.compile(
    r"\W{0,6}(?:相关(?:阅读|新闻|链接|文章|推荐|稿件|报道)|延伸阅读|推荐阅读|网友评论|(?:热门|热点|精彩|为[你您])推荐|猜你喜欢|大家都在看"
    r"|热点新闻|最新文章|作者最近文章|(?:berita|artikel)\s+(?:terkait|lainnya|terpopuler|terkini)|baca\s+juga"
    r"|related\s+(?:news|articles?|posts?|stories)|see\s+also)\W{0,6}$",
    re.I,
)
INFORMATION = re.compile(
    r"来源|來源|作者|编辑|編輯|记者[:：]|浏览|阅读|点击|字号|字体|[发發][布佈表]|刊[发登]|分享|责编|更新|日期|时间|時間"
    r"|\b(?:WIB|WITA|WIT|oleh|by|penulis|editor|reporter|sumber|source|dibaca|kategori|views?|posted|published|dilihat|tanggal|tgl"
    r"|di(?:terbitkan|publikasikan|posting|unggah|perbarui|ubah|tulis)|terbit|updated?|modified)\b",
    re.I,
)
