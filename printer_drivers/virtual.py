"""A printer whose paper is PNG files in a folder; it takes the same bytes as a real one, in every form and dialect.

Each cut sheet becomes `000001-20261123T011203Z.png` (number, then UTC instant) and, as a plain copy, `latest.png`.
Files appear whole or not at all, so another program may watch the folder. The newest `MOST_SHEETS` are kept.
"""

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from printer_drivers import clock
from printer_drivers.bitmap import Bitmap
from printer_drivers.decoder import UnreadableBytes, read
from printer_drivers.paper import Paper
from printer_drivers.printer import (
    Evidence,
    JobEnd,
    PrinterState,
    PrinterUnreachable,
    Source,
    Status,
)
from printer_drivers.raster import cell, encode_png

LATEST = "latest.png"
# About a week of a busy commune, in 20 MB.
MOST_SHEETS = 1000
_SHEETS = "[0-9][0-9][0-9][0-9][0-9][0-9]-*.png"


class VirtualPrinter:
    """Prints into `folder`, which it makes when needed; belongs to one thread, and one printer to a folder."""

    def __init__(self, folder: Path, paper: Paper, *, now: Callable[[], datetime] = clock.now) -> None:
        self._folder = folder
        self._paper = paper
        self._now = now
        self._last: int | None = None

    @property
    def paper(self) -> Paper:
        """The paper to draw for."""
        return self._paper

    def open(self) -> None:
        """Make the folder and find the last number; raise `PrinterUnreachable` when it cannot be written to."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._last is None:
                self._last = max((int(sheet.name[:6]) for sheet in self._folder.glob(_SHEETS)), default=0)
        except OSError as error:
            raise self._unreachable(str(error)) from error
        if not os.access(self._folder, os.W_OK):
            raise self._unreachable("this user may not write there")

    def distrust(self) -> None:
        """Nothing is left half done: a sheet is written whole."""

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """Draw the job and write its sheets; see `Printer.print`."""
        data = b"".join(job)
        try:
            self.open()
            for sheet in read(data, self._paper.width_dots, cell):
                self._keep(sheet.picture)
        except PrinterUnreachable as error:
            return JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE, str(error))
        except UnreadableBytes as error:
            return JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.READY, str(error))
        except OSError as error:
            return JobEnd(Evidence.CUT_OFF, len(data), PrinterState.ERROR, f"the paper could not be written: {error}")
        return JobEnd(Evidence.ANSWERED, len(data), PrinterState.READY)

    def status(self) -> Status:
        """Say `ready` when the folder can be written to, else `unreachable`."""
        try:
            self.open()
        except PrinterUnreachable:
            return self._note(PrinterState.UNREACHABLE, Source.CONNECTION)
        return self._note(PrinterState.READY, Source.ANSWER)

    def close(self) -> None:
        """Forget the last number, so that the next job looks at the folder again."""
        self._last = None

    def _note(self, state: PrinterState, source: Source) -> Status:
        return Status(state, self._now(), source)

    def _unreachable(self, why: str) -> PrinterUnreachable:
        return PrinterUnreachable(f"the virtual printer cannot use the folder {self._folder}: {why}")

    def _keep(self, sheet: Bitmap) -> None:
        picture = encode_png(sheet)
        self._last = (self._last or 0) + 1
        self._write(f"{self._last:06}-{self._now():%Y%m%dT%H%M%SZ}.png", picture)
        self._write(LATEST, picture)
        for old in sorted(self._folder.glob(_SHEETS))[:-MOST_SHEETS]:
            with contextlib.suppress(OSError):  # somebody else may have tidied up
                old.unlink()

    def _write(self, name: str, picture: bytes) -> None:
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(picture)
        unfinished.replace(self._folder / name)
