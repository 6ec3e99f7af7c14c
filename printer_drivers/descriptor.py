"""Owns the loop that feeds a file descriptor: sockets, device files and serial ports, none of them ever blocking.

A write that succeeded says nothing about paper, so what the system still holds back is watched too.
"""

import contextlib
import select
from collections.abc import Callable, Iterator
from typing import Protocol

from printer_drivers import clock
from printer_drivers.printer import PrinterStalled, PrinterState, PrinterStopped

READ_BYTES = 256
# A socket takes one large write whole, however small its buffer; handed over in pieces it stops where the buffer ends.
WRITE_BYTES = 1024
# How often held-back bytes are looked at; a band takes a 150 mm/s printer 50 ms.
LOOK_S = 0.005
# Some drivers, pseudo-terminals among them, do not wake a sleeper for the last room in their buffer.
NAP_S = 0.1

STALLED = "the printer stopped taking bytes; look whether it has paper and is closed"


class Link(Protocol):
    """An open descriptor that does not block. All but `look` and `drop` raise `OSError` when it broke."""

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""

    def write(self, data: bytes) -> int:
        """Hand over what is taken at once and return how many bytes that were."""

    def read(self) -> bytes:
        """Return what has arrived, empty when nothing has; raise `EOFError` when the other side hung up."""

    def waiting(self) -> int:
        """Return the bytes that the system took and the printer has not, or any sign of them; 0 if it does not tell."""

    def watch(self) -> None:
        """Raise `OSError` when the line shows that the printer lost power; looked at while a job is on its way."""

    def refuse_doubt(self) -> None:
        """Raise `OSError` when the line showed, since it was opened, what a loss of power looks like too."""

    def look(self) -> PrinterState | None:
        """Return the trouble that the line shows by itself; see `wire.Wire.look`."""

    def drop(self) -> None:
        """Forget the bytes that wait; raises nothing."""


class DescriptorWire:
    """A link as `wire.Wire`; `reads` is off for one that cannot be read."""

    def __init__(self, link: Link, stall_s: float, *, reads: bool = True) -> None:
        self._link = link
        self._stall_s = stall_s
        self._reads = [link] if reads else []
        self._inbox = b""
        self._sent = 0

    @property
    def sent(self) -> int:
        """Bytes that the system took."""
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        """Write as the line has room."""
        rest = data
        moved_at = clock.monotonic_s()
        while rest:
            until = min(by, moved_at + self._stall_s)
            nap = min(until, clock.monotonic_s() + NAP_S)
            with as_stopped():
                self._link.watch()
            taken = self._write(rest[:WRITE_BYTES]) if self._wait(nap, to_send=True) else 0
            if not taken:
                refuse_to_wait(until)
                continue
            rest = rest[taken:]
            self._sent += taken
            moved_at = clock.monotonic_s()

    def settle(self, by: float) -> None:
        """Wait until nothing is held back."""
        waiting = self._count(self._link.waiting)
        moved_at = clock.monotonic_s()
        while waiting:
            until = min(by, moved_at + self._stall_s)
            refuse_to_wait(until)
            self._wait(min(until, clock.monotonic_s() + LOOK_S), to_send=False)
            still = self._count(self._link.waiting)
            if still != waiting:
                waiting, moved_at = still, clock.monotonic_s()
        with as_stopped(), contextlib.suppress(EOFError):  # all is taken; a line that was reset holds nothing back too
            self._turn(clock.monotonic_s(), to_send=False)
        with as_stopped():
            self._link.refuse_doubt()

    def hear(self, by: float) -> bytes:
        """Return what is there, or the first that comes."""
        self._wait(clock.monotonic_s(), to_send=False)
        while self._reads and not self._inbox and clock.monotonic_s() < by:
            self._wait(by, to_send=False)
        heard, self._inbox = self._inbox, b""
        return heard

    def look(self) -> PrinterState | None:
        """Ask the link."""
        return self._link.look()

    def drop(self) -> None:
        """Ask the link."""
        self._link.drop()

    def _wait(self, until: float, *, to_send: bool) -> bool:
        with as_stopped():
            return self._turn(until, to_send=to_send)

    def _turn(self, until: float, *, to_send: bool) -> bool:
        """Wait for one turn of the line, keep what arrives, and say whether it takes bytes; `until` may have passed."""
        left = max(0.0, until - clock.monotonic_s())
        readable, writable, _ = select.select(self._reads, [self._link] if to_send else [], [], left)
        if readable:
            self._keep(self._link.read())
        return bool(writable)

    def _keep(self, arrived: bytes) -> None:
        if not arrived:
            clock.pause_s(LOOK_S)  # some USB printers are always readable and have nothing to say
        self._inbox += arrived

    def _write(self, data: bytes) -> int:
        with as_stopped():
            try:
                return self._link.write(data)
            except BlockingIOError:  # writable, and yet not: some drivers say so of a full buffer
                clock.pause_s(LOOK_S)
                return 0

    def _count(self, waiting: Callable[[], int]) -> int:
        with as_stopped():
            return waiting()


@contextlib.contextmanager
def as_stopped() -> Iterator[None]:
    """Say in the words of this box what the system says in its own."""
    try:
        yield
    except EOFError as error:
        raise PrinterStopped("the printer hung up") from error
    except OSError as error:
        raise PrinterStopped(f"the connection to the printer broke: {error}") from error


def refuse_to_wait(until: float) -> None:
    """Raise `PrinterStalled` once this instant has come."""
    if clock.monotonic_s() >= until:
        raise PrinterStalled(STALLED)
