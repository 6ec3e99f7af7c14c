"""uvicorn's websocket engine, with an end to clients that stop reading.

As shipped (uvicorn 0.54, tried) a peer that never reads keeps its connection, and with it the server's shutdown, for
ever: `close` waits for a buffer that nobody empties. Here the transport is cut when the keepalive fails and shortly
after anything asked it to close.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

CLOSE_GRACE_S = 1.0
"""A peer on a LAN that reads at all has taken the close frame by then."""

UNSENT_LIMIT = 1_048_576
"""Bytes that may wait for one peer; a display's largest screen is a hundredth of it."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """A websocket that ends when it is told to end."""

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
        try:
            await super().run_asgi()
        finally:
            self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)
