"""The command `pantau`: one file a family of verbs, loaded only when one of them is called."""

from scheduler.cli.main import main

__all__ = ["main"]
