"""Prints over TCP, port 9100 as a rule: one connection per job, and nothing waits longer than its deadline.

Many printers serve one connection at a time and forget an idle one, so none is kept. A write that succeeded says
nothing about paper: buffers on the way take megabytes from a peer that never reads. So the send buffer is small and the
bytes that the peer has not acknowledged are watched.
"""

import contextlib
import queue
import select
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from printer_drivers import clock
from printer_drivers.paper import Paper
from printer_drivers.printer import (
    Deadlines,
    Evidence,
    JobEnd,
    PrinterState,
    PrinterStopped,
    PrinterUnreachable,
    Source,
    Status,
    follow,
)
from printer_drivers.wire import Told, ask_state, run_job

# With default buffers 3.9 MB were "sent" to a peer that never reads; with this, about 10 KB.
SEND_BUFFER = 4096
READ_BYTES = 256
# How often unacknowledged bytes are looked at; a band takes a 150 mm/s printer 50 ms.
LOOK_S = 0.005

_Address = tuple[socket.AddressFamily, Any]


class NetworkPrinter:
    """A printer at `host` (name, IPv4 or IPv6) and `port`; `asks` is off for a printer that cannot bear questions.

    Belongs to one thread. A printer that once stayed silent is not asked before later jobs, until `status` hears it.
    """

    def __init__(
        self,
        host: str,
        port: int,
        paper: Paper,
        *,
        asks: bool = True,
        deadlines: Deadlines | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._host = host
        self._port = port
        self._paper = paper
        self._asks = asks
        self._mute = False
        self._deadlines = deadlines or Deadlines()
        self._now = now
        self._status: Status | None = None

    @property
    def paper(self) -> Paper:
        """The paper to draw for."""
        return self._paper

    def open(self) -> None:
        """Connect once and hang up; raise `PrinterUnreachable` when that fails."""
        with self._connect():
            pass

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """Print one job over a connection of its own; see `Printer.print`."""
        asks = self._asks and not self._mute
        try:
            with self._connect() as wire:
                end = run_job(wire, job, self._deadlines, clock.monotonic_s, asks=asks)
        except PrinterUnreachable as error:
            return JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE, str(error))
        self._mute = end.evidence is Evidence.ACCEPTED
        return end

    def status(self) -> Status:
        """Connect, ask and hang up; with questions off, only connect."""
        try:
            with self._connect() as wire:
                told = ask_state(wire, self._deadlines, clock.monotonic_s) if self._asks else None
        except (PrinterUnreachable, PrinterStopped):
            return self._note(PrinterState.UNREACHABLE, Source.CONNECTION)
        if told is None:
            return self._note(PrinterState.UNKNOWN, Source.NOT_ASKED)
        return self._note_told(told)

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _note_told(self, told: Told) -> Status:
        self._mute = not told.raw
        return self._note(told.state, Source.ANSWER if told.raw else Source.SILENCE, told.raw)

    def _note(self, state: PrinterState, source: Source, raw: bytes = b"") -> Status:
        self._status = follow(self._status, state, self._now(), source, raw)
        return self._status

    @contextlib.contextmanager
    def _connect(self) -> Iterator["_TcpWire"]:
        link = _call(self._host, self._port, clock.monotonic_s() + self._deadlines.connect_s)
        try:
            yield _TcpWire(link, self._deadlines.stall_s)
        finally:
            _hang_up(link)


class _TcpWire:
    """One connection, as `wire.Wire` wants it."""

    def __init__(self, link: socket.socket, stall_s: float) -> None:
        self._link = link
        self._stall_s = stall_s
        self._inbox = b""
        self._sent = 0

    @property
    def sent(self) -> int:
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        rest = memoryview(data)
        moved_at = clock.monotonic_s()
        while rest:
            until = min(by, moved_at + self._stall_s)
            if not self._wait(until, to_send=True):
                self._refuse_to_wait(until)
                continue
            with _as_stopped():
                taken = self._link.send(rest)
            rest = rest[taken:]
            self._sent += taken
            moved_at = clock.monotonic_s()

    def settle(self, by: float) -> None:
        waiting = _unacknowledged(self._link)
        moved_at = clock.monotonic_s()
        while waiting:
            until = min(by, moved_at + self._stall_s)
            self._refuse_to_wait(until)
            self._wait(min(until, clock.monotonic_s() + LOOK_S), to_send=False)
            still = _unacknowledged(self._link)
            if still != waiting:
                waiting, moved_at = still, clock.monotonic_s()

    def hear(self, by: float) -> bytes:
        self._wait(clock.monotonic_s(), to_send=False)
        while not self._inbox and clock.monotonic_s() < by:
            self._wait(by, to_send=False)
        heard, self._inbox = self._inbox, b""
        return heard

    def _wait(self, until: float, *, to_send: bool) -> bool:
        """Wait for one turn of the line, keep what arrives, and say whether it takes bytes; `until` may have passed."""
        left = max(0.0, until - clock.monotonic_s())
        with _as_stopped():
            readable, writable, _ = select.select([self._link], [self._link] if to_send else [], [], left)
            if readable:
                self._keep(self._link.recv(READ_BYTES))
        return bool(writable)

    def _keep(self, arrived: bytes) -> None:
        if not arrived:
            raise PrinterStopped("the printer hung up")
        self._inbox += arrived

    def _refuse_to_wait(self, until: float) -> None:
        if clock.monotonic_s() >= until:
            raise PrinterStopped("the printer stopped taking bytes; look whether it has paper and is closed")


@contextlib.contextmanager
def _as_stopped() -> Iterator[None]:
    """Say in the words of this box what the socket says in its own."""
    try:
        yield
    except OSError as error:
        raise PrinterStopped(f"the connection to the printer broke: {error}") from error


def _call(host: str, port: int, by: float) -> socket.socket:
    """Connect to the first address of the host that answers by the deadline; raise `PrinterUnreachable`."""
    trouble = "no answer in time"
    for family, address in _resolve(host, port, by):
        link = socket.socket(family, socket.SOCK_STREAM)
        try:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.settimeout(max(0.001, by - clock.monotonic_s()))
            link.connect(address)
            link.setblocking(False)
        except OSError as error:
            link.close()
            trouble = str(error)
        else:
            return link
    raise PrinterUnreachable(f"no printer answers at {host} port {port}: {trouble}; is it on and in this network?")


def _resolve(host: str, port: int, by: float) -> list[_Address]:
    """Look the host up in a thread of its own, because a resolver without a network knows no deadline."""
    found: queue.Queue[list[_Address]] = queue.Queue()

    def look_up() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            known = []
        found.put([(family, address) for family, _, _, _, address in known])

    threading.Thread(target=look_up, name="printer-name", daemon=True).start()
    try:
        addresses = found.get(timeout=max(0.001, by - clock.monotonic_s()))
    except queue.Empty:
        addresses = []
    if not addresses:
        raise PrinterUnreachable(f"the printer's name {host} is not known in this network; use its number instead")
    return addresses


def _hang_up(link: socket.socket) -> None:
    """Close so that the last bytes still arrive: unread answers would turn the close into a reset."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_WR)
        while link.recv(READ_BYTES):
            pass
    link.close()


if sys.platform == "linux":
    import fcntl
    import struct
    import termios

    def _unacknowledged(link: socket.socket) -> int:
        """Return the bytes that the peer has not acknowledged (SIOCOUTQ)."""
        with _as_stopped():
            answer = fcntl.ioctl(link.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", answer)[0])
else:

    def _unacknowledged(_link: socket.socket) -> int:
        """Return zero: this system does not tell."""
        return 0
