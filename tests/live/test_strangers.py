"""Four strangers, one after the other, beside an honest kiosk: each keeps nobody out, fills no disk, slows nobody.

The strangers and the server are processes of their own. The kiosk's times are compared within one run, with and without
each stranger, so that a slow machine makes both slow.
"""

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, TicketTaken
from queue_protocol.codec import decode_from_server, encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.hellos import KioskHello, Seen
from queue_protocol.ids import CommandId, DeviceId, ServiceId
from queue_protocol.snapshots import Snapshot
from tests.core.center import tokens
from tests.serving import ROOT, Serving
from tests.strangers import KINDS

TAKES = 25
"""In each of the two measurements that are compared."""

ROUNDS = 3
"""Pairs of measurements, with and without the stranger: other programs of the machine come and go."""

SLACK_S = 0.010
"""What a busy machine adds to one of two measurements, whatever is measured."""

LOG_BYTES_A_SECOND = 5_000
"""Bounded lines, ten of a kind in a minute: what a person reads in a day, not what fills a disk."""


class Kiosk:
    """An honest kiosk: asks, waits for the answer, says what it has seen."""

    def __init__(self, server: Serving) -> None:
        address = f"{server.address.replace('http', 'ws')}/socket"
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(connect(address, compression=None, proxy=None, ping_interval=None))
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key=server.key("kiosk-1"), prints=False)
        self._say(hello)
        self._tokens = tokens()
        self._asked = 0

    def take(self) -> float:
        """Take a ticket, and return how long that took, in seconds."""
        self._asked += 1
        asked = CommandId(f"honest-{self._asked:06}")
        began = time.perf_counter()
        take = TakeTicket(service=ServiceId("certification"), token=next(self._tokens))
        self._say(Request(command_id=asked, age_ms=0, command=take))
        while True:
            message = decode_from_server(self._socket.recv(timeout=20))
            if isinstance(message, Snapshot):
                self._say(Seen(revision=message.revision))
            if isinstance(message, Answer) and message.command_id == asked:
                assert isinstance(message.result, TicketTaken), message
                return time.perf_counter() - began

    def usual(self) -> float:
        """Return the middle of some times; others of the machine come and go."""
        times = []
        for _ in range(TAKES):
            times.append(self.take())
            time.sleep(0.01)
        return statistics.median(times)

    def _say(self, message: object) -> None:
        self._socket.send(encode(message), text=True)

    def close(self) -> None:
        """Go."""
        self._open.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Lend a server to all four strangers."""
    with Serving(tmp_path_factory.mktemp("strangers") / "data") as server:
        yield server


@contextlib.contextmanager
def stranger(kind: str, server: Serving) -> Iterator[None]:
    """Let a stranger be there for a while."""
    words = [sys.executable, "-m", "tests.strangers", kind, str(server.port)]
    child = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        yield
    finally:
        child.stdin.close()
        child.kill()
        child.wait(10)
        child.stdout.close()


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_kiosk_beside_a_stranger(server: Serving, kind: str) -> None:
    """Its answers stay within twice their usual time, people sign in, a new kiosk comes in, and the log stays short."""
    manager, kiosk = server.sign_in(), Kiosk(server)
    log, ratios = Path(server.log), []
    for _ in range(ROUNDS):
        usual_s = kiosk.usual()
        before, began = log.stat().st_size, time.monotonic()
        with stranger(kind, server):
            beside_s = kiosk.usual()
            assert manager.get("/office")
            assert server.sign_in().get("/office")
            newcomer = Kiosk(server)
            newcomer.take()
            newcomer.close()
            written = (log.stat().st_size - before) / (time.monotonic() - began)
        ratios.append(max(0.0, beside_s - SLACK_S) / usual_s)
        sys.stdout.write(f"{kind}: {usual_s * 1000:.1f} ms, beside {beside_s * 1000:.1f} ms, log {written:.0f} B/s\n")
        assert written < LOG_BYTES_A_SECOND
    kiosk.close()
    assert min(ratios) < 2, ratios
