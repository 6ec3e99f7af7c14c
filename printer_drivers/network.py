"""The line to a printer over TCP, port 9100 as a rule: one connection per job, and nothing waits past its deadline.

Many printers serve one connection at a time and forget an idle one, so none is kept. Buffers on the way take megabytes
from a peer that never reads, so the send buffer is small and the bytes that the peer has not acknowledged are watched.
python-escpos's `Network` is not used: it waits 60 s for everything, sees none of this, and calls silence an error.
"""

import contextlib
import socket
import sys
import weakref
from collections.abc import Iterator
from typing import Any

from printer_drivers import clock
from printer_drivers.deadline import run_by
from printer_drivers.descriptor import READ_BYTES, DescriptorWire
from printer_drivers.printer import Deadlines, PrinterState, PrinterUnreachable

# With default buffers 3.9 MB were "sent" to a peer that never reads; with this, about 10 KB.
SEND_BUFFER = 4096
# A connection that was hung up is kept so long for answers that come late: the reset that they would meet otherwise
# makes the printer's side forget what it has not read yet.
LEAVING_S = 60.0
# SO_LINGER on, 0 s: the close is a reset, and what still waits is thrown away.
RESET = (1).to_bytes(4, sys.byteorder) + bytes(4)

_Address = tuple[socket.AddressFamily, Any]


class TcpLine:
    """A printer at `host` (name, IPv4 or IPv6) and `port`. Belongs to one thread."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._leaving: list[tuple[socket.socket, float]] = []
        weakref.finalize(self, _close_all, self._leaving)

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[DescriptorWire]:
        """Call the printer, and hang up afterwards."""
        self._leaving[:] = [(peer, until) for peer, until in self._leaving if not _has_left(peer, until)]
        peer = _call(self._host, self._port, clock.monotonic_s() + deadlines.connect_s)
        link = _SocketLink(peer)
        try:
            yield DescriptorWire(link, deadlines.stall_s)
        finally:
            until = clock.monotonic_s() + LEAVING_S
            if link.dropped or not _hang_up(peer):
                peer.close()
            elif not _has_left(peer, until):
                self._leaving.append((peer, until))


class _SocketLink:
    """A connected socket, as `descriptor.Link`."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self.dropped = False

    def fileno(self) -> int:
        return self._peer.fileno()

    def write(self, data: bytes) -> int:
        return self._peer.send(data)

    def read(self) -> bytes:
        arrived = self._peer.recv(READ_BYTES)
        if not arrived:
            raise EOFError
        return arrived

    def waiting(self) -> int:
        return _count_unacknowledged(self._peer)

    def watch(self) -> None:
        """Nothing to see: who lost power breaks the connection."""

    def refuse_doubt(self) -> None:
        """Nothing to see, as in `watch`."""

    def look(self) -> PrinterState | None:
        return None

    def drop(self) -> None:
        self.dropped = True
        with contextlib.suppress(OSError):
            self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def _call(host: str, port: int, by: float) -> socket.socket:
    """Connect to the first address of the host that answers by the deadline; raise `PrinterUnreachable`."""
    trouble = "no answer in time"
    for family, address in _resolve(host, port, by):
        try:
            return _connect(family, address, by)
        except OSError as error:
            trouble = str(error)
    message = f"no printer answers at {host} port {port}: {trouble}; is it on and in this network?"
    raise PrinterUnreachable(message, "printer_no_answer", host=host, port=port)


def _connect(family: socket.AddressFamily, address: Any, by: float) -> socket.socket:
    """Connect by the deadline; raise `OSError`, also for a family that this machine does not have."""
    peer = socket.socket(family, socket.SOCK_STREAM)
    try:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.settimeout(max(0.001, by - clock.monotonic_s()))
        peer.connect(address)
        peer.setblocking(False)
    except OSError:
        peer.close()
        raise
    return peer


def _resolve(host: str, port: int, by: float) -> list[_Address]:
    """Look the host up; a resolver without a network knows no deadline of its own."""
    addresses: list[_Address] = []
    with contextlib.suppress(OSError):  # a TimeoutError is one too
        known = run_by(by, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        addresses = [(family, address) for family, _, _, _, address in known]
    if not addresses:
        message = f"the printer's name {host} is not known in this network; use its number instead"
        raise PrinterUnreachable(message, "printer_no_name", host=host)
    return addresses


def _hang_up(peer: socket.socket) -> bool:
    """Say that nothing more comes; return whether the other side was still there to hear it."""
    try:
        peer.shutdown(socket.SHUT_WR)
    except OSError:
        return False
    return True


def _has_left(peer: socket.socket, until: float) -> bool:
    """Read what came late; close, and return true, when the printer has hung up too or this instant has passed."""
    try:
        while peer.recv(READ_BYTES):
            pass
    except BlockingIOError:
        if clock.monotonic_s() < until:
            return False
    except OSError:
        pass  # reset: it has left
    peer.close()
    return True


def _close_all(leaving: list[tuple[socket.socket, float]]) -> None:
    for peer, _ in leaving:
        peer.close()


if sys.platform == "linux":
    import fcntl
    import struct
    import termios

    def _count_unacknowledged(peer: socket.socket) -> int:
        """Return the bytes that the peer has not acknowledged (SIOCOUTQ)."""
        answer = fcntl.ioctl(peer.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", answer)[0])
else:

    def _count_unacknowledged(_peer: socket.socket) -> int:
        """Return zero: this system does not tell."""
        return 0
