"""A clerk without a page: takes tickets and calls them over the socket, as the desk page does."""

import secrets
from types import TracebackType
from typing import Self

from websockets.sync.client import ClientConnection, connect

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, NextCalled, Result, TicketTaken
from queue_protocol.codec import decode_from_server, encode
from queue_protocol.commands import CallNext, Command, OpenCounter, Request, StartService, TakeTicket
from queue_protocol.hellos import DeskHello, Seen
from queue_protocol.ids import CommandId, ServiceId, TicketId, token_of
from queue_protocol.snapshots import Desk
from tests.serving import Serving, SignedIn
from tests.watching import PATIENCE_S


class Clerk:
    """A person at a counter, opened on entry; the first manager when nobody else is named. Use as a context manager."""

    def __init__(self, server: Serving, counter: int, person: SignedIn | None = None) -> None:
        self._counter = counter
        self._current: TicketId | None = None
        self._connecting = connect(
            f"ws://127.0.0.1:{server.port}/socket",
            additional_headers={"Cookie": (person or server.sign_in()).cookie, "Origin": server.address},
            compression=None,
        )

    def take(self, service: str) -> TicketTaken:
        """Take a ticket that nobody prints."""
        result = self.ask(TakeTicket(service=ServiceId(service), token=token_of(secrets.token_bytes(16))))
        if not isinstance(result, TicketTaken):
            raise TypeError(f"no ticket: {result}")
        return result

    def call_next(self) -> TicketId | None:
        """Serve and finish the current ticket, and call the next one."""
        if self._current is not None:
            self.ask(StartService(ticket=self._current))
        result = self.ask(CallNext(counter=self._counter, after=self._current))
        if not isinstance(result, NextCalled):
            raise TypeError(f"nobody was called: {result}")
        self._current = result.ticket
        return result.ticket

    def ask(self, command: Command) -> Result:
        """Ask and wait for the answer; snapshots on the way are taken note of."""
        command_id = CommandId(secrets.token_urlsafe(12))
        self._socket.send(encode(Request(command_id=command_id, age_ms=0, command=command)), text=True)
        while True:
            message = decode_from_server(self._socket.recv(timeout=PATIENCE_S))
            if isinstance(message, Desk):
                self._socket.send(encode(Seen(revision=message.revision)), text=True)
            elif isinstance(message, Answer) and message.command_id == command_id:
                return message.result

    def __enter__(self) -> Self:
        self._socket: ClientConnection = self._connecting.__enter__()
        self._socket.send(encode(DeskHello(protocol=PROTOCOL, counter=self._counter)), text=True)
        self.ask(OpenCounter(counter=self._counter))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connecting.__exit__(kind, error, trace)
