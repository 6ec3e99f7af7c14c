"""The kiosk's disk: its key, and which slips were started today, so that a restart prints none a second time.

One slip a line in `started_slips.txt`, appended and forced to the disk before the first byte goes to the printer: the
id of its ticket, and for a reprint `/` and which one it is. A last line without its end is a power cut before that
moment: that slip was not started.
"""

import logging
import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from queue_protocol.ids import Key, TicketId

log = logging.getLogger(__name__)

FILE = "started_slips.txt"

PRINTING = "printing"
"""A file that is there while a slip is in the printer. It is not forced to the disk: who pulls the plug of the kiosk
mostly pulls the printer's too, and then it holds nothing; a kiosk that fell over leaves it."""

KEPT_DAYS = 2
"""Today, and yesterday for a slip offered across midnight; the server asks again for nothing older than a minute."""

MOST_TOLD = 1000
"""What a hello may hold; a kiosk prints a few hundred slips a day."""

Started = tuple[TicketId, int]
"""A slip whose printing has begun: its ticket, and 0 or which reprint of it."""

_LINE = re.compile(r"(?P<ticket>[0-9]{8}-[A-Z]{1,2}[0-9]{1,6})(/(?P<copy>[1-9][0-9]?))?")


def read_key(path: Path) -> str | None:
    """Return the key in this file; `None` when there is none yet, or it holds something else.

    It is read at each connect: on the first start of a center the kiosk may be there before its key.
    """
    try:
        return msgspec.convert(path.read_text(encoding="utf-8").strip(), Key)
    except (OSError, UnicodeDecodeError, msgspec.ValidationError) as error:
        log.warning("no key in %s: %s; start the server on this folder, or give the key with --key", path, error)
        return None


class Shelf:
    """The slips started in `folder`. Raises `OSError` when the folder cannot be used.

    `start` and `end` belong to the thread that prints; the others may be asked from any.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE
        self._printing = folder / PRINTING
        self.left_printing = self._printing.exists()
        """Whether an earlier life ended while a slip was in the printer."""
        self._slips: dict[Started, None] = {}
        self._rewrite(_recent(_whole_lines(self._file)))

    def __contains__(self, slip: Started) -> bool:
        return slip in self._slips

    def started(self) -> tuple[TicketId, ...]:
        """Return the tickets whose own slip was begun, the latest `MOST_TOLD` of them, oldest first."""
        return tuple(ticket for ticket, copy_number in self._slips if copy_number == 0)[-MOST_TOLD:]

    def start(self, ticket: TicketId, copy_number: int = 0) -> None:
        """Put this slip on the disk; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it.
        """
        self._printing.touch()
        newest = max((_day(each) for each in self._slips), default="")
        slip = (ticket, copy_number)
        self._slips = {**self._slips, slip: None}
        if newest and _day(slip) > newest:
            self._rewrite(_recent(self._slips))
        else:
            self._append(slip)

    def end(self) -> None:
        """Note that no slip is in the printer any more.

        Raises `OSError` when the disk does not take it; then the next life sweeps a printer for nothing.
        """
        self._printing.unlink(missing_ok=True)

    def _append(self, slip: Started) -> None:
        with self._file.open("a", encoding="ascii") as file:
            file.write(_line(slip))
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self, slips: tuple[Started, ...]) -> None:
        write_whole(self._file, "".join(map(_line, slips)).encode("ascii"))
        self._slips = dict.fromkeys(slips)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all; when this returns, a power cut does not lose it.

    Raises `OSError` when the disk does not take it; then an older content is still there.
    """
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def _whole_lines(file: Path) -> list[Started]:
    text = file.read_text(encoding="ascii", errors="replace") if file.exists() else ""
    found = map(_LINE.fullmatch, text[: text.rfind("\n") + 1].splitlines())
    return [(TicketId(line["ticket"]), int(line["copy"] or 0)) for line in found if line is not None]


def _line(slip: Started) -> str:
    ticket, copy_number = slip
    return f"{ticket}/{copy_number}\n" if copy_number else f"{ticket}\n"


def _recent(slips: Iterable[Started]) -> tuple[Started, ...]:
    slips = tuple(slips)
    kept = sorted({_day(slip) for slip in slips})[-KEPT_DAYS:]
    return tuple(slip for slip in slips if _day(slip) in kept)


def _day(slip: Started) -> str:
    return str(slip[0]).partition("-")[0]


def _sync_folder(folder: Path) -> None:
    """Force a rename to the disk, where the system lets a folder be opened (Windows does not)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
