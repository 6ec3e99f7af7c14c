"""A real server on a real port, in a thread of the test, with a clock that is set; a browser and boxes to meet it."""

import http.client
import socket
import threading
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import argon2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

import assets
from device_runtime.device_key import read_key
from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Answer, Result, TicketTaken
from queue_protocol.codec import decode_from_server, encode
from queue_protocol.commands import CallNext, Command, OpenCounter, ReportDevice, Request, TakeTicket
from queue_protocol.hellos import DeskHello, DisplayHello, FromClient, KioskHello, OfficeHello, Seen
from queue_protocol.ids import AccountId, CommandId, DeviceId, ServiceId, TicketId
from queue_protocol.snapshots import FromServer, Snapshot
from queue_server import app
from queue_server.engine.clock import Clock
from queue_server.process import resources
from queue_server.process.arguments import Config
from queue_server.storage.accounts import AccountRole, Accounts
from queue_server.web import application as web
from queue_server.web.access import SESSION_COOKIE, hash_secret
from tests.core.center import CERTIFICATION, MORNING, tokens
from tests.watching import PATIENCE_S

PASSWORD = "mật khẩu dài dòng"
HASHED = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As cheap as the algorithm allows: a check takes what the hash says, and tests sign in hundreds of times."""
PEOPLE: dict[AccountId, tuple[AccountRole, ...]] = {
    AccountId("lan"): ("clerk",),
    AccountId("hoa"): ("clerk", "greeter"),
    AccountId("mai"): ("greeter",),
    AccountId("quanly"): ("manager",),
}
OTHER_KEY = "the-key-of-the-other-display"
"""Of `display-2`, which every center of these tests has too."""
NAME = "trung-tam.example"
"""A host name the server is told to answer to."""

Said = TypeVar("Said")
ids = count(1)
_tokens = tokens()


@dataclass
class SetClock:
    """What the PC believes the time is; set `at` and it jumps."""

    at: datetime = MORNING
    elapsed_s: float = 0.0
    """Time that has really passed."""

    def wait(self, **time: float) -> None:
        """Let time pass, or with negative figures let the PC's clock run backwards."""
        passed = timedelta(**time)
        self.at += passed
        self.elapsed_s += max(passed.total_seconds(), 0.0)


@dataclass
class Page:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Sequence[str] = ()
    """What it set, each as its header says it."""

    @property
    def text(self) -> str:
        """The body as words."""
        return self.body.decode()

    def cookie(self, name: str) -> str:
        """Return the value of the cookie that the page has set."""
        header = next(each for each in self.cookies if each.startswith(f"{name}="))
        return header.partition("=")[2].partition(";")[0]


@dataclass
class Running:
    """A server that runs."""

    folder: Path
    port: int
    clock: SetClock
    engine: Any
    thread: threading.Thread
    sockets: ExitStack = field(default_factory=ExitStack)

    @property
    def host(self) -> str:
        """How a browser names it."""
        return f"127.0.0.1:{self.port}"

    def unsent_bytes(self) -> int:
        """Return how many bytes the server holds that clients do not take."""
        return sum(each.transport.get_write_buffer_size() for each in list(self.engine.server_state.connections))

    def wait_for_end(self, within_s: float) -> None:
        """Wait until the server has ended."""
        self.thread.join(within_s)
        assert not self.thread.is_alive(), f"the server did not end in {within_s} s"

    def key(self, device: str) -> str:
        """Return the key of a box, as its person finds it in the data folder."""
        return read_key(self.folder / "keys" / device) or OTHER_KEY

    def browse(
        self,
        path: str,
        form: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        account: str | None = None,
        source: str = "127.0.0.1",
        **headers: str,
    ) -> Page:
        """Open a page, or with a form send it, as a browser does that may be signed in; `headers` with underscores.

        `source`: the address it comes from, any of 127.0.0.0/8.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S, source_address=(source, 0))
        sent = {} if account is None else {"Cookie": f"{SESSION_COOKIE}=session-of-{account}"}
        body = None if form is None else urllib.parse.urlencode(form)
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in sent.items() if value != "NONE"}
        connection.request("GET" if form is None else "POST", path, body, sent)
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        cookies = response.headers.get_all("set-cookie") or []
        page = Page(response.status, names, response.read(), cookies)
        connection.close()
        return page

    def talk(self, hello: FromClient | None = None, account: str | None = None, **headers: str) -> "Talk":
        """Open a socket and say hello on it."""
        sent = {} if account is None else {"Cookie": f"{SESSION_COOKIE}=session-of-{account}"}
        host = headers.pop("Host", self.host)
        opening = connect(
            f"ws://{host}/socket",
            sock=socket.create_connection(("127.0.0.1", self.port), PATIENCE_S),
            additional_headers=sent | headers,
            compression=None,
            proxy=None,
            open_timeout=PATIENCE_S,
            close_timeout=0.5,
            ping_interval=None,
        )
        talk = Talk(self.sockets.enter_context(opening))
        if hello is not None:
            talk.say(hello)
        return talk

    def kiosk(self, name: str = "kiosk-1", **said: Any) -> "Talk":
        """Let a kiosk come with its own key."""
        return self.talk(KioskHello(protocol=PROTOCOL, device=DeviceId(name), key=self.key(name), **said))

    def display(self, name: str = "display-1", **said: Any) -> "Talk":
        """Let a display come with its own key."""
        return self.talk(DisplayHello(protocol=PROTOCOL, device=DeviceId(name), key=self.key(name), **said))

    def desk(self, account: str = "lan", counter: int = 1) -> "Talk":
        """Let a clerk open the page of a counter."""
        return self.talk(DeskHello(protocol=PROTOCOL, counter=counter), account)

    def office(self) -> "Talk":
        """Let the manager open the office."""
        return self.talk(OfficeHello(protocol=PROTOCOL), "quanly")


@dataclass
class Talk:
    """One conversation."""

    connection: ClientConnection
    heard: list[FromServer] = field(default_factory=list)
    """What was heard and no test has looked at yet."""
    sees: bool = True
    """Whether it tells the server that a snapshot is on its screen."""

    def say(self, message: FromClient) -> None:
        """Send a message."""
        self.connection.send(encode(message), text=True)

    def hear(self, kind: type[Said], timeout_s: float = PATIENCE_S) -> Said:
        """Return the next message of this kind; others are kept."""
        for place, message in enumerate(self.heard):
            if isinstance(message, kind):
                del self.heard[place]
                return message
        while True:
            message = decode_from_server(self.connection.recv(timeout=timeout_s))
            if self.sees and isinstance(message, Snapshot):
                self.say(Seen(revision=message.revision))
            if isinstance(message, kind):
                return message
            self.heard.append(message)

    def hears_none(self, kind: type, within_s: float = 0.3) -> bool:
        """Say whether no message of this kind comes within the time."""
        try:
            self.hear(kind, within_s)
        except TimeoutError:
            return True
        return False

    def ask(self, command: Command, command_id: str | None = None, age_ms: int = 0) -> Result:
        """Ask, and return the result."""
        asked = CommandId(command_id or f"command-{next(ids)}")
        self.say(Request(command_id=asked, age_ms=age_ms, command=command))
        while (answer := self.hear(Answer)).command_id != asked:
            pass
        return answer.result

    def with_printer(self) -> Self:
        """Report a printer that is ready, as a kiosk does when it has looked at its own."""
        self.ask(ReportDevice(part="printer", state="ready"))
        return self

    def take(self, service: ServiceId = CERTIFICATION, **details: Any) -> TicketTaken:
        """Take a ticket."""
        result = self.ask(TakeTicket(service=service, token=next(_tokens), **details))
        assert isinstance(result, TicketTaken), result
        return result

    def call_next(self, counter: int = 1, after: TicketId | None = None) -> Result:
        """Open the counter and call the next ticket."""
        self.ask(OpenCounter(counter=counter))
        return self.ask(CallNext(counter=counter, after=after))

    def hear_call(self) -> CallAnnouncement:
        """Return the next call."""
        return self.hear(CallAnnouncement)

    def hear_end(self) -> tuple[Any, int | None]:
        """Return the last word of the server and the code it closed with."""
        last: Any = None
        try:
            while True:
                last = decode_from_server(self.connection.recv(timeout=PATIENCE_S))
        except ConnectionClosed as closed:
            return last, None if closed.rcvd is None else closed.rcvd.code

    def leave(self) -> None:
        """Go."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


@contextmanager
def running(folder: Path, clock: SetClock | None = None, *, kernel_buffer: int | None = None) -> Iterator[Running]:
    """Run the server of a center with four people in this folder; its clock stands still unless it is told.

    `kernel_buffer`: how many bytes the system holds for a client that does not read; `None`: as many as it likes, up
    to megabytes.
    """
    clock = clock or SetClock()
    config = Config(
        data=folder,
        host="127.0.0.1",
        port=0,
        catalogue=assets.FOLDER / "catalogues" / "xa-vua.toml",
        names=frozenset({NAME}),
    )
    with pytest.MonkeyPatch.context() as patch, resources.listen(config.host, 0) as listening:
        if kernel_buffer is not None:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel_buffer)  # accepted sockets inherit it
        connection = resources.open_file(folder)
        let_people_in(Accounts(connection), clock.at)
        patch.setattr(resources, "Clock", lambda last_at: Clock(last_at, lambda: clock.at, lambda: clock.elapsed_s))
        patch.setattr(app, "read_wall", lambda: clock.at)
        engine = web.engine(app.compose(config, connection, "ready"))
        thread = threading.Thread(target=engine.run, args=([listening],), daemon=True)
        thread.start()
        server = Running(folder, listening.getsockname()[1], clock, engine, thread)
        try:
            yield server
        finally:
            server.sockets.close()
            engine.should_exit = True
            server.wait_for_end(10)
            connection.close()


def let_people_in(accounts: Accounts, at: datetime) -> None:
    """Add a second display and the people, each signed in already in one browser."""
    accounts.set_device(DeviceId("display-2"), "display", hash_secret(OTHER_KEY))
    now = int(at.astimezone(UTC).timestamp())
    for name, roles in PEOPLE.items():
        if accounts.add(name, roles, HASHED):
            accounts.open_session(hash_secret(f"session-of-{name}"), name, now, now + 12 * 3600)
