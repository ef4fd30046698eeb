"""Lens visualisations: one layer over one data view, drawn in one of four ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.kibana.objects.columns import DAY, Column, by, count, in_order, over_time
from scheduler.kibana.objects.data_views import DataView
from scheduler.kibana.objects.saved_object import query, reference

Lens = dict[str, Any]

LAYER = "layer"
LEGEND = {"isVisible": True, "position": "right", "legendSize": "large", "shouldTruncate": False}
WELL, WARNING, BAD = "#54B399", "#D6BF57", "#CC5642"
HUES = ("#6092C0", "#D36086", "#54B399")


def metric(title: str, view: DataView, column: Column, *, words: str = "", bad: bool = False) -> Lens:
    """One big number, named by itself; a `bad` one is green at 0 and red above."""
    drawing: dict[str, Any] = {"metricAccessor": "value"}
    if bad:
        drawing["palette"] = _red_above_zero()
    return _lens(title, view, "lnsMetric", {"value": column}, drawing, words)


def timeline(
    title: str, view: DataView, metrics: Sequence[Column], *, axis: str, split: str | None = None,
    colours: Sequence[str] = (), interval: str = DAY, series: str = "bar_stacked", words: str = "",
) -> Lens:  # fmt: skip
    """Metrics over the time of the data view; `split` is a field, `axis` says what is counted.

    `colours` are those of the metrics, so that a thing has the same one whenever it is looked at.
    """
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    columns = {"time": over_time(view.time_field, view.labels[view.time_field], interval)}
    layer: dict[str, Any] = {"accessors": list(values), "seriesType": series, "xAccessor": "time"}
    if split:
        columns["split"] = by(split, view.labels[split], order_by="value0", others=True)
        layer["splitAccessor"] = "split"
    if colours:
        layer["yConfig"] = [
            {"forAccessor": name, "color": colour} for name, colour in zip(values, colours, strict=True)
        ]
    return _xy(title, view, columns | values, layer, axis, words)


def bars(
    title: str, view: DataView, parts: str | Mapping[str, str], metrics: Sequence[Column], *, axis: str,
    label: str = "", size: int = 10, words: str = "",
) -> Lens:  # fmt: skip
    """Metrics for each of the most frequent values of a field, or for parts named by queries, in their order."""
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    group = (
        by(parts, view.labels[parts], size=size, order_by="value0")
        if isinstance(parts, str)
        else in_order(label, parts)
    )
    layer = {"accessors": list(values), "seriesType": "bar_horizontal", "xAccessor": "group"}
    return _xy(title, view, {"group": group} | values, layer, axis, words)


def heat_map(title: str, view: DataView, across: Column, down: str, *, size: int = 15, words: str = "") -> Lens:
    """How often a value of a field comes together with a part of `across`, which is ordered by `value`."""
    columns = {
        "across": across,
        "down": by(down, view.labels[down], size=size, order_by="value"),
        "value": count("Count"),
    }
    drawing = {
        "shape": "heatmap",
        "xAccessor": "across",
        "yAccessor": "down",
        "valueAccessor": "value",
        "legend": {"isVisible": True, "position": "right", "maxLines": 1, "shouldTruncate": False,
                   "type": "heatmap_legend"},
        "gridConfig": {
            "type": "heatmap_grid",
            "isCellLabelVisible": True,
            "isXAxisLabelVisible": True,
            "isXAxisTitleVisible": False,
            "isYAxisLabelVisible": True,
            "isYAxisTitleVisible": False,
        },
    }  # fmt: skip
    return _lens(title, view, "lnsHeatmap", columns, drawing, words)


def table(title: str, view: DataView, field: str, metrics: Sequence[Column], *, size: int = 50) -> Lens:
    """A row for each value of a field."""
    values = {f"value{number}": column for number, column in enumerate(metrics)}
    columns = {"group": by(field, view.labels[field], size=size, order_by="value0")} | values
    return _lens(title, view, "lnsDatatable", columns, {"columns": [{"columnId": name} for name in columns]}, "")


def _red_above_zero() -> dict[str, Any]:
    stops = [{"color": WELL, "stop": 0}, {"color": BAD, "stop": 1}]
    params = {
        "colorStops": stops,
        "continuity": "above",
        "maxSteps": 5,
        "name": "custom",
        "progression": "fixed",
        "rangeMax": None,
        "rangeMin": 0,
        "rangeType": "number",
        "reverse": False,
        "steps": 3,
        "stops": [{"color": WELL, "stop": 1}, {"color": BAD, "stop": 2}],
    }
    return {"type": "palette", "name": "custom", "params": params}


def _xy(
    title: str, view: DataView, columns: Mapping[str, Column], layer: Mapping[str, Any], axis: str, words: str
) -> Lens:
    drawing = {
        "preferredSeriesType": layer["seriesType"],
        "legend": LEGEND,
        "valueLabels": "hide",
        "fittingFunction": "None",  # a night without runs is a gap
        "yTitle": axis,
        "axisTitlesVisibilitySettings": {"x": True, "yLeft": True, "yRight": False},
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
