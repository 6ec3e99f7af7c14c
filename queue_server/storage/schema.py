"""Whether the tables of a file are those of this program: a flipped bit in their description is damage like any other.

SQLite reads the description as text. A trigger whose condition is another one, or a column of another name, is sound
to it, and the rules that the journal relies on are gone without a word.
"""

import contextlib
import functools
import sqlite3
from dataclasses import dataclass

from sqlite_utils import Database

from queue_server.journal.port import JournalDamaged
from queue_server.storage.migrations import migrations

APPLIED = "_sqlite_migrations"
"""Where the library keeps which migrations a file has; its description is the library's, and may change with it."""

COLUMNS_OF_APPLIED = frozenset({"migration_set", "name", "applied_at"})
"""What the library reads of them, in each of its versions so far."""

READ_COLUMNS = f"SELECT name FROM pragma_table_info('{APPLIED}')"  # noqa: S608 - a constant
READ_APPLIED = f"SELECT migration_set, name FROM {APPLIED}"  # noqa: S608 - a constant
READ_PARTS = f"SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name <> '{APPLIED}'"  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class _Schema:
    applied: frozenset[tuple[str, str]]
    """Migrations: their set and name."""
    parts: frozenset[tuple[str, str, str, str | None]]
    """A table, an index or a trigger; its name; the table that it belongs to; the statement that made it."""


def check_schema(connection: sqlite3.Connection) -> None:
    """Compare the tables, indexes and triggers of a file with those that this program makes.

    A file that lacks a migration is not compared: its tables are brought up to date first. Raises `JournalDamaged` and
    `sqlite3.Error`.
    """
    if not {name for (name,) in connection.execute(READ_COLUMNS)} >= COLUMNS_OF_APPLIED:
        raise JournalDamaged(f"table {APPLIED} in it is not what was made")
    found, expected = _read(connection), _expected()
    for _, name in sorted(found.applied - expected.applied):
        raise JournalDamaged(f"{name} in it is no change of its tables that was ever made")
    if found.applied != expected.applied:
        return
    for kind, name, *_ in sorted(expected.parts ^ found.parts, key=str):
        raise JournalDamaged(f"{kind} {name} in it is not what was made")


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Say whether the tables are those of this version. Raises `sqlite3.Error`."""
    return _applied(connection) == _expected().applied


@functools.cache
def _expected() -> _Schema:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as scratch:
        migrations.apply(Database(scratch, execute_plugins=False))
        return _read(scratch)


def _read(connection: sqlite3.Connection) -> _Schema:
    return _Schema(_applied(connection), frozenset(connection.execute(READ_PARTS).fetchall()))


def _applied(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    return frozenset(connection.execute(READ_APPLIED).fetchall())
