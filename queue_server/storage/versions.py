"""Which version of the program a journal's file is for: a later one is refused, an earlier one is copied first.

The header of the file has a number for this (`user_version`), which backups take along. Raise `FORMAT` when an older
program would misread what a newer one writes: a new table, a new kind of event, another meaning of a row.
"""

import sqlite3

from queue_server.journal.port import JournalError

FORMAT = 3
"""What this program writes. Version 0.1 wrote no number, which reads as 0."""

BEFORE = "queue-before-format-{}.sqlite"
"""What the copy of a file is called that was brought to a later format."""

READ = "PRAGMA user_version"
TABLES = "SELECT count(*) FROM sqlite_schema WHERE name = 'event'"


class JournalTooNew(JournalError):
    """The file was written by a later version of the program."""


def refuse_newer(connection: sqlite3.Connection) -> None:
    """Raise `JournalTooNew` for a file that a later version has written, and `sqlite3.Error`."""
    found = connection.execute(READ).fetchone()[0]
    if found > FORMAT:
        raise JournalTooNew(
            f"The journal was written by a later version of motcua: format {found}, and this version knows {FORMAT}. "
            "Nothing was changed. Install that version again, or name another folder with --data."
        )


def note_format(connection: sqlite3.Connection) -> None:
    """Say in the file which format it has now. Raises `sqlite3.Error`."""
    if connection.execute(READ).fetchone()[0] < FORMAT:
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def name_of_copy(connection: sqlite3.Connection) -> str | None:
    """Return what a copy of this file is called before this program changes its tables; `None`: it changes none.

    Raises `sqlite3.Error`.
    """
    found = connection.execute(READ).fetchone()[0]
    has_journal = bool(connection.execute(TABLES).fetchone()[0])
    return BEFORE.format(found) if has_journal and found < FORMAT else None
