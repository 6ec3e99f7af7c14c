"""Owns the rows of answers: what was answered is answered again, word for word, or is not answered.

Rows of events are chained; those of answers stand alone, so each carries a CRC-32. One of an earlier version
has none.
"""

import logging
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from queue_server.journal.port import JournalDamaged, StoredAnswer

log = logging.getLogger(__name__)

COLUMNS = "actor, command_id, body_hash, answer, day, checksum"
ADD = f"INSERT INTO answer ({COLUMNS}) VALUES"
FIND = f"SELECT {COLUMNS} FROM answer WHERE command_id IN"  # noqa: S608 - constants
ALL = f"SELECT {COLUMNS} FROM answer"  # noqa: S608 - constants

OF_NO_COMMAND = b""
"""In place of the hash of a command: none is the same."""


def row_of(answer: StoredAnswer) -> tuple[object, ...]:
    """Return what is stored."""
    values = (answer.actor, answer.command_id, answer.body_hash, answer.answer, answer.day)
    return (*values, _checksum(values))


def answer_of(row: Sequence[Any]) -> StoredAnswer:
    """Return what a row says. One that is not what was written belongs to no command: whoever asks is refused."""
    answer = StoredAnswer(*row[:-1])
    if _is_as_written(row):
        return answer
    log.error("the answer to command %s of %s is not what was written; it is not given again", row[1], row[4])
    return replace(answer, body_hash=OF_NO_COMMAND)


def check_answers(connection: sqlite3.Connection) -> None:
    """Read every answer that is kept. Raises `JournalDamaged` and `sqlite3.Error`."""
    for row in connection.execute(ALL):
        if not _is_as_written(row):
            raise JournalDamaged(f"the answer to command {row[1]} of {row[4]} is not what was written")


def _is_as_written(row: Sequence[Any]) -> bool:
    return row[-1] is None or row[-1] == _checksum(row[:-1])


def _checksum(values: Sequence[object]) -> int:
    """Return the checksum over all values; what a damaged row holds may be of any type."""
    return zlib.crc32(b"\x00".join(each if isinstance(each, bytes) else str(each).encode() for each in values))
