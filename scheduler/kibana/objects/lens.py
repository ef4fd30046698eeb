"""Lens visualisations: one layer over one data view, drawn in one of five ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.kibana.objects.columns import Column, by, count, over_time
from scheduler.kibana.objects.data_views import DataView
from scheduler.kibana.objects.saved_object import query, reference

Lens = dict[str, Any]

LAYER = "layer"
LEGEND = {"isVisible": True, "position": "right"}


def metric(title: str, view: DataView, column: Column, *, words: str = "") -> Lens:
    """One big number."""
    return _lens(title, view, "lnsMetric", {"value": column}, {"metricAccessor": "value"}, words)


def timeline(
    title: str, view: DataView, metrics: Sequence[Column], *, split: tuple[str, str] | None = None,
    series: str = "bar_stacked", words: str = "",
) -> Lens:  # fmt: skip
    """Metrics over the time of the data view; `split` is a field and its label."""
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    columns = {"time": over_time(view.time_field, view.labels[view.time_field])}
    layer: dict[str, Any] = {"accessors": list(values), "seriesType": series, "xAccessor": "time"}
    if split:
        columns["split"] = by(*split, order_by="value0")
        layer["splitAccessor"] = "split"
    return _xy(title, view, columns | values, layer, words)


def bars(title: str, view: DataView, field: str, metrics: Sequence[Column], *, size: int = 10, words: str = "") -> Lens:
    """Metrics for each of the most frequent values of a field."""
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    columns = {"group": by(field, view.labels[field], size=size, order_by="value0")}
    layer = {"accessors": list(values), "seriesType": "bar_horizontal", "xAccessor": "group"}
    return _xy(title, view, columns | values, layer, words)


def cloud(title: str, view: DataView, field: str, *, size: int = 30) -> Lens:
    """The most frequent values of a field, the larger the more frequent."""
    columns = {"tag": by(field, view.labels[field], size=size, order_by="value"), "value": count("Count")}
    drawing = {
        "tagAccessor": "tag",
        "valueAccessor": "value",
        "maxFontSize": 48,
        "minFontSize": 14,
        "orientation": "single",
        "showLabel": False,
        "palette": {"type": "palette", "name": "default"},
    }
    return _lens(title, view, "lnsTagcloud", columns, drawing, "")


def heat_map(title: str, view: DataView, across: str, down: str, *, words: str = "") -> Lens:
    """How often two fields' values come together."""
    columns = {
        "across": by(across, view.labels[across], order_by="value"),
        "down": by(down, view.labels[down], size=15, order_by="value"),
        "value": count("Count"),
    }
    drawing = {
        "shape": "heatmap",
        "xAccessor": "across",
        "yAccessor": "down",
        "valueAccessor": "value",
        "legend": LEGEND | {"maxLines": 1, "shouldTruncate": True, "type": "heatmap_legend"},
        "gridConfig": {
            "type": "heatmap_grid",
            "isCellLabelVisible": True,
            "isXAxisLabelVisible": True,
            "isXAxisTitleVisible": False,
            "isYAxisLabelVisible": True,
            "isYAxisTitleVisible": False,
        },
    }
    return _lens(title, view, "lnsHeatmap", columns, drawing, words)


def table(title: str, view: DataView, field: str, metrics: Sequence[Column], *, size: int = 50) -> Lens:
    """A row for each value of a field."""
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    columns = {"group": by(field, view.labels[field], size=size, order_by="value0")} | values
    return _lens(title, view, "lnsDatatable", columns, {"columns": [{"columnId": name} for name in columns]}, "")


def _xy(title: str, view: DataView, columns: Mapping[str, Column], layer: Mapping[str, Any], words: str) -> Lens:
    drawing = {
        "preferredSeriesType": layer["seriesType"],
        "legend": LEGEND,
        "valueLabels": "hide",
        "fittingFunction": "Linear",
        "layers": [{"layerId": LAYER, "layerType": "data", **layer}],
    }
    return _lens(title, view, "lnsXY", columns, drawing, words)


def _lens(
    title: str, view: DataView, kind: str, columns: Mapping[str, Column], drawing: Mapping[str, Any], words: str
) -> Lens:
    own = {} if kind == "lnsXY" else {"layerId": LAYER, "layerType": "data"}
    layer = {"columnOrder": list(columns), "columns": dict(columns), "incompleteColumns": {}, "sampling": 1}
    return {
        "title": title,
        "description": "",
        "type": "lens",
        "visualizationType": kind,
        "state": {
            "adHocDataViews": {},
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "filters": [],
            "internalReferences": [],
            "query": query(words),
            "visualization": own | dict(drawing),
        },
        "references": [reference("index-pattern", view.id, f"indexpattern-datasource-layer-{LAYER}")],
    }
