"""Files of journals for tests: built, broken, and looked at from outside."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from queue_server.core.events import Entry
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.storage.journals import ORIGIN

UNGUARDED = ("event_is_not_changed", "event_is_not_deleted")

MADE_BY = "SELECT sql FROM sqlite_schema WHERE name = ?"


def store(folder: Path, entries: Iterable[Entry]) -> Path:
    """Write entries into a new file, one transaction each, close it, and return where it is."""
    journal = SqliteJournal(connect(folder / FILE), ORIGIN)
    for entry in entries:
        journal.append([entry], [])
    journal.close()
    return folder / FILE


def tamper(path: Path, *statements: str) -> None:
    """Change the file as somebody would who knows SQLite: the triggers are taken away and made again."""
    connection = sqlite3.connect(path, isolation_level=None)
    made = [connection.execute(MADE_BY, (trigger,)).fetchone()[0] for trigger in UNGUARDED]
    for trigger in UNGUARDED:
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        assert connection.execute(statement).rowcount == 1
    for trigger in made:
        connection.execute(trigger)
    connection.close()


def ask(path: Path, question: str, *values: object) -> list[tuple[object, ...]]:
    """Return what the file says to a question."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(question, values).fetchall()
    finally:
        connection.close()


def left_by_a_power_cut(path: Path, entries: Iterable[Entry], elsewhere: Path) -> Path:
    """Copy a file with the log that a killed server leaves behind: these entries are in the log alone."""
    elsewhere.mkdir()
    connection = connect(path)
    journal = SqliteJournal(connection, ORIGIN)
    for entry in entries:
        journal.append([entry], [])
    for name in (FILE, f"{FILE}-wal"):
        (elsewhere / name).write_bytes(path.with_name(name).read_bytes())
    journal.close()
    return elsewhere / FILE


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
