"""Write `config/kibana/pantau.ndjson` anew: `python -m scheduler.search.kibana`."""

from __future__ import annotations

from scheduler.kibana.objects.shipped import path, written
from scheduler.settings import ROOT

if __name__ == "__main__":
    path(ROOT / "config").write_bytes(written())
