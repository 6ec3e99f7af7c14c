"""Whether the journal is what was written: the whole chain from its anchor, and the file around it."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from queue_server.journal.port import Head, JournalDamaged
from queue_server.storage.answers import check_answers
from queue_server.storage.reading import anchor, as_trouble, chained, head, open_to_read
from queue_server.storage.schema import check_schema, is_up_to_date

Progress = Callable[[int, int], None]
"""Is told how many of how many entries are done."""

STEP = 1_000
"""Entries between two words about the progress."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that holds."""

    anchor: Head
    """What stands before the first entry."""
    head: Head
    expected: bool
    """Whether the hash that was asked for is one of its own; true when none was."""


def verify(path: Path, expect: str | None, progress: Progress) -> Verified:
    """Read the whole journal beside a running server.

    `expect`: a hash in hexadecimal digits, as on a printed ledger, that a row must have. Raises `JournalDamaged` that
    names the first entry that does not hold, and `JournalUnavailable`.
    """
    with contextlib.closing(open_to_read(path)) as connection, as_trouble():
        begin, end = anchor(connection), head(connection)
        found = _walk(connection, begin, end, expect, progress)
        check_schema(connection)
        if is_up_to_date(connection):
            check_answers(connection)
        _check_file(connection)
    return Verified(begin, end, found)


def _walk(connection: sqlite3.Connection, begin: Head, end: Head, expect: str | None, progress: Progress) -> bool:
    """Go along the chain up to the head that was there at first, and say whether the expected hash is in it."""
    found = expect is None or (begin.sequence > 0 and begin.hash.hex() == expect)
    last = begin
    for row, own_hash in chained(connection, begin):
        found = found or own_hash.hex() == expect
        last = Head(row.sequence, own_hash)
        if row.sequence % STEP == 0 or row.sequence == end.sequence:
            progress(row.sequence - begin.sequence, end.sequence - begin.sequence)
        if row.sequence == end.sequence:
            break
    if last != end:
        raise JournalDamaged(f"entry {last.sequence + 1} is not there")
    return found


def _check_file(connection: sqlite3.Connection) -> None:
    """Make sure that the pages around the journal hold together: tables of reports, people, and each row's indexes."""
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise JournalDamaged(str(said).strip().replace("\n", " "))
