"""Pages and socket as one web application, and the engine that runs it."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_protocol.codec import MAX_FRAME
from queue_server.shell.connections import Door, Sockets
from queue_server.shell.protocol import SocketProtocol

log = logging.getLogger(__name__)

SHUTDOWN_S = 3
"""How long a conversation may take to end when the server stops."""

PING_S = 10.0
"""Between two pings, and the time a client has to answer one."""

MAX_FORM_BYTES = 8_192
"""The largest form has three short fields."""

_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class Guard:
    """Stands before every page: knows the hosts this server is opened by, and whose forms it takes."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope), scope["method"])
        if refusal is not None:
            log.warning("page refused: %s %s", redacted(scope["path"]), refusal)
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, connection: HTTPConnection, method: str) -> str | None:
        headers = connection.headers
        if not self._door.admits(headers.get("host"), headers.get("origin")):
            return "bad_origin"
        if method not in {"GET", "HEAD"} and "origin" not in headers:
            return "bad_origin"
        if "transfer-encoding" in headers or int(headers.get("content-length") or 0) > MAX_FORM_BYTES:
            return "malformed"
        return None


Background = Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]
"""What runs beside the application, from its start to its end."""


def build(routes: Sequence[BaseRoute], sockets: Sockets, beside: Background) -> Starlette:
    """Return the application."""
    everything = [*routes, WebSocketRoute("/socket", sockets)]
    application = Starlette(routes=everything, lifespan=beside)
    application.add_middleware(Guard, door=sockets.door)
    return application


@contextlib.asynccontextmanager
async def keep_running(*works: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run these beside the application, and end them with it."""
    running = [asyncio.create_task(work()) for work in works]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def run(application: Starlette, listening: socket.socket) -> None:
    """Serve on this socket until SIGINT or SIGTERM; either is a usual end, with status 0."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn shuts down, puts the handler back that it found, and raises the signal once more.
        signal.signal(number, _leave)
    engine(application).run([listening])


def engine(application: Starlette) -> uvicorn.Server:
    """Return what serves the application, with every limit that a hall's server needs."""
    config = uvicorn.Config(
        application,
        ws=SocketProtocol,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        timeout_graceful_shutdown=SHUTDOWN_S,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
    )
    return uvicorn.Server(config)


def redacted(path: str) -> str:
    """Return a path as it may stand in a log: a token opens the page of a ticket, so it is left out."""
    return "/t/…" if path.startswith("/t/") else path


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(each for each in _HEADERS if each[0] not in there)]
        await send(message)

    return sending
