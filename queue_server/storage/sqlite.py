"""The journal in SQLite: WAL with synchronous=FULL, so that what was committed survives a pulled plug."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from queue_protocol.ids import CommandId
from queue_server.core.events import Entry
from queue_server.followers.reports.tickets import IssuedTwice
from queue_server.journal.growth import Growth
from queue_server.journal.port import START, Head, JournalUnavailable, StoredAnswer, check_order
from queue_server.journal.records import JournalOrigin, chain_hash, row_of
from queue_server.storage import answers, reading
from queue_server.storage.migrations import migrations
from queue_server.storage.reading import as_trouble, trouble
from queue_server.storage.report_rows import ReportRows
from queue_server.storage.versions import note_format
from queue_server.storage.writing import insert

Connection = sqlite3.Connection

FILE = "queue.sqlite"

CHECKPOINT_PAGES = 8_000
"""Pages of 4 KB in the WAL before a commit folds them into the file, and waits for that: every 2,000 tickets instead of
every 250."""

BUSY_MS = 2_000
"""How long a commit waits for another program that reads or backs up the file."""

ANSWERS_KEPT = timedelta(days=7)
"""A box that was off over a long weekend still gets the answer to what it asked before."""

ORIGIN = "SELECT center, site, epoch FROM origin"
KEEP_ORIGIN = "INSERT INTO origin SELECT ?, ?, ? WHERE NOT EXISTS (SELECT * FROM origin)"

RAISE_EPOCH = "UPDATE origin SET epoch = ? WHERE epoch < ?"

# What the journal reads and writes, in the order in which it does so.
FIRST_AT = "SELECT at FROM event ORDER BY sequence LIMIT 1"
LAST_AT = """
    SELECT iif(kind GLOB 'clock_put_back.*', json_extract(CAST(body AS TEXT), '$.to'), at)
    FROM event ORDER BY sequence DESC LIMIT 1
"""
ADD_EVENTS = "INSERT INTO event VALUES"
PROBE = "UPDATE write_probe SET written = written + 1"
DROP_ANSWERS = "DELETE FROM answer WHERE day < ?"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, with every setting that durability and the tables rely on.

    Raises `JournalUnavailable` when the file cannot be opened or written, `JournalDamaged` when it is no database.
    """
    connection: Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased, or past retention, is in the file no more
        migrations.apply(Database(connection, execute_plugins=False))
        note_format(connection)
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise trouble(error) from error
    return connection


class SqliteJournal:
    """The journal of one center on a connection of `connect`."""

    def __init__(self, connection: sqlite3.Connection, origin: JournalOrigin) -> None:
        self._connection = connection
        self._reports = ReportRows(connection)
        self.growth = Growth(START.sequence)
        self._head = self.head()
        self._answers_dropped_on = ""
        with as_trouble():
            connection.execute(KEEP_ORIGIN, (origin.center, origin.site, origin.epoch))
            self.origin = JournalOrigin(*connection.execute(ORIGIN).fetchone())

    def head(self) -> Head:
        """Return the last entry, read anew."""
        self._reports.forget()
        with as_trouble():
            self._head = reading.head(self._connection)
        self.growth.note(self._head.sequence)
        return self._head

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Make entries and answers durable in one transaction, with the rows that reports read."""
        check_order(self._head, entries)
        head, rows = self._head, []
        for entry in entries:
            row = row_of(entry, self.origin)
            next_head = Head(entry.sequence, chain_hash(head.hash, row))
            rows.append((*row, head.hash, next_head.hash))
            head = next_head
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._write(entries, rows, answers)
            self._connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, IssuedTwice):
                raise JournalUnavailable(str(error)) from error
            if isinstance(error, sqlite3.Error | UnicodeDecodeError):
                raise trouble(error) from error
            raise
        self._head = head
        self.growth.note(head.sequence)
        return head

    def stored_answers(self, command_ids: Sequence[CommandId]) -> Mapping[CommandId, StoredAnswer]:
        """Return the answers that are known."""
        with as_trouble():
            places = ",".join("?" * len(command_ids))
            found = self._connection.execute(f"{answers.FIND} ({places})", command_ids).fetchall()
        return {answer.command_id: answer for answer in map(answers.answer_of, found)}

    def leads_to(self, head: Head) -> bool:
        """Say whether this entry is one of the journal's own, or one that retention has removed."""
        return reading.leads_to(self._connection, head)

    def raise_epoch(self, epoch: int) -> None:
        """Make this the epoch of what is appended from now on, unless it is lower."""
        with as_trouble():
            self._connection.execute(RAISE_EPOCH, (epoch, epoch))
            self.origin = JournalOrigin(*self._connection.execute(ORIGIN).fetchone())

    def open_day(self) -> Iterable[Entry]:
        """Yield the entries of the open day, each checked against the one before."""
        return reading.open_day(self._connection)

    def probe(self) -> None:
        """Write and sync one row, which differs each time: SQLite writes no page that stays the same."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(PROBE)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise trouble(error) from error

    def close(self) -> None:
        """Close the connection; the WAL is folded into the file."""
        self._connection.close()

    def _write(
        self, entries: Sequence[Entry], rows: Sequence[tuple[object, ...]], given: Sequence[StoredAnswer]
    ) -> None:
        insert(self._connection, ADD_EVENTS, rows)
        insert(self._connection, answers.ADD, [answers.row_of(each) for each in given])
        self._reports.take(entries)
        if entries and entries[-1].day.isoformat() != self._answers_dropped_on:
            self._connection.execute(DROP_ANSWERS, ((entries[-1].day - ANSWERS_KEPT).isoformat(),))
            self._answers_dropped_on = entries[-1].day.isoformat()

    def _roll_back(self) -> None:
        self._reports.forget()
        try:
            self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return  # nothing was begun, or the storage is gone; the next call says which


def fold(connection: Connection, mark: int) -> bool:
    """Fold the log into the file, which gets this mark, and empty it; `False`: a reader holds it, ask again later.

    Until this has returned, the file has its old mark or the new one. Raises `JournalUnavailable`, `JournalDamaged`.
    """
    with as_trouble():
        connection.execute(f"PRAGMA application_id = {mark}")
        connection.execute("PRAGMA busy_timeout = 0")  # the next commit must not wait for a long report
        try:
            return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def first_entry_at(connection: Connection) -> datetime | None:
    """Return the instant of the first entry that is there; `None` when there is none.

    Raises `JournalUnavailable` or `JournalDamaged`.
    """
    with as_trouble():
        row = connection.execute(FIRST_AT).fetchone()
    return None if row is None else datetime.fromisoformat(row[0])


def last_entry_at(connection: Connection) -> datetime | None:
    """Return the instant that the hall has come to with its last entry; `None` when there is none.

    Raises `JournalUnavailable` or `JournalDamaged`.
    """
    with as_trouble():
        row = connection.execute(LAST_AT).fetchone()
    return None if row is None else datetime.fromisoformat(row[0])
