"""When the center was last copied whole, for those who warn of it: `backup` writes it, a server reads it."""

import logging
from pathlib import Path

import msgspec

from device_runtime.durable_file import Damaged, DurableFile, json_file
from queue_protocol.ids import Instant

log = logging.getLogger(__name__)

FILE = "last_backup.json"


class LastBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A copy that was read again whole."""

    at: Instant
    """By the clock of the PC that made it."""
    path: str
    sequence: int
    """The last entry that it holds."""


def last_backup(data: Path) -> LastBackup | None:
    """Return the last copy of this center; `None`: none is known, also when its note is damaged."""
    found = _file(data).look()
    if isinstance(found, Damaged):
        log.warning("%s; when the center was last copied is not known", found)
        return None
    return found


def note_backup(data: Path, made: LastBackup) -> None:
    """Keep the last copy in mind. Raises `OSError` when the disk does not take it."""
    _file(data).write(made)


def _file(data: Path) -> DurableFile[LastBackup]:
    return json_file(data / FILE, LastBackup)
