"""Lines to printers behind a queue of the operating system: it takes a whole job or none, and says nothing of paper.

A spooler cannot be read, so the only state is what its queue shows. A job is followed until the system calls it
completed, which says that the bytes left and nothing of paper. One that waits for its printer is taken out of the queue
again, or it would come out as a stale slip when the printer returns. Each call has a deadline; when that passes nobody
knows whether the system kept the job, which then counts as sent.
"""

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from printer_drivers import clock
from printer_drivers.deadline import run_by
from printer_drivers.printer import Deadlines, PrinterStalled, PrinterState, PrinterStopped, PrinterUnreachable

# How often a queue is asked what became of a job: each time costs two processes with CUPS.
FOLLOW_EVERY_S = 0.4
WAITS = "the job waited for its printer and was taken out of the queue; is the printer on?"
CANCELLED = "the job did not end in time and was taken out of the queue"
GONE = "somebody took the job out of the queue"
SILENT = "the print queue did not answer; look whether the print service runs"


class Progress(StrEnum):
    """What a queue shows of one job. `sending`: bytes of it may have reached the printer."""

    WAITING = "waiting"
    SENDING = "sending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Spooler(Protocol):
    """One queue. Each call ends by `by`, or is cut off there by whoever calls."""

    def check(self, by: float) -> None:
        """Make sure that the queue is there; raises `PrinterUnreachable`."""

    def spool(self, data: bytes, by: float) -> str:
        """Put one job in the queue and return the system's name for it.

        Raises `PrinterStopped` when it was refused whole, `TimeoutError` if in doubt.
        """

    def follow(self, job: str, by: float) -> Progress:
        """Return what the queue shows of this job."""

    def cancel(self, job: str, by: float) -> None:
        """Take the job out of the queue; nothing happens when it is not there any more."""

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
        if not kept:
            return
        until = min(by, clock.monotonic_s() + self._deadlines.stall_s)
        try:
            job = run_by(until, lambda: self._spooler.spool(kept, until))
        except PrinterUnreachable as error:
            raise PrinterStopped(str(error)) from error
        except TimeoutError:
            self._sent += len(kept)
            raise PrinterStalled(SILENT) from None
        self._follow(job, len(kept), by)

    def _follow(self, job: str, size: int, by: float) -> None:
        """Wait until the job has left the queue; take it out when its printer does not come, or when time is over."""
        waits_until = min(by, clock.monotonic_s() + self._deadlines.stall_s)
        before = self._sent
        while True:
            progress = self._ask(job, before + size)
            if progress in {Progress.SENDING, Progress.COMPLETED}:
                self._sent = before + size
            if progress is Progress.COMPLETED:
                return
            if progress is Progress.CANCELLED:
                raise PrinterStopped(GONE)
            if clock.monotonic_s() >= (by if self._sent > before else waits_until):
                break
            clock.pause_s(FOLLOW_EVERY_S)
        self._cancel(job, before + size)
        raise PrinterStalled(CANCELLED if self._sent > before else WAITS)

    def _ask(self, job: str, all_sent: int) -> Progress:
        """Ask for the job; a queue that does not answer may have sent it."""
        by = clock.monotonic_s() + self._deadlines.stall_s
        try:
            return run_by(by, lambda: self._spooler.follow(job, by))
        except (TimeoutError, PrinterUnreachable):
            self._sent = all_sent
            raise PrinterStalled(SILENT) from None

    def _cancel(self, job: str, all_sent: int) -> None:
        """Cancel, and look until it is gone: it may have begun, or ended, in this moment."""
        by = clock.monotonic_s() + self._deadlines.stall_s
        try:
            run_by(by, lambda: self._spooler.cancel(job, by))
        except (TimeoutError, PrinterUnreachable):
            self._sent = all_sent
        while (progress := self._ask(job, all_sent)) is Progress.WAITING and clock.monotonic_s() < by:
            clock.pause_s(FOLLOW_EVERY_S)
        if progress is not Progress.CANCELLED:
            self._sent = all_sent

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
