"""`doctor`: a look at all that could fail tonight, each with what to do."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import click
from rich.table import Table

from crawler.source import ConfigError
from scheduler.cli import doctor_checks
from scheduler.cli.live_or_demo import demo_meant, load_configuration, newsroom_of
from scheduler.cli.output import as_json, line, out, plain, show
from scheduler.health.finding import Finding
from scheduler.settings import folders
from scheduler.state.disk import disk_findings
from scheduler.state.last_backup import backup_finding

LOOKED_AT = ("mail.operator", "mail.smtp.host")  # of the warnings: each has a look of its own
COLOUR = {"well": "green", "warning": "yellow", "bad": "red"}


@click.command()
@as_json
def doctor(json_: bool) -> None:
    """Look at disk, backups, configuration, mail server, Elasticsearch, certificates, clock and versions.

    Nothing is sent and nothing is changed. Exit 1 if something would fail tonight; warnings do not count.
    """
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # its retries are no news here
    findings = sorted(examined(datetime.now(UTC)), key=lambda one: ("bad", "warning", "well").index(one.level))
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        if json_:
            line(
                {"subject": finding.subject, "level": finding.level, "sentence": finding.sentence, "do": finding.remedy}
            )
        mark = f"[{COLOUR[finding.level]}]●[/] {finding.level}"
        table.add_row(mark, finding.subject, plain(finding.sentence).replace("[", "\\["))
        if finding.remedy:
            table.add_row("", "", f"do: {plain(finding.remedy)}".replace("[", "\\["))
    bad = sum(finding.level == "bad" for finding in findings)
    if not json_:
        show(table)
        out.print(f"{bad} things would fail tonight" if bad > 1 else "one thing would fail tonight" if bad else "sound")
    if bad:
        raise SystemExit(1)


def examined(now: datetime) -> list[Finding]:
    """All findings; where the configuration cannot be read, those that need none."""
    where = folders(demo=demo_meant())
    var = where.var
    search = {"search": (var.parent if where.demo else var) / "elasticsearch"}
    findings = [
        *disk_findings(var, now, search),
        backup_finding(var, now),
        *doctor_checks.versions(),
        doctor_checks.clock(now),
    ]
    try:
        configuration = load_configuration()
    except ConfigError as error:
        do = "mend it; `pantau check-config` says when it is right"
        return [*findings, *(Finding("configuration", "bad", one, do) for one in str(error).splitlines())]
    newsroom = newsroom_of(configuration)
    settings = configuration.settings
    said = f"{len(configuration.sources)} sources, {len(configuration.rules)} rules"
    findings.append(Finding("configuration", "well", said))
    findings += [
        Finding("configuration", "warning", one, "put it right, or leave it where it is meant so")
        for one in configuration.warnings
        if not any(key in one for key in LOOKED_AT)
    ]
    findings += doctor_checks.told_to(settings)
    findings.append(doctor_checks.state(settings))
    findings += doctor_checks.search(newsroom)
    findings.append(doctor_checks.mail_server(settings))
    findings += doctor_checks.certificates(settings, now)
    return findings
