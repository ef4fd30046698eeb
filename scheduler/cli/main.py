"""The table of verbs, and the edge where errors become one sentence."""

from __future__ import annotations

import difflib
import importlib
import sys

import click

from scheduler.cli.live_or_demo import demo_option
from scheduler.cli.streams import devour, ready

# verb -> (where it is defined, its line in the help); heavy imports wait until a verb is called.
VERBS = {
    "demo": ("scheduler.cli.demo:demo", "Run the whole job on the replica sites and say where to look."),
    "once": ("scheduler.cli.once:once", "Crawl, index, match and deliver now, in order."),
    "run": ("scheduler.cli.run:run", "Run the timetable in the foreground until stopped."),
    "status": ("scheduler.cli.status:status", "Say whether all is well; exit 1 if not."),
    "doctor": ("scheduler.cli.doctor:doctor", "Look at all that could fail tonight, and say what to do; exit 1 if so."),
    "crawl": ("scheduler.cli.crawl:crawl", "Crawl one source now."),
    "import": ("scheduler.cli.import_pages:import_", "Take saved pages or WARCs in as a crawl would."),
    "search": ("scheduler.cli.search:search", "Search the releases in any of the three languages."),
    "match": ("scheduler.cli.match:match", "Say which rules the given texts would raise; store nothing."),
    "rules": ("scheduler.cli.rules:rules", "List, check, back-test and draft the alert rules; label their hits."),
    "extract": ("scheduler.cli.extract:extract", "Extract title, date and text from saved pages."),
    "links": ("scheduler.cli.extract:links", "List what a saved listing page offers."),
    "url-key": ("scheduler.cli.extract:url_key", "Show when two addresses are one page."),
    "sources": ("scheduler.cli.sources:sources", "List the sources, draft a new one, check one on its live site."),
    "check-config": ("scheduler.cli.config:check_config", "Check every file below config/, and the environment."),
    "config": ("scheduler.cli.config:config", "Show the settings that hold, and where each is from."),
    "web": ("scheduler.cli.web:web", "Serve the reading page alone, until stopped."),
    "mail": ("scheduler.cli.mail:mail", "Send a test mail, preview the next alert mail, retry lost ones."),
    "index": ("scheduler.cli.status:index", "Set up or rebuild the search index."),
    "kibana": ("scheduler.cli.kibana:kibana", "Check the dashboards, or import them into a Kibana."),
    "backup": ("scheduler.cli.backup:backup", "Write state, configuration and evidence into one archive."),
    "restore": ("scheduler.cli.backup:restore", "Put a backup back."),
    "move-state": ("scheduler.cli.backup:move_state", "Copy the state into another, empty database."),
    "node": ("scheduler.cli.node:node", "Start or stop the embedded Elasticsearch node."),
}
WORLDLESS = ("demo", "extract", "links", "url-key")  # verbs that need no --demo


class Verbs(click.Group):
    """A group that imports a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is not a command")
        if cmd_name not in WORLDLESS:
            _give_demo(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; of a slip, say what was perhaps meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], VERBS, n=1)
            hint = f"did you mean {close[0]}?" if close else "`pantau --help` lists them"
            raise click.UsageError(f"there is no verb {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help from the table, without importing anything."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


def _give_demo(command: click.Command) -> None:
    """Give a verb, and all below it, the option --demo."""
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _give_demo(inner)
    if not isinstance(command, click.Group) and not any("--demo" in one.opts for one in command.params):
        command.params.append(demo_option())


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="pantau", prog_name="pantau")
def cli() -> None:
    """Watch press releases of Indonesia and Guangxi, and mail analysts when they speak of cooperation."""


def main() -> None:
    """Run `pantau`. Exit 0 when what was asked happened, 1 when not, 2 when the input was wrong."""
    ready()
    code = _run()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        devour(sys.stdout)
    except OSError as error:
        devour(sys.stdout)
        code = code or _complain(f"what was to be told cannot be written ({error.strerror})", 1)
    sys.exit(code)


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False)
    except SystemExit as end:
        code = end.code
    except click.exceptions.Abort:
        return _complain("stopped", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        more = f" (see `{error.ctx.command_path} --help`)" if error.ctx else ""
        return _complain(error.format_message().rstrip(".") + more, 2)
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except BrokenPipeError:  # `pantau search … | head`: the reader has had enough
        devour(sys.stdout)
        return 0
    except Exception as error:
        from scheduler.cli.errors import told  # it knows the errors of all rooms, which take long to import

        if (said := told(error)) is None:
            raise
        return _complain(*said)
    return code if isinstance(code, int) else 0


def _complain(sentence: str, code: int) -> int:
    from scheduler.cli.output import complain  # Rich takes its time, and most verbs need no complaint

    try:
        complain(sentence)
    except OSError:  # there is nobody left to hear it
        devour(sys.stderr)
    return code
