"""The line to a printer over TCP, port 9100 as a rule: one connection per job, and nothing waits past its deadline.

Many printers serve one connection at a time and forget an idle one, so none is kept. Buffers on the way take megabytes
from a peer that never reads, so the send buffer is small and the bytes that the peer has not acknowledged are watched.
python-escpos's `Network` is not used: it waits 60 s for everything, sees none of this, and calls silence an error.
"""

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

from printer_drivers import clock
from printer_drivers.deadline import run_by
from printer_drivers.descriptor import READ_BYTES, DescriptorWire
from printer_drivers.printer import Deadlines, PrinterState, PrinterUnreachable

# With default buffers 3.9 MB were "sent" to a peer that never reads; with this, about 10 KB.
SEND_BUFFER = 4096
# SO_LINGER on, 0 s: the close is a reset, and what still waits is thrown away.
RESET = (1).to_bytes(4, sys.byteorder) + bytes(4)

_Address = tuple[socket.AddressFamily, Any]


class TcpLine:
    """A printer at `host` (name, IPv4 or IPv6) and `port`."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[DescriptorWire]:
        """Call the printer, and hang up afterwards."""
        peer = _call(self._host, self._port, clock.monotonic_s() + deadlines.connect_s)
        try:
            yield DescriptorWire(_SocketLink(peer), deadlines.stall_s)
        finally:
            _hang_up(peer)


class _SocketLink:
    """A connected socket, as `descriptor.Link`."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer

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

    def look(self) -> PrinterState | None:
        return None

    def drop(self) -> None:
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


def _hang_up(peer: socket.socket) -> None:
    """Close so that the last bytes still arrive: unread answers would turn the close into a reset."""
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(READ_BYTES):
            pass
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
