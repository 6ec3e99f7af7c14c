"""The journal's file: connections that only read, rows whose chain is checked, transactions, and what errors mean."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from queue_server.core.catalogue import Catalogue
from queue_server.core.events import CatalogueChanged, DayOpened, Entry
from queue_server.journal.port import START, Head, JournalDamaged, JournalError, JournalUnavailable
from queue_server.journal.records import Row, chain_hash, entry_of
from queue_server.storage.versions import refuse_newer

ROWS_AT_ONCE = 5_000
"""Rows of one look. A reader that holds the file for longer keeps the server from folding its log into it."""

BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""Primary codes with which SQLite reports a file whose content cannot be what it wrote."""

NO_TEXT = "Could not decode to UTF-8"
"""How Python's library begins its complaint about a column, which has no code."""

COLUMNS = "sequence, center, site, epoch, at, day, kind, body, command_id, part, actor, previous_hash, hash"
ROWS_AFTER = f"SELECT {COLUMNS} FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608 - constants
HEAD = "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1"
HASH_AT = "SELECT sequence, hash FROM event WHERE sequence = ?"
ANCHOR = "SELECT sequence, hash FROM removal ORDER BY sequence DESC LIMIT 1"
HAS_REMOVALS = "SELECT count(*) FROM sqlite_schema WHERE name = 'removal'"
DAY_OPENED_LAST = "SELECT sequence FROM event WHERE kind GLOB 'day_opened.*' ORDER BY sequence DESC LIMIT 1"
DAY_OPENED = "SELECT sequence FROM event WHERE kind GLOB 'day_opened.*' AND day = ?"

Connection = sqlite3.Connection

StoredRow = tuple[Row, bytes]
"""A row and its hash."""


def open_to_read(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """Open the file for reading, beside a server that writes it.

    `immutable`: nobody writes it, and there is no log to look at; then not even a lock is taken. Raises
    `JournalUnavailable` when it cannot be opened, `JournalDamaged` when it is no database, and `JournalTooNew`.
    """
    mode = "immutable=1" if immutable else "mode=ro"
    with as_trouble():
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None)
        try:
            refuse_newer(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def head(connection: sqlite3.Connection) -> Head:
    """Return the last entry; `START` when there is none, or, with all days removed, what stood before."""
    row = connection.execute(HEAD).fetchone()
    return anchor(connection) if row is None else Head(*row)


def anchor(connection: sqlite3.Connection) -> Head:
    """Return the entry after which the journal begins: `START`, or the last one that retention has removed."""
    if not connection.execute(HAS_REMOVALS).fetchone()[0]:
        return START
    row = connection.execute(ANCHOR).fetchone()
    return START if row is None else Head(*row)


def chained(connection: sqlite3.Connection, after: Head, at_once: int = ROWS_AT_ONCE) -> Iterator[StoredRow]:
    """Yield the rows behind an entry, in order, each checked against the one before.

    `at_once`: how many are read ahead of the one that is taken. Raises `JournalDamaged` that names the first entry that
    is not what was written, or is not there, and `JournalUnavailable`.
    """
    while rows := _rows_after(connection, after.sequence, at_once):
        for row, previous_hash, own_hash in rows:
            if row.sequence != after.sequence + 1:
                raise JournalDamaged(f"entry {after.sequence + 1} is not there")
            if previous_hash != after.hash or chain_hash(previous_hash, row) != own_hash:
                raise JournalDamaged(f"entry {row.sequence} of {row.day} is not what was written")
            after = Head(row.sequence, own_hash)
            yield row, own_hash


def entries(rows: Iterable[StoredRow]) -> Iterator[Entry]:
    """Yield what rows say.

    Raises `JournalDamaged` for a row that is no entry.
    """
    for row, _ in rows:
        try:
            yield entry_of(row)
        except (msgspec.DecodeError, ValueError, TypeError) as error:
            raise JournalDamaged(f"entry {row.sequence} of {row.day} cannot be read: {error}") from error


def open_day(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Yield the entries from the opening of the latest day on; all when no day was ever opened.

    Raises `JournalDamaged` or `JournalUnavailable`.
    """
    with as_trouble():
        opened = connection.execute(DAY_OPENED_LAST).fetchone()
        before = anchor(connection) if opened is None else entry_before(connection, opened[0])
    yield from entries(chained(connection, before))


def latest_catalogue(connection: sqlite3.Connection) -> Catalogue | None:
    """Return the catalogue in force; `None` when none was ever set.

    Raises `JournalDamaged` or `JournalUnavailable`.
    """
    catalogue = None
    for entry in open_day(connection):
        if isinstance(entry.event, DayOpened | CatalogueChanged):
            catalogue = entry.event.catalogue
    return catalogue


def day_rows(connection: sqlite3.Connection, day: str) -> Iterator[StoredRow]:
    """Yield the rows of one day from its opening on, checked; none when the journal does not have it.

    Raises `JournalDamaged` or `JournalUnavailable`.
    """
    with as_trouble():
        opened = connection.execute(DAY_OPENED, (day,)).fetchone()
        before = None if opened is None else entry_before(connection, opened[0])
    for row, own_hash in () if before is None else chained(connection, before):
        if row.day != day:
            return
        yield row, own_hash


def entry_before(connection: sqlite3.Connection, sequence: int) -> Head:
    """Return what the chain says of the entry before this one.

    Raises `JournalDamaged` when that entry is missing.
    """
    begin = anchor(connection)
    if sequence == begin.sequence + 1:
        return begin
    row = connection.execute(HASH_AT, (sequence - 1,)).fetchone()
    if row is None:
        raise JournalDamaged(f"entry {sequence - 1} is not there")
    return Head(*row)


def leads_to(connection: sqlite3.Connection, wanted: Head) -> bool:
    """Say whether an entry is one of the journal's own; so is one that retention has removed.

    Raises `JournalUnavailable` or `JournalDamaged`.
    """
    with as_trouble():
        begin = anchor(connection)
        if wanted.sequence <= begin.sequence:
            return wanted.sequence < begin.sequence or wanted == begin
        row = connection.execute(HASH_AT, (wanted.sequence,)).fetchone()
    return row is not None and Head(*row) == wanted


@contextlib.contextmanager
def as_trouble() -> Iterator[None]:
    """Let errors of the library come out as what they mean for the journal."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise trouble(error) from error


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all that is written happen, or, with any exception, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def trouble(error: sqlite3.Error | UnicodeDecodeError) -> JournalError:
    """Return what an error of the library means for the journal.

    Python decodes texts itself, those of a row as well as the name in SQLite's complaint: what is no UTF-8 was never
    written.
    """
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(NO_TEXT):
        return JournalDamaged("a text in it is none")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return JournalDamaged(str(error)) if code in BROKEN else JournalUnavailable(str(error))


def _rows_after(connection: sqlite3.Connection, sequence: int, at_once: int) -> list[tuple[Row, bytes, bytes]]:
    with as_trouble():
        found = connection.execute(ROWS_AFTER, (sequence, at_once)).fetchall()
    return [(Row(*values), previous_hash, own_hash) for *values, previous_hash, own_hash in found]
