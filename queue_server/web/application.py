"""Pages and socket as one web application, and the engine that runs it."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_protocol.answers import RefusalCode
from queue_protocol.codec import MAX_FRAME
from queue_server.storage.accounts import StorageError
from queue_server.web.addresses import Door
from queue_server.web.engines import SocketProtocol, page_engine
from queue_server.web.metrics import count_refusal
from queue_server.web.newcomers import MOST, Newcomers
from queue_server.web.request_rate import RequestRate

log = logging.getLogger(__name__)

SHUTDOWN_S = 3
"""How long a conversation may take to end when the server stops."""

PING_S = 10.0
"""Between two pings, and the time a client has to answer one."""

RESTART_AFTER_S = 1.0
"""Before failed work begins anew: clients bear two lost beats, and a fault that stays writes one log entry a second."""

MAX_FORM_BYTES = 8_192
"""A usual form has a few short fields."""

MAX_LONG_FORM_BYTES = 400_000
"""A catalogue of forty services is a text of 30 KB, which grows up to ninefold as a form does with Vietnamese."""

LONG_FORMS = frozenset({"/office/catalogue", "/office/catalogue/check"})
"""Where a whole catalogue is sent."""

TICKET_PAGES = "/t/"

SOCKETS = ("ws", "wss")

_EXPLAINED = frozenset({400, 403, 404, 405, 503})
"""Statuses that have a sentence of their own, `trouble_<status>`."""

FRAMES_AND_FORMS = "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
"""In the policy of every page: none stands in a foreign frame, and no form goes elsewhere."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)


Apologise = Callable[[HTTPConnection, int, str], Response]
"""Says in words, found by their key, why nothing came of a request."""


class Guard:
    """Stands before every page: knows the hosts this server is opened by, and whose forms it takes."""

    def __init__(self, app: ASGIApp, door: Door, apologise: Apologise, rate: RequestRate) -> None:
        self._app = app
        self._rate = rate
        self._door = door
        self._apologise = apologise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        await self._rate.wait_in_turn(connection.client.host if connection.client else None)
        refusal = self._refusal(connection, scope["method"], scope["path"])
        if refusal is not None:
            log.warning("page refused: %s %s", redacted(scope["path"]), refusal)
            count_refusal(refusal)
            sending = self._with_headers(send, scope["scheme"], None)
            await self._apologise(connection, 403, f"refused_{refusal}")(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, self._with_headers(send, scope["scheme"], connection.headers.get("host")))
        except ClientDisconnect:
            log.debug("a request ended before all of it had come")

    def _refusal(self, connection: HTTPConnection, method: str, path: str) -> RefusalCode | None:
        headers = connection.headers
        origin = _origin(headers.get("origin"), path)
        if not self._door.admits(headers.get("host"), origin):
            return "bad_origin"
        if method not in {"GET", "HEAD"} and "origin" not in headers:
            return "bad_origin"
        most = MAX_LONG_FORM_BYTES if path in LONG_FORMS else MAX_FORM_BYTES
        if "transfer-encoding" in headers or _length(headers.get("content-length")) > most:
            return "malformed"
        return None

    def _with_headers(self, send: Send, scheme: str, host: str | None) -> Send:
        """Add to a response what every page says: the policy, and over https that cookies go nowhere else.

        `host` as the browser named it; `None`: it is none of ours.
        """
        policy = (b"content-security-policy", _policy(self._door.names, host).encode())

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                added = [each for each in (policy, *_HEADERS) if each[0] not in there]
                message["headers"] = [*(_secured(name, value, scheme) for name, value in message["headers"]), *added]
            await send(message)

        return sending


Work = Callable[[], Coroutine[Any, Any, None]]
"""What runs beside the pages: for ever, or until it is done."""

Background = Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]
"""What runs beside the application, from its start to its end."""


def build(
    routes: Sequence[BaseRoute], door: Door, rate: RequestRate, beside: Background, apologise: Apologise
) -> Starlette:
    """Return the application, whose every page and socket stands behind the guard."""
    application = Starlette(routes=routes, lifespan=beside, exception_handlers=_handlers(apologise))
    application.add_middleware(Guard, door=door, apologise=apologise, rate=rate)
    return application


@contextlib.asynccontextmanager
async def keep_running(*works: Work, pause_s: float = RESTART_AFTER_S) -> AsyncIterator[None]:
    """Run these beside the application, and end them with it. One that fails is logged and begins anew."""
    running = [asyncio.create_task(_run_again(work, pause_s)) for work in works]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run_again(work: Work, pause_s: float) -> None:
    """Run a work until it ends by itself: one that died in silence, as the beat, would leave a hall that stands."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a work beside the pages failed; it begins anew in %s s", pause_s)
            await asyncio.sleep(pause_s)
        else:
            return


def run(application: Starlette, listening: socket.socket, proxies: Collection[str], most_newcomers: int) -> None:
    """Serve on this socket until SIGINT or SIGTERM; either is a usual end, with status 0. The rest as in `engine`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn shuts down, puts the handler back that it found, and raises the signal once more.
        signal.signal(number, _leave)
    engine(application, proxies, most_newcomers).run([listening])


def engine(application: Starlette, proxies: Collection[str] = (), most_newcomers: int = MOST) -> uvicorn.Server:
    """Return what serves the application, with every limit that a hall's server needs.

    `proxies`: addresses or networks whose word counts on who asks and whether it was by https. `most_newcomers`:
    connections at once on which nobody has been let in.
    """
    config = uvicorn.Config(
        application,
        http=page_engine(Newcomers(proxies, most_newcomers)),
        proxy_headers=bool(proxies),
        forwarded_allow_ips=sorted(proxies),
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
    return "/t/…" if path.startswith(TICKET_PAGES) else path


def _handlers(apologise: Apologise) -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """Return what is answered where a page raises: nobody shall read a bare status."""

    def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return apologise(request, status, f"trouble_{status}" if status in _EXPLAINED else "refused_internal")

    def storage_failed(request: Request, error: Exception) -> Response:
        log.error("page %s: the storage failed: %s", redacted(request.url.path), error)
        return apologise(request, 503, "refused_storage")

    return {HTTPException: refuse, StorageError: storage_failed, 500: refuse}


def _origin(origin: str | None, path: str) -> str | None:
    """Return where a form says that it comes from; a ticket's page, which hides its own address, can only say `null`.

    Nothing is lost by that: who sends a form to a ticket's page knows its token, and the token is all it takes.
    """
    return None if origin == "null" and path.startswith(TICKET_PAGES) else origin


def _length(said: str | None) -> int:
    """Return the length that a request says it has; one that cannot be read is too long."""
    try:
        return int(said or 0)
    except ValueError:
        return MAX_LONG_FORM_BYTES + 1


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _policy(names: Collection[str], host: str | None) -> str:
    """Return what a page may load and reach: this server alone.

    Sockets are spelled out, as 'self' does not cover them in browsers before Chromium 73 and Safari 15.4.
    """
    own = [
        f"{scheme}://{each}" for each in (host, *(f"{name}:*" for name in sorted(names))) if each for scheme in SOCKETS
    ]
    sockets = " ".join(("'self'", *own))
    return f"default-src 'self'; img-src 'self' data:; connect-src {sockets}; {FRAMES_AND_FORMS}"


def _secured(name: bytes, value: bytes, scheme: str) -> tuple[bytes, bytes]:
    return name, value + b"; Secure" if name == b"set-cookie" and scheme == "https" else value
