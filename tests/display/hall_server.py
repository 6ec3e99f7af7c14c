"""A stand-in for the queue server that says what a test wants, over a real socket."""

import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement, CallKind
from queue_protocol.answers import Answer, Done
from queue_protocol.codec import decode_from_client, encode
from queue_protocol.commands import Command, Request
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId
from queue_protocol.phrases import announce_call
from queue_protocol.snapshots import Beat, Board, BoardCall, BoardCounter, FromServer, Welcome
from tests.watching import PATIENCE_S

Found = TypeVar("Found")

DISPLAY = DeviceId("display-1")
MORNING = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
"""12 minutes past 8 in Lào Cai, on a Monday."""
CENTER = "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ MƯỜNG HUM"


def at(sequence: int) -> Revision:
    """Return a place in the journal."""
    return Revision(epoch=1, sequence=sequence)


def welcome(now: datetime = MORNING) -> Welcome:
    """Return a welcome of a center at UTC+7."""
    return Welcome(
        protocol=PROTOCOL,
        center={"vi": CENTER},
        languages=("vi",),
        utc_offset_s=7 * 3600,
        now=now,
        device=DISPLAY,
    )


def announce(
    sequence: int,
    number: str = "A015",
    counter: int = 3,
    kind: CallKind = "first",
    called_at: datetime = MORNING,
    *,
    priority: bool = False,
) -> CallAnnouncement:
    """Return a call as the server announces it."""
    return CallAnnouncement(
        call=at(sequence),
        ticket=TicketId(f"20261123-{number}"),
        number=number,
        counter=counter,
        kind=kind,
        priority=priority,
        called_at=called_at,
        utterances=announce_call(number, counter, kind, ("vi",)),
    )


def board(
    sequence: int,
    *calls: CallAnnouncement,
    counters: int = 4,
    closed: tuple[int, ...] = (),
    paused: tuple[int, ...] = (),
    missed: tuple[str, ...] = (),
    speaker: DeviceId | None = DISPLAY,
    now: datetime = MORNING,
) -> Board:
    """Return a board on which these calls, the newest first, stand at their counters."""
    there = {call.counter: call.number for call in reversed(calls)}
    return Board(
        revision=at(sequence),
        now=now,
        calls=tuple(
            BoardCall(
                call=call.call,
                number=call.number,
                counter=call.counter,
                kind=call.kind,
                priority=call.priority,
                called_at=call.called_at,
            )
            for call in calls[:5]
        ),
        counters=tuple(
            BoardCounter(
                counter=number,
                open=number not in closed,
                number=there.get(number),
                services=(ServiceId("certification"),),
                paused=number in paused,
            )
            for number in range(1, counters + 1)
        ),
        missed=missed,
        speaker=speaker,
    )


class HallServer:
    """Says what a test gives it to each display that connects, and keeps what it hears; use as a context manager."""

    def __init__(self) -> None:
        self.hellos: list[DisplayHello] = []
        self.commands: list[Command] = []
        self.greeting: list[FromServer] = [welcome(), board(1)]
        """What a display is told when it connects."""
        self._server: Server = serve(self._converse, "127.0.0.1", 0, compression=None)
        self._connection: ServerConnection | None = None
        self._ids: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def say(self, *messages: FromServer) -> None:
        """Say this to the display that is connected."""
        connection = wait_until(lambda: self._connection)
        for message in messages:
            connection.send(encode(message).decode())

    def beat(self, sequence: int, now: datetime = MORNING) -> None:
        """Give a sign of life."""
        self.say(Beat(now=now, revision=at(sequence)))

    def drop(self) -> None:
        """Cut the connection; the display may come back."""
        wait_until(lambda: self._connection).close()

    def hang_up(self) -> None:
        """Cut the connection and let nobody in any more."""
        self._server.shutdown()
        connection = self._connection
        if connection is not None:
            connection.close()

    def heard(self, command: Command, timeout_s: float = PATIENCE_S) -> None:
        """Return once this command was heard."""
        wait_until(lambda: command in self.commands or None, timeout_s)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        self._thread.join(5)

    def _converse(self, connection: ServerConnection) -> None:
        try:
            for frame in connection:
                self._take(connection, decode_from_client(frame))
        except ConnectionClosed:
            pass

    def _take(self, connection: ServerConnection, message: Any) -> None:
        if isinstance(message, DisplayHello):
            self.hellos.append(message)
            for each in self.greeting:
                connection.send(encode(each).decode())
            self._connection = connection
        elif isinstance(message, Request):
            self.commands.append(message.command)
            connection.send(encode(Answer(command_id=message.command_id, result=Done())).decode())


def wait_until(found: Callable[[], Found | None], timeout_s: float = PATIENCE_S) -> Found:
    """Return what this finds as soon as it finds something; fail after some seconds."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = found()
        if result is not None:
            return result
        assert time.monotonic() < deadline, f"nothing came in {timeout_s} s"
        time.sleep(0.02)
