"""What the environment says: variables that stand for keys of `pantau.toml`, and files that hold their values."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scheduler.database_url import LOOPBACK

Place = tuple[str, ...]

# Environment variable -> where its value belongs. A name with _FILE behind it gives a file that holds the value.
ENVIRONMENT: dict[str, Place] = {
    "PANTAU_STATE_URL": ("state", "url"),
    "PANTAU_SCRAPYD_USER": ("crawl", "user"),
    "PANTAU_SCRAPYD_PASSWORD": ("crawl", "password"),
    "PANTAU_ELASTICSEARCH_URL": ("elasticsearch", "url"),
    "PANTAU_ELASTICSEARCH_USER": ("elasticsearch", "user"),
    "PANTAU_ELASTICSEARCH_PASSWORD": ("elasticsearch", "password"),
    "PANTAU_ELASTICSEARCH_API_KEY": ("elasticsearch", "api_key"),
    "PANTAU_ELASTICSEARCH_PORT": ("elasticsearch", "port"),
    "PANTAU_NODE_HOME": ("elasticsearch", "home"),
    "PANTAU_KIBANA_URL": ("kibana", "url"),
    "PANTAU_KIBANA_API_KEY": ("kibana", "api_key"),
    "PANTAU_PING_URL": ("watch", "ping_url"),
    "PANTAU_SMTP_HOST": ("mail", "smtp", "host"),
    "PANTAU_SMTP_PORT": ("mail", "smtp", "port"),
    "PANTAU_SMTP_USER": ("mail", "smtp", "user"),
    "PANTAU_SMTP_PASSWORD": ("mail", "smtp", "password"),
    "PANTAU_SMTP_SECURITY": ("mail", "smtp", "security"),
    "PANTAU_BOUNCES_USER": ("mail", "bounces", "user"),
    "PANTAU_BOUNCES_PASSWORD": ("mail", "bounces", "password"),
    "PANTAU_WEB_LISTEN": ("web", "listen"),
    "PANTAU_WEB_PORT": ("web", "port"),
    "PANTAU_WEB_PASSWORD": ("web", "password"),
    "PANTAU_WEB_TOKEN": ("web", "token"),
}
SECRETS: frozenset[Place] = frozenset(
    {
        ("mail", "smtp", "password"),
        ("mail", "bounces", "password"),
        ("crawl", "password"),
        ("elasticsearch", "password"),
        ("elasticsearch", "api_key"),
        ("web", "password"),
        ("web", "token"),
        ("kibana", "api_key"),
        ("watch", "ping_url"),
    }
)
DOORS: frozenset[Place] = frozenset({("web", "password"), ("web", "token")})  # what keeps others out
# How the node is reached: the one thing of the environment that the demo shares with the live system.
NODE = frozenset(name for name, place in ENVIRONMENT.items() if place[0] == "elasticsearch")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
OTHERS = ("PANTAU_CONFIG", "PANTAU_VAR", "PANTAU_NODE_CACHE")
# Set by the makers of tests and by a crawl for its own process; not misspelt.
FAMILIES = ("PANTAU_TEST_", "PANTAU_CHAOS_", "PANTAU_SOAK_", "PANTAU_RUN_", "PANTAU_ALLOW")


@dataclass(frozen=True, slots=True)
class Given:
    """What the environment gives: values by place, the variable that each is from, and what is wrong with others."""

    values: dict[Place, str] = field(default_factory=dict)
    names: dict[Place, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def given(env: Mapping[str, str], *, only: frozenset[str] | None = None) -> Given:
    """Read the variables; `only` names those that count. A file that is named must be there and hold something.

    So must what keeps others out: an empty password of the page would open it.
    """
    found = Given()
    for name, place in ENVIRONMENT.items():
        if only is not None and name not in only:
            continue
        if value := env.get(name):
            found.values[place], found.names[place] = value, name
            if place in SECRETS and not value.strip():
                found.wrong.append(f"{name}: holds nothing but blanks; set it, or take the variable away")
        elif file := env.get(f"{name}_FILE"):
            found.names[place] = f"{name}_FILE"
            try:
                found.values[place] = _value_in(Path(file))
            except ValueError as error:
                found.wrong.append(f"{name}_FILE: {error}")
        elif place in DOORS and (name in env or f"{name}_FILE" in env):
            empty = name if name in env else f"{name}_FILE"
            found.wrong.append(f"{empty}: is set to nothing; set it, or take the variable away")
    return found


def _value_in(path: Path) -> str:
    """The value that a file holds. Raises ValueError."""
    try:
        value = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} holds something that is not text") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror})") from error
    if not value:
        raise ValueError(f"{path} is empty; put the value into it, or take the variable away")
    return value


def variable_for(place: Place) -> str:
    """The variable that a place is set by."""
    return next(name for name, where in ENVIRONMENT.items() if where == place)


def doubtful(env: Mapping[str, str]) -> Iterator[str]:
    """Warnings: variables that begin like ours and mean nothing, and secrets that are set to nothing."""
    known = {*OTHERS, *ENVIRONMENT, *(f"{name}_FILE" for name in ENVIRONMENT)}
    for name in sorted(env):
        if name.startswith("PANTAU") and name not in known and not name.startswith(FAMILIES):
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            yield f"{name}: Pantau knows no such variable" + (f"; did you mean {close[0]}?" if close else "")
        elif name in ENVIRONMENT and ENVIRONMENT[name] in SECRETS and not env[name]:
            yield f"{name}: is set to nothing and counts as not set"
        elif name.removesuffix("_FILE") in ENVIRONMENT and name.endswith("_FILE"):
            yield from _of_file(name, env[name])
    if names := sorted(name for name in env if name.lower() in PROXIES and env[name]):
        yield (
            f"{' and '.join(names)}: sites are asked through this proxy, which looks their names up itself:"
            " let it refuse addresses inside your network, for Pantau sees only those that it can look up as well"
        )
    if heard := [name for name in names if _login_in_clear(env[name])]:
        yield (
            f"{' and '.join(heard)}: the login goes to the proxy unencrypted, for whoever listens on the way: let the"
            " proxy know this machine by its address instead, or run one here that logs in by TLS"
        )


def _login_in_clear(proxy: str) -> bool:
    """Whether a proxy on another machine gets a login; it goes there as a header, whatever is asked through it."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return "@" in parts.netloc and parts.scheme != "https" and parts.hostname not in LOOPBACK
    except ValueError:
        return "@" in proxy


def _of_file(name: str, file: str) -> Iterator[str]:
    if not file:
        yield f"{name}: is set to nothing and counts as not set"
        return
    with suppress(OSError):  # that it cannot be read is said elsewhere
        if Path(file).stat().st_mode & stat.S_IWOTH:
            yield f"{name}: everybody on this machine can change {file}: chmod o-w it"
