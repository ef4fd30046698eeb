"""The documents know every verb, setting, source and rule; they lead somewhere, and say nothing of this machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from scheduler.cli.main import VERBS, cli
from scheduler.settings import ENVIRONMENT, Settings

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted(ROOT / name for name in subprocess.run(
    ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split())  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
VERBS_TOLD = (ROOT / "scheduler" / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
MOST_WORDS = 900
# By others, or as a program: a part of trafilatura, the data of zoneinfo, a dialect of SQLAlchemy, a server of its own.
NEVER_IMPORTED = {"lxml-html-clean", "tzdata", "psycopg", "scrapyd"}


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


def imported() -> set[str]:
    """The packages of others that the product imports anywhere."""
    found = set()
    for path in [*(ROOT / "crawler").rglob("*.py"), *(ROOT / "scheduler").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {name.partition(".")[0] for name in names}
    return found - set(sys.stdlib_module_names) - {"crawler", "scheduler", "tests"}


def models(model: type[BaseModel], place: tuple[str, ...] = ()) -> list[str]:
    found: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += models(kind, (*place, name))
        elif place:
            found.append(".".join((*place, name)))
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_told_and_has_a_docstring(verb: str) -> None:
    assert re.search(rf"`pantau {verb}\b|`{verb} ", VERBS_TOLD), f"scheduler/README.md lacks `pantau {verb}`"
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    assert command.help
    for name, part in getattr(command, "commands", {}).items():
        assert part.help, f"{verb} {name}"
        assert re.search(rf"`[^`]*\b{name}\b", VERBS_TOLD), f"scheduler/README.md lacks {verb} {name}"


@pytest.mark.parametrize("setting", models(Settings))
def test_every_setting_is_told(setting: str) -> None:
    if setting.rpartition(".")[2] in ("password", "api_key"):
        return  # never in the file; the variables are checked below
    section, _, key = setting.rpartition(".")
    rows = [row for row in CONFIG.splitlines() if f"`{section}." in row]
    assert any(re.search(rf"[`.]{key}`", row) for row in rows), f"config/README.md lacks {setting}"


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_every_variable_is_told(name: str) -> None:
    assert name in CONFIG or f"`_{name.split('_', 2)[2]}`" in CONFIG


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "sources").glob("*.toml")), ids=lambda path: path.stem)
def test_every_source_is_in_the_readme(path: Path) -> None:
    assert f"`{path.stem}`" in README


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "alerts").glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_is_told(path: Path) -> None:
    for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rules", [{"id": path.stem}]):
        assert f"`{rule.get('id', path.stem)}`" in CONFIG


def test_every_direct_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    assert [one for one in wanted if not re.search(rf'"{re.escape(one)}"\]?,?  # \w', text)] == []


def test_every_dependency_is_imported_and_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for name, extra in project["optional-dependencies"].items() if name != "dev" for one in extra]
    declared = {normal(re.split(r"[<>=\[; ]", one)[0]) for one in project["dependencies"] + extras}
    given = metadata.packages_distributions()
    told = {name: {normal(one) for one in given.get(name, ())} for name in imported()}
    assert [name for name, packages in told.items() if not packages & declared] == []
    assert declared - set().union(*told.values()) == NEVER_IMPORTED


def test_the_lock_pins_with_hashes_and_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = [block for block in re.split(r"\n(?=[A-Za-z0-9])", lock) if "==" in block.split("\n")[0]]
    assert len(pins) > 50
    assert not [block.split("\n")[0] for block in pins if "--hash=sha256:" not in block]


def test_no_committed_file_names_a_place_that_only_one_machine_has() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    places = re.compile("/(?:wo" + "rk|ro" + "ot)/(?:main|shared|\\.)")
    found = [name for name in files if places.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))]
    assert not found


def test_every_threat_names_a_guard_and_a_test_that_are_there() -> None:
    model = (ROOT / "config" / "deploy" / "threats.md").read_text(encoding="utf-8")
    lines = [line.split("|")[1:-1] for line in model.splitlines() if line.startswith("| ")][1:]
    assert len(lines) >= 20
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for threat, guards, tests in lines:
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, threat
        assert [name for name in named if f"def {name}(" not in code] == []
        for guard in re.findall(r"`([\w/.]+)`", guards):
            assert (ROOT / guard).exists(), guard


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len(README.split()) <= MOST_WORDS


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert [link for link in LINK.findall(text) if not (paper.parent / link).exists()] == []
