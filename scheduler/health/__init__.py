"""Whether all is well: sources, jobs, index, mail. One verdict, from one place, for `status`, page and mail."""

from scheduler.health.finding import Finding, Verdict
from scheduler.health.heartbeat import Heartbeat
from scheduler.health.verdict import judge

__all__ = ["Finding", "Heartbeat", "Verdict", "judge"]
