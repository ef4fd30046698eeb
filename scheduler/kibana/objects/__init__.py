"""The saved objects that ship: dashboards, data views, searches."""
