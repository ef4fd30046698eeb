"""Collects and cleans press releases; knows no Elasticsearch, no mail, no timetable."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("pantau")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0"
