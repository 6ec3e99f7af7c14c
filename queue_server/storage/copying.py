"""Copies of the journal's file, made beside a running server: whole under their name, or not there."""

import contextlib
import os
import sqlite3
from pathlib import Path

from queue_server.storage.chain import Progress, verify
from queue_server.storage.journal import Head
from queue_server.storage.reading import as_trouble, open_to_read

PAGES_AT_ONCE = 1_000
"""4 MB between two words about the progress."""

UNFINISHED = ".part"
"""Behind the name of a copy that is being written, or whose writing was cut off."""


def copy_journal(source: Path, target: Path, progress: Progress) -> None:
    """Write the file as it is at this moment; `progress` is told pages, and a copy of that name is replaced.

    The reader sees one moment however long it takes, and no commit of the server waits for it. Raises
    `JournalUnavailable`, also when the disk of the copy is full, and `OSError`.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # for its owner alone from the first byte
    with (
        as_trouble(),
        contextlib.closing(open_to_read(source)) as reading,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        # Its moment is that of the first look; without one the copy would begin anew with every commit of the server.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total))
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def keep_copy(unfinished: Path, finished: Path, progress: Progress) -> Head:
    """Read a whole copy again, give it its name for good, and return its head; `progress` is told entries.

    Raises `JournalDamaged` that names the first entry that does not hold, `JournalUnavailable` and `OSError`.
    """
    head = verify(unfinished, None, progress).head
    unfinished.replace(finished)
    if hasattr(os, "O_DIRECTORY"):  # only where folders can be synced; elsewhere the name is safe by itself
        folder = os.open(finished.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return head
