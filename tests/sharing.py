"""Which worker takes which test: a whole file at a time, but of the long files each test by itself, and first."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# Their tests take many seconds each and share nothing that is made for a module.
LONG = (
    "tests/test_end_to_end.py",
    "tests/scheduler/cli/test_demo.py",
    "tests/scheduler/test_disk_full.py",
    "tests/scheduler/jobs/test_scrapyd.py",
    "tests/scheduler/node/test_node.py",
    "tests/scheduler/search/test_cluster.py",
    "tests/scheduler/cli/test_web.py",
    "tests/scheduler/cli/test_sources.py",
    "tests/crawler/test_crawl_run.py",
    "tests/scheduler/jobs/test_crawl.py",
    "tests/chaos/",
)


def is_long(nodeid: str) -> bool:
    """Whether a test is of a long file."""
    return nodeid.startswith(LONG)


class ByFileOrTest(LoadFileScheduling):
    """pytest-xdist's `--dist loadfile`, but for the long files; all in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if is_long(nodeid) else nodeid.partition("::")[0]
