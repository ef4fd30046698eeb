"""Columns of a Lens layer: what is counted, and by what it is parted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduler.kibana.objects.saved_object import query

Column = dict[str, Any]

WHOLE_DOCUMENT = "___records___"
DAY, WEEK = "1d", "1w"


def count(label: str, *, zero: bool = False, words: str = "") -> Column:
    """Count documents, all or those that `words` finds; `zero` shows 0 where there is none, instead of nothing."""
    column = _metric("count", WHOLE_DOCUMENT, label, {"emptyAsNull": not zero})
    return column | ({"filter": query(words)} if words else {})


def total(field: str, label: str) -> Column:
    """Add up a number."""
    return _metric("sum", field, label, {"emptyAsNull": False})


def average(field: str, label: str) -> Column:
    """The mean of a number; documents without it do not count."""
    return _metric("average", field, label, {})


def latest(field: str, label: str) -> Column:
    """The latest moment of a field."""
    params = {"emptyAsNull": True}
    return _column("max", field, label, params, data_type="date", bucket=False, scale="ratio")


def over_time(field: str, label: str, interval: str = DAY) -> Column:
    """Part by time, in whole days or weeks: a half day means nothing here."""
    params = {"interval": interval, "includeEmptyRows": True, "dropPartials": False}
    return _column("date_histogram", field, label, params, data_type="date", bucket=True, scale="interval")


def in_order(label: str, parts: Mapping[str, str]) -> Column:
    """Part by queries, named and in their own order, where the order of frequency would say less."""
    filters = [{"input": query(words), "label": name} for name, words in parts.items()]
    column = _column("filters", "", label, {"filters": filters}, data_type="string", bucket=True, scale="ordinal")
    return {key: value for key, value in column.items() if key != "sourceField"}


def by(field: str, label: str, *, size: int = 10, order_by: str, others: bool = False) -> Column:
    """Part by the most frequent values of a keyword; `order_by` is the id of the metric that orders them.

    `others` shows what is left as one more part, so that the parts add up.
    """
    params = {
        "size": size,
        "orderBy": {"type": "column", "columnId": order_by},
        "orderDirection": "desc",
        "otherBucket": others,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
        "include": [],
        "exclude": [],
        "includeIsRegex": False,
        "excludeIsRegex": False,
    }
    return _column("terms", field, label, params, data_type="string", bucket=True, scale="ordinal")


def _metric(operation: str, field: str, label: str, params: dict[str, Any]) -> Column:
    return _column(operation, field, label, params, data_type="number", bucket=False, scale="ratio")


def _column(
    operation: str, field: str, label: str, params: dict[str, Any], *, data_type: str, bucket: bool, scale: str
) -> Column:
    return {
        "customLabel": True,  # without it Kibana puts a label of its own in the place of ours
        "dataType": data_type,
        "isBucketed": bucket,
        "label": label,
        "operationType": operation,
        "params": params,
        "scale": scale,
        "sourceField": field,
    }
