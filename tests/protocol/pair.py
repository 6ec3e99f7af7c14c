"""Two ends joined by a link that is no network: a session, and a server that remembers what it was asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, Done, Refused, Result
from queue_protocol.codec import decode_from_client, encode
from queue_protocol.commands import Request
from queue_protocol.hellos import FromClient, KioskHello
from queue_protocol.ids import CommandId, DeviceId, Revision
from queue_protocol.session import Session
from queue_protocol.snapshots import Beat, FromServer, Menu, Welcome

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HELLO = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"))
WELCOME = Welcome(
    protocol=PROTOCOL,
    center={"vi": "Trung tâm Phục vụ hành chính công xã Bảo Hà"},
    languages=("vi", "en"),
    utc_offset_s=7 * 3600,
    now=MORNING,
    device=DeviceId("kiosk-1"),
)


def at(sequence: int) -> Revision:
    """Return a place in the journal."""
    return Revision(epoch=1, sequence=sequence)


def menu(sequence: int) -> Menu:
    """Return an empty menu of this revision."""
    return Menu(revision=at(sequence), now=MORNING, day=MORNING.date(), services=())


BEAT = Beat(now=MORNING, revision=at(1))


@dataclass
class ServerEnd:
    """Does each command once, and gives the same answer to the same id for ever."""

    refusals: list[Refused] = field(default_factory=list)
    """What the next requests are refused with, before any is done."""
    heard: list[FromClient] = field(default_factory=list)
    done: dict[CommandId, int] = field(default_factory=dict)
    """How often each command was asked for since it was done."""

    def take(self, frame: bytes) -> list[FromServer]:
        """Take one frame and return what the server says to it."""
        message = decode_from_client(frame)
        self.heard.append(message)
        if isinstance(message, KioskHello):
            return [WELCOME, menu(1)]
        if isinstance(message, Request):
            return [Answer(command_id=message.command_id, result=self._result(message))]
        return []

    def requests(self) -> list[Request]:
        """Return every request in the order in which it was heard."""
        return [message for message in self.heard if isinstance(message, Request)]

    def _result(self, request: Request) -> Result:
        if self.refusals:
            return self.refusals.pop(0)
        self.done[request.command_id] = self.done.get(request.command_id, 0) + 1
        return Done()


@dataclass
class Pair:
    """A session and a server with a link that can be cut; time is what the test says."""

    session: Session = field(default_factory=lambda: Session(lambda: HELLO))
    server: ServerEnd = field(default_factory=ServerEnd)
    now_s: float = 100.0
    said: list[FromServer] = field(default_factory=list)
    """What the session has handed out to its box."""

    def connect(self) -> "Pair":
        """Open the link and let both ends talk until they are quiet."""
        self.session.connected(self.now_s)
        return self.flow()

    def flow(self) -> "Pair":
        """Carry frames in both directions until neither end has more to say."""
        while frames := self.session.frames_to_send(self.now_s):
            for frame in frames:
                self.hear(*self.server.take(frame))
        return self

    def lose(self) -> list[bytes]:
        """Take what the session sends and let it be lost on the way to the server."""
        return self.session.frames_to_send(self.now_s)

    def lose_answers(self) -> None:
        """Let the server take what the session sends, and what it answers be lost on the way back."""
        for frame in self.session.frames_to_send(self.now_s):
            self.server.take(frame)

    def hear(self, *messages: FromServer) -> None:
        """Let the session hear this."""
        for message in messages:
            told = self.session.receive(encode(message), self.now_s)
            if told is not None:
                self.said.append(told)

    def results(self) -> list[Result]:
        """Return the answers that have reached the box."""
        return [message.result for message in self.said if isinstance(message, Answer)]
