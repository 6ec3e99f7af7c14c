"""The kiosk's disk: its key, and which slips were started today, so that a restart prints none a second time.

One ticket id a line in `started_slips.txt`, appended and forced to the disk before the first byte goes to the printer.
A last line without its end is a power cut before that moment: that slip was not started.
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

KEPT_DAYS = 2
"""Today, and yesterday for a slip offered across midnight; the server asks again for nothing older than a minute."""

MOST_TOLD = 1000
"""What a hello may hold; a kiosk prints a few hundred slips a day."""

_TICKET = re.compile(r"[0-9]{8}-[A-Z]{1,2}[0-9]{1,6}")


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

    `start` belongs to the thread that prints; the others may be asked from any.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE
        self._tickets: dict[TicketId, None] = {}
        self._rewrite(_recent(_whole_lines(self._file)))

    def __contains__(self, ticket: TicketId) -> bool:
        return ticket in self._tickets

    def started(self) -> tuple[TicketId, ...]:
        """Return the slips whose printing has begun, the latest `MOST_TOLD` of them, oldest first."""
        return tuple(self._tickets)[-MOST_TOLD:]

    def start(self, ticket: TicketId) -> None:
        """Put this slip on the disk; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it.
        """
        newest = max(self._tickets, default=ticket)
        self._tickets = {**self._tickets, ticket: None}
        if _day(ticket) > _day(newest):
            self._rewrite(_recent(self._tickets))
        else:
            self._append(ticket)

    def _append(self, ticket: TicketId) -> None:
        with self._file.open("a", encoding="ascii") as file:
            file.write(f"{ticket}\n")
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self, tickets: tuple[TicketId, ...]) -> None:
        unfinished = self._file.with_suffix(".part")
        with unfinished.open("w", encoding="ascii") as file:
            file.writelines(f"{ticket}\n" for ticket in tickets)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._file)
        _sync_folder(self._file.parent)
        self._tickets = dict.fromkeys(tickets)


def _whole_lines(file: Path) -> list[TicketId]:
    text = file.read_text(encoding="ascii", errors="replace") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [TicketId(line) for line in whole if _TICKET.fullmatch(line)]


def _recent(tickets: Iterable[TicketId]) -> tuple[TicketId, ...]:
    tickets = tuple(tickets)
    kept = sorted({_day(ticket) for ticket in tickets})[-KEPT_DAYS:]
    return tuple(ticket for ticket in tickets if _day(ticket) in kept)


def _day(ticket: TicketId) -> str:
    return str(ticket).partition("-")[0]


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
