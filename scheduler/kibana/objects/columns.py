"""Columns of a Lens layer: what is counted, and by what it is parted."""

from __future__ import annotations

from typing import Any

Column = dict[str, Any]

WHOLE_DOCUMENT = "___records___"


def count(label: str, *, zero: bool = False) -> Column:
    """Count documents; `zero` shows 0 where there is none, instead of nothing."""
    return _metric("count", WHOLE_DOCUMENT, label, {"emptyAsNull": not zero})


def total(field: str, label: str) -> Column:
    """Add up a number."""
    return _metric("sum", field, label, {"emptyAsNull": False})


def average(field: str, label: str) -> Column:
    """The mean of a number; documents without it do not count."""
    return _metric("average", field, label, {})


def over_time(field: str, label: str) -> Column:
    """Part by time, in steps that fit the range shown."""
    params = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
    return _column("date_histogram", field, label, params, data_type="date", bucket=True, scale="interval")


def by(field: str, label: str, *, size: int = 10, order_by: str) -> Column:
    """Part by the most frequent values of a keyword; `order_by` is the id of the metric that orders them."""
    params = {
        "size": size,
        "orderBy": {"type": "column", "columnId": order_by},
        "orderDirection": "desc",
        "otherBucket": False,
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
