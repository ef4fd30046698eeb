"""Write `config/kibana/pantau.ndjson` anew: `python -m scheduler.kibana`."""

from __future__ import annotations

from scheduler.kibana.objects.names import names_in
from scheduler.kibana.objects.shipped import path, written
from scheduler.settings import ROOT, Elasticsearch

if __name__ == "__main__":
    path(ROOT / "config").write_bytes(written(names_in(ROOT / "config"), Elasticsearch().alias))
