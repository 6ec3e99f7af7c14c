"""Which slips were started today, on the kiosk's disk, so that a restart prints none a second time.

One slip a line in `started_slips.txt`, on the disk before the first byte goes to the printer: the id of its ticket, and
for a reprint `/` and which one it is. Behind a ticket's own slip stands `=` and all that a server needs to know of it
whose journal has lost the ticket.
"""

import re
from pathlib import Path

import msgspec

from device_runtime.durable_lines import DurableLines
from queue_protocol.commands import RecordPrinted
from queue_protocol.ids import TicketId

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

_LINE = re.compile(r"(?P<ticket>[0-9]{8}-[A-Z]{1,2}[0-9]{1,6}(\.[2-9])?)(/(?P<copy>[1-9][0-9]?))?(=(?P<record>.+))?")

_records: msgspec.json.Decoder[RecordPrinted] = msgspec.json.Decoder(RecordPrinted)


class StartedSlips:
    """The slips started in `folder`. Raises `OSError` when the folder cannot be used.

    `start` and `end` belong to the thread that prints; the others may be asked from any.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lines = DurableLines(folder / FILE, _LINE.fullmatch)
        self._printing = folder / PRINTING
        self.left_printing = self._printing.exists()
        """Whether an earlier life ended while a slip was in the printer."""
        self._slips: dict[Started, RecordPrinted | None] = {}
        self._rewrite(_recent(dict(map(_slip, self._lines.read()))))

    def __contains__(self, slip: Started) -> bool:
        return slip in self._slips

    def started(self) -> tuple[TicketId, ...]:
        """Return the tickets whose own slip was begun, the latest `MOST_TOLD` of them, oldest first."""
        return tuple(ticket for ticket, copy_number in self._slips if copy_number == 0)[-MOST_TOLD:]

    def record(self, ticket: TicketId) -> RecordPrinted | None:
        """Return what is known of a ticket whose slip was begun; `None`: nothing."""
        return self._slips.get((ticket, 0))

    def start(self, ticket: TicketId, copy_number: int = 0, record: RecordPrinted | None = None) -> None:
        """Put this slip on the disk, with what a server may want to know; then a power cut does not lose it.

        Raises `OSError` when the disk does not take it.
        """
        self._printing.touch()
        newest = max((_day(each) for each in self._slips), default="")
        slip = (ticket, copy_number)
        self._slips = {**self._slips, slip: record}
        if newest and _day(slip) > newest:
            self._rewrite(_recent(self._slips))
        else:
            self._lines.add(_line(slip, record))

    def end(self) -> None:
        """Note that no slip is in the printer any more.

        Raises `OSError` when the disk does not take it; then the next life sweeps a printer for nothing.
        """
        self._printing.unlink(missing_ok=True)

    def _rewrite(self, slips: dict[Started, RecordPrinted | None]) -> None:
        self._lines.replace(_line(slip, record) for slip, record in slips.items())
        self._slips = slips


def _slip(line: str) -> tuple[Started, RecordPrinted | None]:
    slip, _, record = line.partition("=")
    ticket, _, copy_number = slip.partition("/")
    return (TicketId(ticket), int(copy_number or 0)), _record(record)


def _record(stored: str) -> RecordPrinted | None:
    """Return what a line says of a ticket; `None`: nothing that this version can read."""
    try:
        return _records.decode(stored) if stored else None
    except msgspec.DecodeError:
        return None


def _line(slip: Started, record: RecordPrinted | None) -> str:
    ticket, copy_number = slip
    known = "" if record is None else f"={msgspec.json.encode(record).decode('ascii')}"
    return f"{ticket}/{copy_number}" if copy_number else f"{ticket}{known}"


def _recent(slips: dict[Started, RecordPrinted | None]) -> dict[Started, RecordPrinted | None]:
    kept = sorted({_day(slip) for slip in slips})[-KEPT_DAYS:]
    return {slip: record for slip, record in slips.items() if _day(slip) in kept}


def _day(slip: Started) -> str:
    return str(slip[0]).partition("-")[0]
