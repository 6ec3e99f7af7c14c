"""Owns what a transport is: a line that is connected for each job, and the open wire that comes of it.

Pure. A transport is one `Line`; asking, sending and judging are the same for all of them, see `conversation`.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from printer_drivers.printer import Deadlines, PrinterState


class Wire(Protocol):
    """One open line to one printer. `by` is an instant of the monotonic clock, in seconds.

    Every method ends by then, and may raise `PrinterStopped`, and no other error, when the line broke.
    """

    @property
    def sent(self) -> int:
        """Bytes that the operating system took so far."""

    def send(self, data: bytes, by: float) -> None:
        """Hand over all of `data`; raises `PrinterStalled` when nothing moves any more or when `by` has passed."""

    def settle(self, by: float) -> None:
        """Wait until the printer's side has taken all that was sent; raises like `send`."""

    def hear(self, by: float) -> bytes:
        """Return what has arrived, waiting for a first byte until `by`; empty when none came."""

    def look(self) -> PrinterState | None:
        """Return the trouble that the line itself shows without a question; None when it shows none."""

    def drop(self) -> None:
        """Forget what is on its way, so that nothing spills out when the printer comes back; raises nothing."""


class Line(Protocol):
    """Where a printer hangs. A line holds nothing open between jobs, so a printer may come and go."""

    def connect(self, deadlines: Deadlines) -> AbstractContextManager[Wire]:
        """Open the line for one job or one question; raises `PrinterUnreachable`, a sentence that says what to do."""
