"""Lines to printers behind a queue of the operating system: it takes a whole job or none, and says nothing of paper.

A spooler cannot be read, so the only state is what its queue shows. It is called with a deadline; when that passes
nobody knows whether it kept the job, which then counts as sent.
"""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from printer_drivers import clock
from printer_drivers.deadline import run_by
from printer_drivers.printer import Deadlines, PrinterStalled, PrinterState, PrinterStopped, PrinterUnreachable

SILENT = "the print queue did not answer; look whether the print service runs"


class Spooler(Protocol):
    """One queue. Each call ends by `by`, or is cut off there by whoever calls."""

    def check(self, by: float) -> None:
        """Make sure that the queue is there; raises `PrinterUnreachable`."""

    def spool(self, data: bytes, by: float) -> None:
        """Put one job in the queue; raises `PrinterStopped` when it was refused whole, `TimeoutError` if in doubt."""

    def look(self, by: float) -> PrinterState | None:
        """Return the trouble that the queue shows; None when it shows none or does not tell."""


class SpoolLine:
    """A printer behind this spooler."""

    def __init__(self, spooler: Spooler) -> None:
        self._spooler = spooler

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator["_SpoolWire"]:
        """Look whether the queue is there."""
        by = clock.monotonic_s() + deadlines.connect_s
        try:
            run_by(by, lambda: self._spooler.check(by))
        except TimeoutError:
            raise PrinterUnreachable(SILENT) from None
        yield _SpoolWire(self._spooler, deadlines)


class _SpoolWire:
    """A queue, as `wire.Wire`: what is sent is kept until `settle`, and handed over whole."""

    def __init__(self, spooler: Spooler, deadlines: Deadlines) -> None:
        self._spooler = spooler
        self._deadlines = deadlines
        self._kept = b""
        self._sent = 0

    @property
    def sent(self) -> int:
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        if clock.monotonic_s() >= by:
            raise PrinterStalled("time ran out before the job was complete")
        self._kept += data

    def settle(self, by: float) -> None:
        kept, self._kept = self._kept, b""
        until = min(by, clock.monotonic_s() + self._deadlines.stall_s)
        try:
            run_by(until, lambda: self._spooler.spool(kept, until))
        except PrinterUnreachable as error:
            raise PrinterStopped(str(error)) from error
        except TimeoutError:
            self._sent += len(kept)
            raise PrinterStalled(SILENT) from None
        self._sent += len(kept)

    def hear(self, by: float) -> bytes:
        """Return nothing: a spooler says nothing, and nobody waits for it."""
        del by
        return b""

    def look(self) -> PrinterState | None:
        by = clock.monotonic_s() + self._deadlines.answer_s
        try:
            return run_by(by, lambda: self._spooler.look(by))
        except TimeoutError:
            raise PrinterStopped(SILENT) from None
        except PrinterUnreachable as error:
            raise PrinterStopped(str(error)) from error

    def drop(self) -> None:
        """Do nothing: what was not handed over is gone with this wire."""
