"""Which worker takes which test: as a rule a whole file, so that what a module shares is made once.

Of the long files each test goes to whichever worker is free, and they come first, so that both end at the same time.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# These work on copies of one newsroom, which one worker makes.
AFTER_A_ROUND = ("tests/test_end_to_end.py", "tests/scheduler/cli/test_web.py")
# Their tests take many seconds each and share nothing.
LONG = (
    "tests/scheduler/cli/test_demo.py",
    "tests/scheduler/test_disk_full.py",
    "tests/scheduler/jobs/test_scrapyd.py",
    "tests/scheduler/node/test_node.py",
    "tests/scheduler/search/test_cluster.py",
    "tests/scheduler/cli/test_sources.py",
    "tests/crawler/test_crawl_run.py",
    "tests/scheduler/jobs/test_crawl.py",
    "tests/scheduler/jobs/test_search_in_trouble.py",
    "tests/scheduler/jobs/test_poison.py",
    "tests/scheduler/cli/test_streams.py",
    "tests/scheduler/test_scaling.py",
    "tests/crawler/test_browser.py",
    "tests/crawler/test_developer_tools.py",
    "tests/chaos/",
)


def rank(nodeid: str) -> int:
    """When a test's turn comes."""
    return 0 if nodeid.startswith(AFTER_A_ROUND) else 1 if nodeid.startswith(LONG) else 2


class ByFileOrTest(LoadFileScheduling):
    """pytest-xdist's `--dist loadfile` with these exceptions, all in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return (AFTER_A_ROUND[0], nodeid, nodeid.partition("::")[0])[rank(nodeid)]
