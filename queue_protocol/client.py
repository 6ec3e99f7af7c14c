"""The asyncio shell around `session`: connects, pumps, waits, connects again. Knows websockets, no queues."""

import asyncio
import contextlib
import functools
import logging
import random
import secrets
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import websockets.asyncio.client as websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from queue_protocol.answers import Answer, Result
from queue_protocol.codec import MalformedFrame, WrongProtocol
from queue_protocol.commands import Command
from queue_protocol.hellos import Hello
from queue_protocol.ids import CommandId
from queue_protocol.journal_end import JournalEnd
from queue_protocol.session import Link, Session
from queue_protocol.snapshots import FromServer

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""How long a person is kept waiting while the server says `busy` or `storage`. Lasting commands wait on."""

MAX_SNAPSHOT_BYTES = 1_048_576
"""A menu of 40 services is about 20 KB; anything near this is no snapshot of ours."""


def socket_url(server: str) -> str:
    """Return the socket's URL of a server given as `http://host:8080` or `host:8080`.

    Raises `ValueError`, with a sentence for a person, for an address that names no host or no possible port.
    """
    try:
        parts = urlsplit(server if "://" in server else f"http://{server}")
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number or too high, a bracket that is left open
        is_address = False
    if not is_address:
        raise ValueError(f"{server!r} is no address of a server; write it as http://192.168.1.10:8080")
    scheme: Literal["ws", "wss"] = "wss" if parts.scheme in {"https", "wss"} else "ws"
    return urlunsplit((scheme, parts.netloc, "/socket", "", ""))


class Client:
    """One box's link to the server; everything happens on the loop that runs `run`.

    `on_message` is given what the server says, after the session has dealt with it; `on_link` each change of the
    link; `keep_end` each new end of the journal, which the box keeps on its disk and gives as `end` in its next life.
    None of them may block or raise.
    """

    def __init__(
        self,
        server: str,
        hello: Callable[[], Hello],
        on_message: Callable[[FromServer], None],
        on_link: Callable[[Link], None],
        end: JournalEnd | None = None,
        keep_end: Callable[[JournalEnd], None] = lambda _end: None,
    ) -> None:
        self._url = socket_url(server)
        self._session = Session(hello, end)
        self._keep_end = keep_end
        self._on_message = on_message
        self._on_link = on_link
        self._link: Link = "connecting"
        self._waiting: dict[CommandId, asyncio.Future[Result]] = {}
        self._wake = asyncio.Event()

    def ask(self, command: Command, patience_s: float = PATIENCE_S) -> "asyncio.Future[Result]":
        """Ask the server; the future gets the answer, however many reconnects that takes.

        The act counts as happening now. `patience_s` as in `Session.ask`. Cancelling the future gives the command up:
        it is not sent again. Whether the server has done it is not known then.
        """
        command_id = CommandId(secrets.token_urlsafe(15))
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = future
        future.add_done_callback(functools.partial(self._give_up_if_cancelled, command_id))
        self._session.ask(command_id, command, self._now_s(), patience_s)
        self._wake.set()
        return future

    def _give_up_if_cancelled(self, command_id: CommandId, future: "asyncio.Future[Result]") -> None:
        if future.cancelled():
            self._waiting.pop(command_id, None)
            self._session.give_up(command_id)

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        while True:
            try:
                await self._converse()
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
                log.info("link to %s: %s", self._url, error or type(error).__name__)
            except (MalformedFrame, WrongProtocol):
                log.exception("the server at %s said something that is not of this protocol", self._url)
            self._session.disconnected()
            self._tell_link()
            await asyncio.sleep(self._session.retry_delay_s(random.random()))  # noqa: S311 - spreads load, guards nothing

    async def _converse(self) -> None:
        async with websocket.connect(
            self._url,
            proxy=None,  # a hall's boxes talk in the hall, whatever the PC's browser is set to
            compression=None,  # costs an old PC more than the bytes cost the LAN
            open_timeout=5,
            close_timeout=1,
            ping_interval=None,  # the server's beat is the sign of life
            max_size=MAX_SNAPSHOT_BYTES,
        ) as connection:
            self._session.connected(self._now_s())
            sender = asyncio.create_task(self._send(connection))
            try:
                await self._listen(connection)
            finally:
                sender.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await sender

    async def _listen(self, connection: websocket.ClientConnection) -> None:
        while True:
            async with asyncio.timeout(self._seconds_until(self._session.silence_deadline_s())):
                frame = await connection.recv()
            end_before = self._session.end
            message = self._session.receive(frame, self._now_s())
            if self._session.end is not None and self._session.end != end_before:
                self._keep_end(self._session.end)
            self._wake.set()
            self._tell_link()
            if message is not None:
                self._deliver(message)

    async def _send(self, connection: websocket.ClientConnection) -> None:
        while True:
            self._wake.clear()
            for frame in self._session.frames_to_send(self._now_s()):
                await connection.send(frame, text=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_until(self._session.next_send_s())):
                    await self._wake.wait()

    def _seconds_until(self, deadline_s: float | None) -> float | None:
        return None if deadline_s is None else max(0.01, deadline_s - self._now_s())

    def _deliver(self, message: FromServer) -> None:
        if isinstance(message, Answer) and message.command_id is not None:
            future = self._waiting.pop(message.command_id, None)
            if future is not None and not future.done():
                future.set_result(message.result)
        self._on_message(message)

    def _tell_link(self) -> None:
        link = self._session.link()
        if link != self._link:
            self._link = link
            self._on_link(link)

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()
