"""A line that waits after every 4 KB: for printers that lose what comes faster than they print.

Cheap printers are said to hold 4 to 16 KB, and some tell nobody when that is full. The queue of an operating system has
its own pace, so only printers that hang on this box directly are paced.
"""

import contextlib
from collections.abc import Callable, Iterator

from printer_drivers import clock
from printer_drivers.printer import Deadlines, PrinterState
from printer_drivers.wire import Line, Wire

PIECE_BYTES = 4096


class PacedLine:
    """Any other line, with `pause_s` seconds after each piece of a job."""

    def __init__(self, line: Line, pause_s: float, *, pause: Callable[[float], None] = clock.pause_s) -> None:
        self._line = line
        self._pause_s = pause_s
        self._pause = pause

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[Wire]:
        """Open the line beneath; see `Line.connect`."""
        with self._line.connect(deadlines) as wire:
            yield _PacedWire(wire, self._pause_s, self._pause)


class _PacedWire:
    def __init__(self, wire: Wire, pause_s: float, pause: Callable[[float], None]) -> None:
        self._wire = wire
        self._pause_s = pause_s
        self._pause = pause

    @property
    def sent(self) -> int:
        return self._wire.sent

    def send(self, data: bytes, by: float) -> None:
        """Send piece by piece; a pause that is longer than the time left ends in the error of the wire beneath."""
        for at in range(0, len(data), PIECE_BYTES):
            if at:
                self._pause(self._pause_s)
            self._wire.send(data[at : at + PIECE_BYTES], by)

    def settle(self, by: float) -> None:
        self._wire.settle(by)

    def hear(self, by: float) -> bytes:
        return self._wire.hear(by)

    def look(self) -> PrinterState | None:
        return self._wire.look()

    def drop(self) -> None:
        self._wire.drop()
