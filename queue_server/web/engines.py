"""uvicorn's engines, with an end to clients that stop reading, that never finish asking, or are too many.

As shipped (uvicorn 0.54, tried) a peer that never reads keeps its connection, and with it the server's shutdown, for
ever: `close` waits for a buffer that nobody empties. Here the transport is cut when the keepalive fails and shortly
after anything asked it to close. Nor is there a limit to how long a request may take to arrive: a thousand silent
sockets fill the table of files.
"""

import asyncio
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from queue_server.web.addresses import plain_address
from queue_server.web.newcomers import Newcomer, Newcomers

CLOSE_GRACE_S = 1.0
"""A peer on a LAN that reads at all has taken the close frame by then."""

UNSENT_LIMIT = 1_048_576
"""Bytes that may wait for one peer; a display's largest screen is a hundredth of it."""

HEAD_LIMIT_S = 10.0
"""From the connection, or the first byte of a further request, to the end of its head, also of a socket's handshake."""

BODY_LIMIT_S = 30.0
"""For the body of a form after its head: 400 KB, the largest, on a poor telephone line."""

ADMITTED = "motcua.admitted"
"""The extension of a socket's scope by which the application says that it has let this client in."""

NEWCOMERS = "motcua.newcomers"
"""Where the state that all connections share has the count of those not let in."""


class PageProtocol(H11Protocol):
    """A page's connection, which ends when the request does not come."""

    _newcomer: Newcomer | None = None
    _limit: asyncio.TimerHandle | None = None
    _limited_state: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection and wait for its request, not for ever."""
        super().connection_made(transport)
        self.client = _plain(self.client)
        self._newcomer = _enter(self.app_state, self.client, transport)
        self._set_limit()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection no more."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest, not for ever."""
        super().data_received(data)
        if self._newcomer is not None:
            self._set_limit()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to the socket's engine, which counts it anew."""
        self._leave()
        super().handle_websocket_upgrade(event)

    def _set_limit(self) -> None:
        """Run one timer for each part of a request; a part that has come is no longer waited for."""
        state = self.conn.their_state
        if state is self._limited_state and self._limit is not None:
            return
        self._end_limit()
        limits = {h11.IDLE: HEAD_LIMIT_S, h11.SEND_BODY: BODY_LIMIT_S}
        if state in limits and not self.transport.is_closing():
            self._limited_state = state
            self._limit = self.loop.call_later(limits[state], self.transport.abort)

    def on_response_complete(self) -> None:
        """Wait for a further request: that it begins is uvicorn's keep-alive, that it ends is ours again."""
        self._end_limit()
        super().on_response_complete()

    def _end_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _leave(self) -> None:
        self._end_limit()
        if self._newcomer is not None:
            _newcomers(self.app_state).leave(self._newcomer)
            self._newcomer = None


class SocketProtocol(WebSocketsSansIOProtocol):
    """A websocket that ends when it is told to end."""

    _newcomer: Newcomer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection until the application lets the client in."""
        super().connection_made(transport)
        self.client = _plain(self.client)
        self._newcomer = _enter(self.app_state, self.client, self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection no more."""
        self.admitted()
        super().connection_lost(exc)

    def admitted(self) -> None:
        """Take note that this client is known: it is cut for no crowd."""
        if self._newcomer is not None:
            _newcomers(self.app_state).leave(self._newcomer)
            self._newcomer = None

    def handle_ping(self) -> None:
        """Answer a ping; cut a peer that goes on asking and takes no answer, before its answers fill the memory."""
        super().handle_ping()
        if self.transport.get_write_buffer_size() > UNSENT_LIMIT:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Cut a peer that has not answered a ping: it does not read, or is gone."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """Say goodbye, then cut."""
        super().shutdown()
        self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)

    async def run_asgi(self) -> None:
        """Run the conversation; when it has ended the transport may linger for the grace only."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[ADMITTED] = self.admitted
        try:
            await super().run_asgi()
        finally:
            self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)


def page_engine(newcomers: Newcomers) -> Any:
    """Return what uvicorn makes for each connection: a page's protocol that shares this count."""

    def make(
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> PageProtocol:
        return PageProtocol(config, server_state, {**app_state, NEWCOMERS: newcomers}, _loop)

    return make


def _newcomers(app_state: dict[str, Any]) -> Newcomers:
    newcomers: Newcomers = app_state[NEWCOMERS]
    return newcomers


def _enter(app_state: dict[str, Any], client: tuple[str, int] | None, transport: asyncio.Transport) -> Newcomer:
    return _newcomers(app_state).enter(client[0] if client else None, transport.abort)


def _plain(client: tuple[str, int] | None) -> tuple[str, int] | None:
    return None if client is None else (plain_address(client[0]), client[1])
