"""The replica sites, started together and changed while they run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from tests.replica.answer import Site
from tests.replica.faults import Faults
from tests.replica.local import localise, localise_source
from tests.replica.release import ZONES, SiteRelease, Truth, load_releases
from tests.replica.server import Logged, SiteServer
from tests.replica.shelf import Shelf
from tests.replica.sites.komdigi import KomdigiApi, KomdigiFront
from tests.replica.sites.kominfo import KominfoSite
from tests.replica.sites.nanning import NanningEnglishSite, NanningSite
from tests.replica.sites.portal import KomdigiPortal
from tests.replica.sites.trs import Section, TrsSite

# What the shipped sources list: host and section.
READ = {
    ("web.komdigi.go.id", "siaran-pers"),
    ("www.gxzf.gov.cn", "gxyw"),
    ("www.gxzf.gov.cn", "zwhd"),
    ("wsb.gxzf.gov.cn", "xwyw_48149/dfws_48154"),
    ("dsjfzj.gxzf.gov.cn", "dtyw"),
    ("www.nanning.gov.cn", "nnyw"),
    ("www.nanning.gov.cn", "bmdt"),
    ("english.nanning.gov.cn", "daily_news"),
}
WECHAT = ("https://mp.weixin.qq.com/s/Jq3mR0vTn8yXkLw2bHc5dA", "一图读懂：广西口岸便民措施")


def sites_of(shelf: Shelf) -> tuple[Site, ...]:
    """All sites, on what the shelf holds."""
    portal = (
        Section("gxyw", "广西要闻", "more-list", 8, elsewhere=(WECHAT,)),
        Section("zwhd", "政务活动", "before-trs", 6),
        Section("gggs", "公示公告", "morelist", 20),
    )
    offices = Section("xwyw_48149/dfws_48154", "地方外事", "department", 15)
    bureau = Section("dtyw", "动态要闻", "department", 6)
    return (
        KomdigiFront(),
        KomdigiApi(shelf),
        KomdigiPortal(shelf),
        KominfoSite(shelf),
        TrsSite("www.gxzf.gov.cn", "广西壮族自治区人民政府门户网站", portal, shelf),
        TrsSite("wsb.gxzf.gov.cn", "广西壮族自治区外事办公室网站", (offices,), shelf),
        TrsSite("dsjfzj.gxzf.gov.cn", "广西壮族自治区大数据发展局网站", (bureau,), shelf),
        NanningSite(shelf),
        NanningEnglishSite(shelf),
    )


class Replica:
    """Plays the sites on loopback, one port a host, until it is closed.

    `today` is the day from which most releases count back; `ports_from` makes the ports follow one another, otherwise
    the system chooses. `base` maps each host to its address here.
    """

    def __init__(self, today: date | None = None, *, ports_from: int | None = None) -> None:
        self.today = today or datetime.now(ZONES["zh"]).date()
        self.shelf = Shelf(load_releases(), self.today)
        self.faults = Faults()
        self.base: dict[str, str] = {}
        self._sites = {site.host: site for site in sites_of(self.shelf)}
        self._ports_from = ports_from
        self._servers: list[SiteServer] = []
        self._threads: list[Thread] = []
        self._log: list[Logged] = []
        self._lock = Lock()

    def __enter__(self) -> Self:
        try:
            for place, site in enumerate(self._sites.values()):
                port = self._ports_from + place if self._ports_from else 0
                server = SiteServer(site, port, self.faults, self.localise, self._note)
                self._servers.append(server)
                self.base[site.host] = server.base
        except OSError:
            self.close()
            raise
        for server in self._servers:
            thread = Thread(target=server.serve_forever, args=(0.05,), name=server.site.host, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop all sites; requests that a fault holds up are let go."""
        self.faults.clear()
        for server in self._servers:
            if self._threads:
                server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        self._servers.clear()
        self._threads.clear()

    def localise(self, text: str) -> str:
        """Replace the addresses of the real hosts by those of the replica."""
        return localise(text, self.base)

    def write_sources(self, from_folder: Path, to_folder: Path) -> None:
        """Copy the files of the sources that are played, so that they lead here: no delay, loopback allowed."""
        to_folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(from_folder.glob("*.toml")):
            if text := localise_source(path.read_text(encoding="utf-8"), self.base):
                (to_folder / path.name).write_text(text, encoding="utf-8")

    @property
    def requests(self) -> list[Logged]:
        """The requests so far, in the order in which they were answered."""
        with self._lock:
            return list(self._log)

    def reset_log(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._log.clear()

    def _note(self, request: Logged) -> None:
        with self._lock:
            self._log.append(request)

    @property
    def truth(self) -> list[Truth]:
        """What the sites show at this moment; a release that two sites show is there twice."""
        shown = [self._truth(release, host) for host in self._sites for release in self.shelf.of(host)]
        numbered = [self.shelf.get("web.komdigi.go.id", slug) for slug in self.shelf.portal]
        return shown + [self._truth(release, "portal.komdigi.go.id") for release in numbered if release]

    def publish(self, host: str, release: SiteRelease) -> Truth:
        """Put a release on a site now."""
        self.shelf.publish(replace(release, host=host))
        return self._truth(replace(release, host=host), host)

    def publish_held(self, count: int = 1) -> list[Truth]:
        """Publish the next of the releases that are held back; fewer than `count` if no more are left."""
        return [self._truth(release, release.host) for release in self.shelf.publish_held(count)]

    def edit(self, url: str, *, title: str | None = None, text: str | None = None) -> Truth:
        """Change the release at an address. Raises KeyError if none is there."""
        release = self._at(url)
        return self._truth(self.shelf.edit(release.host, release.slug, title=title, text=text), release.host)

    def withdraw(self, url: str) -> None:
        """Take the release at an address down. Raises KeyError if none is there."""
        release = self._at(url)
        self.shelf.withdraw(release.host, release.slug)

    def _at(self, url: str) -> SiteRelease:
        for host, site in self._sites.items():
            for release in self.shelf.of(host):
                if self.localise(site.address(release)) == url:
                    return release
        for slug in self.shelf.portal:
            release_there = self.shelf.get("web.komdigi.go.id", slug)
            if release_there and self.localise(self._sites["portal.komdigi.go.id"].address(release_there)) == url:
                return release_there
        raise KeyError(url)

    def _truth(self, release: SiteRelease, host: str) -> Truth:
        return Truth(
            host=host,
            url=self.localise(self._sites[host].address(release)),
            title=release.plain_title,
            date=release.moment(self.today).date(),
            lang=release.lang,
            labels=release.labels,
            form=release.form,
            text="\n".join(release.written(self.today)),
            seed=release.seed,
            reachable=(host, release.section) in READ,
        )
