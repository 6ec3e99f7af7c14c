"""The server's sign of life on its disk: when it last ran, where its journal ended, which file the journal was in.

It is written every few seconds and synced, so that a start after any accident knows from outside the journal where
the journal ended, and that a log beside the journal's file is not that of another file.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from device_runtime.durable_file import Damaged, DurableFile
from queue_protocol.ids import Instant
from queue_protocol.journal_end import JournalEnd

FILE = "alive"


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """What a server leaves behind."""

    at: Instant
    end: JournalEnd | None = None
    """Durable then; `None`: no day was opened yet, or a version before 0.2 wrote this."""
    marks: tuple[int, ...] = ()
    """What the mark of the journal's file may be; empty: not known. Two while the log is being folded into it."""


def alive_file(data: Path) -> DurableFile[Alive]:
    """Return the file; version 0.1 wrote the instant alone."""
    return DurableFile(data / FILE, msgspec.json.encode, msgspec.json.Decoder(Alive).decode, _decode_old)


def look_alive(data: Path) -> Alive | None:
    """Return the last sign of life, and change nothing; `None`: there is none that can be read."""
    found = alive_file(data).look()
    return None if isinstance(found, Damaged) else found


def _decode_old(content: bytes) -> Alive:
    at = datetime.fromisoformat(content.decode("ascii"))
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Alive(at=at)
