"""Clients that do not read, do not speak or do not stop: each is cut, and the hall does not notice."""

import base64
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from queue_protocol import PROTOCOL
from queue_protocol.codec import encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.hellos import DisplayHello, FromClient, KioskHello
from queue_protocol.ids import CommandId, DeviceId, ServiceId, Token
from queue_protocol.snapshots import Menu
from queue_server.live import hub, sockets
from queue_server.web import application as web
from queue_server.web import engines
from tests.server_in_process import Running, running
from tests.watching import PATIENCE_S, SOON_S

HIGH_WATER = 128 * 1024
"""Twice what asyncio lets a transport hold before it makes senders wait."""

KERNEL_BUFFER = 4096
"""Left to itself the kernel takes megabytes for a client that does not read, and the more the faster the machine is."""

TAKE = TakeTicket(service=ServiceId("fishing"), token=Token("a" * 26))


@contextmanager
def deaf_client(server: Running, hello: FromClient | None = None) -> Iterator[socket.socket]:
    """Lend a socket that has shaken hands, with the smallest buffer there is, and on which nobody will read."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.settimeout(PATIENCE_S)
        deaf.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        deaf.sendall(
            f"GET /socket HTTP/1.1\r\nHost: {server.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert deaf.recv(12) == b"HTTP/1.1 101"
        if hello is not None:
            deaf.sendall(frame(hello))
        yield deaf


def frame(message: FromClient) -> bytes:
    """Return a message as a masked text frame; the mask is zeros."""
    body = encode(message)
    length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack("!H", len(body))
    return b"\x81" + length + b"\x00" * 4 + body


def flood(deaf: socket.socket) -> None:
    """Ask until the server cuts the connection."""
    for number in count():
        deaf.sendall(frame(Request(command_id=CommandId(f"flood-{number:06}"), age_ms=0, command=TAKE)))


PING = b"\x89\xfd" + b"\x00" * 4 + b"x" * 125


def fill(server: Running, deaf: socket.socket) -> None:
    """Ping until the server holds more answers that this client does not take than it lets a send add to."""
    for _ in range(2_000):
        deaf.sendall(PING * 100)
        if server.unsent_bytes() > HIGH_WATER:
            return
    raise AssertionError("the client takes whatever comes")


def display_hello(server: Running) -> DisplayHello:
    """Return the hello of the display."""
    return DisplayHello(protocol=PROTOCOL, device=DeviceId("display-1"), key=server.key("display-1"))


def connected(server: Running, kind: str) -> bool:
    """Say whether a client of this kind is connected."""
    return f'motcua_clients{{kind="{kind}"}} 1.0' in server.browse("/metrics").text


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something to become so."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server hold whatever a client does not take, so that a test sees what else ends the conversation."""
    monkeypatch.setattr(engines, "UNSENT_LIMIT", sys.maxsize)


@pytest.mark.usefixtures("long_memory")
def test_who_never_reads_is_cut_and_the_others_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A display that takes nothing answers no ping, and is gone after two of them, full buffers or not."""
    monkeypatch.setattr(web, "PING_S", 0.5)
    monkeypatch.setattr(hub, "SEND_LIMIT_S", 60)
    with running(tmp_path, kernel_buffer=KERNEL_BUFFER) as server, deaf_client(server, display_hello(server)) as deaf:
        fill(server, deaf)
        assert connected(server, "display")
        kiosk = server.kiosk()
        kiosk.hear(Menu)
        wait_until(lambda: not connected(server, "display"))
        assert kiosk.take().number == "A001"
        assert connected(server, "kiosk")


def test_who_asks_and_never_reads_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose answers pile up is cut at once, long before memory is an issue or its time for a frame is over."""
    monkeypatch.setattr(hub, "SEND_LIMIT_S", sys.maxsize)
    with running(tmp_path, kernel_buffer=KERNEL_BUFFER) as server:
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key=server.key("kiosk-1"), prints=False)
        display = server.display()
        with deaf_client(server, hello) as deaf, pytest.raises(OSError, match=r"reset|Broken pipe"):
            flood(deaf)
        wait_until(lambda: not connected(server, "kiosk"))
        assert getattr(display.ask(TAKE), "code", None) == "not_allowed"


def test_who_pings_and_never_reads_is_cut(tmp_path: Path) -> None:
    """Answers to pings pass by the queue of frames, and fill the memory no more than those."""
    with running(tmp_path, kernel_buffer=KERNEL_BUFFER) as server, deaf_client(server, display_hello(server)) as deaf:
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            ping_for_ever(deaf)
        assert server.unsent_bytes() == 0


def ping_for_ever(deaf: socket.socket) -> None:
    """Ping until the server cuts the connection."""
    while True:
        deaf.sendall(PING * 100)


@pytest.mark.usefixtures("long_memory")
def test_a_send_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that stopped reading is cut even while its pings are not due yet."""
    monkeypatch.setattr(hub, "SEND_LIMIT_S", 0.3)
    with running(tmp_path, kernel_buffer=KERNEL_BUFFER) as server, deaf_client(server, display_hello(server)) as deaf:
        fill(server, deaf)
        deaf.sendall(frame(Request(command_id=CommandId("the-last-one"), age_ms=0, command=TAKE)))
        wait_until(lambda: not connected(server, "display"))


def test_who_says_nothing_holds_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hello the connection is closed after some seconds."""
    monkeypatch.setattr(sockets, "HELLO_WAIT_S", 0.2)
    with running(tmp_path) as server, deaf_client(server) as silent:
        while silent.recv(4096):
            pass


@pytest.mark.usefixtures("long_memory")
@pytest.mark.parametrize("is_deaf", [True, False])
def test_an_end_is_not_held_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_deaf: bool) -> None:
    """With clients connected, one of which will never take its goodbye, the server ends before it would be forced."""
    monkeypatch.setattr(web, "SHUTDOWN_S", round(PATIENCE_S))
    with running(tmp_path, kernel_buffer=KERNEL_BUFFER) as server, deaf_client(server, display_hello(server)) as deaf:
        kiosk = server.kiosk()
        kiosk.hear(Menu)
        wait_until(lambda: connected(server, "display"))
        if is_deaf:
            fill(server, deaf)
        began = time.monotonic()
        server.engine.should_exit = True
        assert kiosk.hear_end()[1] == 1012
        server.wait_for_end(PATIENCE_S)
        assert time.monotonic() - began < SOON_S
