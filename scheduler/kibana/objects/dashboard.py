"""A dashboard: panels on a grid of 48 columns, and controls above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.kibana.objects.data_views import DataView
from scheduler.kibana.objects.lens import Lens
from scheduler.kibana.objects.names import Names
from scheduler.kibana.objects.saved_object import (
    Reference,
    SavedObject,
    encoded,
    reference,
    saved_object,
    search_source,
)
from scheduler.kibana.objects.searches import Search

COLUMNS = 48
OPTIONS = {"hidePanelTitles": False, "syncColors": False, "syncCursor": True, "syncTooltips": False, "useMargins": True}


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, all of one height and one width."""

    height: int
    panels: Sequence[Lens | Search]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Rows of panels; `controls` are fields of `controls_view` by which the whole is narrowed down."""

    id: str
    title: str
    description: str
    rows: Sequence[Row]
    controls_view: DataView
    controls: Sequence[str]
    span: str = "now-30d"

    def saved(self, names: Names) -> SavedObject:
        """The object Kibana keeps."""
        panels: list[dict[str, Any]] = []
        references: list[Reference] = []
        y = 0
        for row in self.rows:
            width = COLUMNS // len(row.panels)
            for column, content in enumerate(row.panels):
                index = f"p{len(panels)}"
                grid = {"x": column * width, "y": y, "w": width, "h": row.height, "i": index}
                panel, needed = _panel(content, index)
                panels.append(panel | {"gridData": grid, "panelIndex": index})
                references += needed
            y += row.height
        controls, needed = self._controls()
        attributes = {
            "controlGroupInput": controls,
            "description": self.description,
            "kibanaSavedObjectMeta": search_source(),
            "optionsJSON": encoded(OPTIONS),
            "panelsJSON": encoded(panels),
            "refreshInterval": {"pause": False, "value": 300000},
            "timeFrom": self.span,
            "timeRestore": True,
            "timeTo": "now",
            "title": f"{self.title}{names.mark}",
            "version": 1,
        }
        return saved_object("dashboard", self.id, attributes, references + needed)

    def _controls(self) -> tuple[dict[str, Any], list[Reference]]:
        panels = {}
        references = []
        for order, field in enumerate(self.controls):
            name = f"c{order}"
            panels[name] = {
                "order": order,
                "width": "medium",
                "grow": True,
                "type": "optionsListControl",
                "explicitInput": {
                    "id": name,
                    "fieldName": field,
                    "title": self.controls_view.labels[field],
                    "searchTechnique": "prefix",
                    "selectedOptions": [],
                    "enhancements": {},
                },
            }
            references.append(
                reference("index-pattern", self.controls_view.id, f"controlGroup_{name}:optionsListDataView")
            )
        ignored = {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
        return {
            "controlStyle": "oneLine",
            "chainingSystem": "HIERARCHICAL",
            "ignoreParentSettingsJSON": encoded(ignored),
            "panelsJSON": encoded(panels),
        }, references


def _panel(content: Lens | Search, index: str) -> tuple[dict[str, Any], list[Reference]]:
    if isinstance(content, Search):
        name = f"panel_{index}"
        panel = {"type": "search", "panelRefName": name, "embeddableConfig": {"enhancements": {}}}
        title = content.title.removeprefix("Pantau: ")
        return panel | {"title": title[0].upper() + title[1:]}, [reference("search", content.id, f"{index}:{name}")]
    config: dict[str, Any] = {"attributes": content, "enhancements": {}}
    if content["visualizationType"] == "lnsMetric":
        config["hidePanelTitles"] = True  # the number says its own name
    panel = {"type": "lens", "embeddableConfig": config, "title": content["title"]}
    # Each reference inside the panel is said once more by the dashboard; with one side missing the panel never ends
    # loading.
    return panel, [reference(inner["type"], inner["id"], f"{index}:{inner['name']}") for inner in content["references"]]
