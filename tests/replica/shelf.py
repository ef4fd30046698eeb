"""What the sites hold at this moment; it changes while they are being read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import RLock

from tests.replica.release import SiteRelease


class Shelf:
    """The published releases of all sites, and those held back. Safe for many threads."""

    def __init__(self, releases: Iterable[SiteRelease], today: date) -> None:
        self.today = today
        self._lock = RLock()
        self._published: dict[tuple[str, str], SiteRelease] = {}
        self._held: list[SiteRelease] = []
        self._changed: dict[tuple[str, str], datetime] = {}
        for release in releases:
            if release.held:
                self._held.append(release)
            else:
                self._published[release.host, release.slug] = release
        # Numbers of the portal, given once: a withdrawn page leaves a gap.
        self.portal: list[str] = [
            release.slug for release in reversed(self.of("web.komdigi.go.id", "siaran-pers")) if release.on is None
        ][-16:]

    def of(self, host: str, section: str | None = None) -> list[SiteRelease]:
        """The releases of a site or of one section, the newest first."""
        with self._lock:
            found = [one for one in self._published.values() if one.host == host and section in (None, one.section)]
        return sorted(found, key=lambda one: (one.moment(self.today), one.slug), reverse=True)

    def get(self, host: str, slug: str) -> SiteRelease | None:
        """A published release, or None."""
        with self._lock:
            return self._published.get((host, slug))

    def changed(self, release: SiteRelease) -> datetime:
        """When its page last changed."""
        with self._lock:
            return self._changed.get((release.host, release.slug), release.moment(self.today))

    def publish(self, release: SiteRelease) -> None:
        """Put a release on its site."""
        with self._lock:
            self._published[release.host, release.slug] = release
            self._changed[release.host, release.slug] = datetime.now(UTC)
            if release.host == "web.komdigi.go.id" and release.section == "siaran-pers":
                self.portal.append(release.slug)

    def publish_held(self, count: int) -> list[SiteRelease]:
        """Publish the next `count` releases that were held back; fewer if fewer are left."""
        with self._lock:
            taken, self._held = self._held[:count], self._held[count:]
            for release in taken:
                self.publish(release)
        return taken

    def edit(self, host: str, slug: str, *, title: str | None = None, text: str | None = None) -> SiteRelease:
        """Change a published release. Raises KeyError if there is none."""
        with self._lock:
            old = self._published[host, slug]
            new = replace(old, title=title or old.title, text=text or old.text)
            self._published[host, slug] = new
            self._changed[host, slug] = datetime.now(UTC)
        return new

    def withdraw(self, host: str, slug: str) -> None:
        """Take a release down. Raises KeyError if there is none."""
        with self._lock:
            del self._published[host, slug]
