"""The server: uvicorn in a thread beside the timetable, or alone in the foreground."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from scheduler.errors import PantauError
from scheduler.settings import Web
from scheduler.web.app import application
from scheduler.web.backend import Backend
from scheduler.web.connection import Connection

log = logging.getLogger(__name__)

GRACE = 5  # seconds for the answers under way when it is stopped


class PortTakenError(PantauError, OSError):
    """The port cannot be had; the message says what to do."""


@contextmanager
def serving(backend: Backend, settings: Web) -> Iterator[str]:
    """Serve the pages while the block runs; gives their address. Raises PortTakenError."""
    listener = listen(settings)
    server = uvicorn.Server(_config(backend, settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    address = _address(listener, settings)
    log.info("the reading page is at %s", address)
    if not settings.on_loopback and settings.password is None:
        log.warning("the reading page is open to everybody who reaches %s: set PANTAU_WEB_PASSWORD", settings.listen)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(GRACE + 5)
        listener.close()


def listen(settings: Web) -> socket.socket:
    """Take the port. Raises PortTakenError."""
    family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.listen, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"{settings.listen}:{settings.port} cannot be had ({error.strerror}); set web.port or PANTAU_WEB_PORT"
        ) from error
    return listener


def _config(backend: Backend, settings: Web) -> uvicorn.Config:
    return uvicorn.Config(
        application(backend, settings),
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # that a stranger's request is none is no news
        access_log=False,  # addresses hold what analysts search for
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )


def _address(listener: socket.socket, settings: Web) -> str:
    host = f"[{settings.listen}]" if ":" in settings.listen else settings.listen
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"
