"""The article page of a TRS site, in the variants that occur side by side."""

from __future__ import annotations

import html
from datetime import date

from tests.replica.release import SiteRelease

# Class lists of the text's box. They differ from page to page; only the tokens can be relied on.
BOXES = (
    "view TRS_UEDITOR trs_paper_default trs_web",
    "view TRS_UEDITOR trs_paper_default trs_word",
    "trs_editor_view TRS_UEDITOR trs_paper_default trs_web",
    "view TRS_UEDITOR trs_paper_default trs_key4format",
    "TRS_Editor",
)

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}-{site}</title>
{meta}
</head><body>
<div class="header"><div class="logo"><a href="/">{site}</a></div></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="./">{column}</a> &gt; 正文</div>
<div class="article-left"><div class="article">
<h1>{title}</h1>
<div><div class="article-inf-left">{moment:%Y-%m-%d %H:%M}
    来源：{by}</div>
<div class="article-inf-right">
<span>【字体：<a href="javascript:doZoom(16)">大</a> <a href="javascript:doZoom(14)">小</a>】</span>
<a href="javascript:window.print()">打印</a></div></div>
{policy}<div class="article-con"><div class="{box}">
{body}
</div></div>
{pages}<div class="article-share-group"><span>分享到：</span><a class="weixin" href="javascript:;">微信</a></div>
<div class="downloadfile"><a id="fileDownBtn" href="javascript:;">文件下载</a></div>
<p>文件下载：</p><p>关联文件：</p>
</div></div>
<div class="article-right"><h3>相关链接</h3><ul><li><a href="http://www.gxzf.gov.cn/gggs/">公示公告</a></li></ul></div>
<div class="footer"><p>主办：{site}</p><p>桂ICP备05000000号</p></div>
</body></html>"""

POLICY = """<div class="people-desc"><table><tr><th>索引号：</th><td>000014349/{year}-{serial}</td>
<th>发文机关：</th><td>{by}</td></tr>
<tr><th>文号：</th><td>桂数发〔{year}〕{number}号</td><th>发布日期：</th><td>{year}年{month}月{day}日</td></tr></table></div>
"""


def article(release: SiteRelease, today: date, site: str, column: str, url: str, part: int) -> str:
    """Draw part `part` (from 0) of a release; only releases of form `parts` have a second one."""
    moment = release.moment(today)
    by = release.by or site
    title = html.escape(release.title, quote=False)
    policy = POLICY.format(
        year=moment.year, month=moment.month, day=moment.day,
        serial=f"{release.salt % 10**5:05}", number=release.salt % 60 + 1, by=by,
    ) if release.form == "docx" else ""  # fmt: skip
    name = url.rpartition("/")[2].removesuffix(".shtml")
    pages = f'<div id="page_div"><script>createPageHTML(2, {part}, "{name}", "shtml");</script></div>\n'
    return PAGE.format(
        title=title,
        site=site,
        column=column,
        meta=_meta(release, today, site, column, url, by),
        moment=moment,
        by=by,
        policy=policy,
        box=BOXES[release.salt % len(BOXES)],
        body=_body(release, today, part),
        pages=pages if release.form == "parts" else "",
    )


def file_stem(release: SiteRelease) -> str:
    """The long number in the names of a release's files."""
    return f"0{20240930573724841467 + release.salt}"


def _meta(release: SiteRelease, today: date, site: str, column: str, url: str, by: str) -> str:
    """The tags that the rules for government sites ask for; some are empty, some in the wrong case, as it happens."""
    moment = release.moment(today)
    host = url.split("/")[2]
    tags = {
        "SiteName": site,
        "SiteDomain": host if release.salt % 2 else f"http://{host}",
        "SiteIDCode": "4500000000",
        "ColumnName": column,
        "ColumnDescription": "",
        "ColumnKeywords": column,
        "ColumnType": column,
        "ArticleTitle": release.title,
        "pubdate" if release.salt % 5 == 0 else "PubDate": f"{moment:%Y-%m-%d %H:%M}",
        "contentSource" if release.salt % 4 == 0 else "ContentSource": "本网" if by == site else by,
        "Keywords": "",
        "Author": "null" if release.salt % 7 == 0 else "",
        "Description": release.title,
        "Image": "",
        "Url": url,
    }
    return "\n".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in tags.items())


def _body(release: SiteRelease, today: date, part: int) -> str:
    stem = file_stem(release)
    paragraphs = release.written(today)
    if release.form == "image":
        return f'<p style="text-align: center;"><img src="./W{stem}.png" alt="" title=""></p>'
    if release.form == "parts":
        half = (len(paragraphs) + 1) // 2
        paragraphs = paragraphs[half:] if part else paragraphs[:half]
    if release.form == "pdf":
        paragraphs = ()
    lines = [f"<p>　　{html.escape(line, quote=False)}</p>" for line in paragraphs]
    if release.form in ("pdf", "docx"):
        file = f"P{stem}.{release.form}"
        lines.append(
            f'<p class="insertfileTag"><a appendix="true" needdownload="true" href="./{file}" '
            f'OLDSRC="/protect/P0/{file}">{html.escape(release.title)}.{release.form}</a></p>'
        )
    return "\n".join(lines)
