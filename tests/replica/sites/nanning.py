"""Nanning: its own counter and year folders in Chinese, and the English site whose dates stand in the address only."""

from __future__ import annotations

import html
from datetime import date, timedelta

from tests.replica.answer import Answer, Asked, moved
from tests.replica.release import SiteRelease
from tests.replica.shelf import Shelf

COLUMNS = {"nnyw": ("南宁要闻", "nzwdt"), "bmdt": ("部门动态", "nbmdt")}
SIZE = 10

FRAME = """<!DOCTYPE html>
<html><head>{charset}<title>{title}_南宁市人民政府门户网站</title>
<meta name="SiteName" content="南宁市人民政府门户网站"><meta name="SiteDomain" content="www.nanning.gov.cn">
<meta name="SiteIDCode" content="4501000060"><meta name="ColumnName" content="{column}">{meta}</head>
<body><div class="top"><a href="/">南宁市人民政府</a></div>
<div class="nav"><ul><li><a href="/ywzx/nnyw/">南宁要闻</a></li><li><a href="/ywzx/bmdt/">部门动态</a></li></ul></div>
{content}
<div class="foot"><p>南宁市人民政府办公室主办</p><p>网站标识码：4501000060</p></div></body></html>"""
ARTICLE = """<div class="location"><a href="/">首页</a> > <a href="../">{column}</a></div>
<div id="content"><h1>{title}</h1>
<div class="info"><span>来源：{by}</span><span>发布时间：{day:%Y-%m-%d}</span></div>
<div class="con_main"><div class="TRS_Editor">
{body}
</div></div></div>"""


class NanningSite:
    """www.nanning.gov.cn: UTF-8 that no header tells; one page is GB 18030 under the name of gb2312."""

    host = "www.nanning.gov.cn"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """A listing page or an article."""
        parts = asked.path.strip("/").split("/")
        if len(parts) < 2 or parts[0] != "ywzx" or parts[1] not in COLUMNS:
            return None
        if len(parts) == 2 and not asked.path.endswith("/"):
            return moved(f"{asked.path}/")
        if len(parts) == 2 or (len(parts) == 3 and parts[2].startswith("index")):
            return self._listing(parts[1], parts[2] if len(parts) == 3 else "index.html")
        for release in self.shelf.of(self.host, parts[1]):
            if asked.path == self._path(release):
                return self._article(release)
        return None

    def address(self, release: SiteRelease) -> str:
        """The article's address, with the folder of its year."""
        return f"https://{self.host}{self._path(release)}"

    def robots(self) -> str:
        """Allow all but the search."""
        return "User-agent: *\nDisallow: /search/\n"

    def _path(self, release: SiteRelease) -> str:
        year = release.moment(self.shelf.today).year
        return f"/ywzx/{release.section}/{year}{COLUMNS[release.section][1]}/t{_number(release)}.html"

    def _article(self, release: SiteRelease) -> Answer:
        column = COLUMNS[release.section][0]
        moment = release.moment(self.shelf.today)
        title = html.escape(release.title, quote=False)
        content = ARTICLE.format(
            column=column,
            title=title,
            by=release.by or "南宁日报",
            day=moment,
            body="\n".join(
                f"<p>　　{html.escape(line, quote=False)}</p>" for line in release.written(self.shelf.today)
            ),
        )
        # The tag with the time, where the template has it; elsewhere the page knows the day only.
        meta = f'<meta name="PubDate" content="{moment:%Y-%m-%d %H:%M}">' if release.salt % 2 else ""
        charset = f'<meta charset="{"gb2312" if release.gbk else "utf-8"}">'
        text = FRAME.format(charset=charset, title=title, column=column, meta=meta, content=content)
        body = text.encode("gb18030" if release.gbk else "utf-8")
        return Answer(body, type="text/html", modified=self.shelf.changed(release))

    def _listing(self, section: str, name: str) -> Answer | None:
        entries = self.shelf.of(self.host, section)
        count = max(1, -(-len(entries) // SIZE))
        names = ["index.html", *(f"index_{page}.html" for page in range(1, count))]
        if name not in names:
            return None
        page = names.index(name)
        rows = [self._row(release, dotted=section == "nnyw") for release in entries[page * SIZE : (page + 1) * SIZE]]
        groups = ["<ul>\n" + "\n".join(rows[at : at + 5]) + "\n</ul>" for at in range(0, len(rows), 5)]
        pager = f'<div class="page"><script>createPageHTML({count}, {page}, "index", "html");</script></div>'
        content = f'<div class="nav1Cont">{"".join(groups)}</div>{pager}'
        column = COLUMNS[section][0]
        text = FRAME.format(charset='<meta charset="utf-8">', title=column, column=column, meta="", content=content)
        changed = max((self.shelf.changed(release) for release in entries), default=None)
        return Answer(text.encode(), type="text/html", modified=changed)

    def _row(self, release: SiteRelease, *, dotted: bool) -> str:
        day = release.moment(self.shelf.today)
        told = f"{day:%Y.%m.%d}" if dotted else f"{day:%Y-%m-%d}"
        link = f'<a href=".{self._path(release).removeprefix(f"/ywzx/{release.section}")}" target="_blank">'
        return f"<li><span>·</span>{link}{html.escape(release.title)}</a><span>{told}</span></li>"


ENGLISH = """<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title></head>
<body><div class="header"><a href="/">Nanning, China</a></div>
{content}
<div class="footer">Presented by the Information Office of Nanning Municipality</div></body></html>"""
FOLDER = "/city_life/city_news/daily_news"


class NanningEnglishSite:
    """english.nanning.gov.cn: `YYYYMM/tYYYYMMDD_ID.html`, and no date anywhere on the page."""

    host = "english.nanning.gov.cn"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """The listing or an article."""
        entries = self.shelf.of(self.host)
        if asked.path == FOLDER:
            return moved(f"{FOLDER}/")
        if asked.path in (f"{FOLDER}/", f"{FOLDER}/index.html"):
            rows = "\n".join(
                f'<li><a href=".{self._path(one).removeprefix(FOLDER)}">{html.escape(one.title)}</a></li>'
                for one in entries
            )
            text = ENGLISH.format(title="Daily News", content=f'<div class="list"><ul>\n{rows}\n</ul></div>')
            return Answer(text.encode(), modified=max((self.shelf.changed(one) for one in entries), default=None))
        release = next((one for one in entries if self._path(one) == asked.path), None)
        if release is None:
            return None
        title = html.escape(release.title, quote=False)
        body = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in release.written(self.shelf.today))
        content = f'<div class="content"><h1>{title}</h1>\n<div class="TRS_Editor">{body}</div></div>'
        text = ENGLISH.format(title=title, content=content)
        return Answer(text.encode(), modified=self.shelf.changed(release))

    def address(self, release: SiteRelease) -> str:
        """The article's address, with its date."""
        return f"http://{self.host}{self._path(release)}"

    def robots(self) -> str:
        """Allow all but the forms."""
        return "User-agent: *\nDisallow: /form/\n"

    def _path(self, release: SiteRelease) -> str:
        day = release.moment(self.shelf.today)
        return f"{FOLDER}/{day:%Y%m}/t{day:%Y%m%d}_{834767 + release.salt % 90_000}.html"


def _number(release: SiteRelease) -> int:
    """The counter of Nanning's own system, the same in every run."""
    if release.on is not None:
        return 5_824_867 + (release.on - date(2024, 3, 1)) // timedelta(days=1) * 1000 + release.salt % 900
    return 6_993_606 - release.ago * 1000 + release.salt % 900
