"""Copies of the journal's file, made beside a running server: whole under their name, or not there."""

import contextlib
import os
import sqlite3
from collections.abc import Collection
from pathlib import Path

from device_runtime.durable_file import sync_folder, write_whole
from queue_server.journal.port import Head
from queue_server.storage.chain import Progress, verify
from queue_server.storage.condition import log_of, what_holds_of_log
from queue_server.storage.reading import as_trouble, open_to_read
from queue_server.storage.versions import name_of_copy

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


def copy_before_upgrade(source: Path) -> Path | None:
    """Copy a file of an older version before its tables are changed, and return the copy; `None`: none was needed.

    A copy that is there already is kept: an upgrade that was cut off is begun again on a file that is not the old one
    any more. Raises `JournalUnavailable`, also when the disk has no room for it, and `OSError`.
    """
    if not source.exists() or not source.stat().st_size:
        return None
    with as_trouble(), contextlib.closing(open_to_read(source)) as reading:
        name = name_of_copy(reading)
    finished = None if name is None else source.with_name(name)
    if finished is None or finished.exists():
        return None
    unfinished = finished.with_name(f"{finished.name}{UNFINISHED}")
    copy_journal(source, unfinished, lambda _done, _total: None)
    unfinished.replace(finished)
    sync_folder(finished.parent)
    return finished


def copy_what_holds(source: Path, target: Path, marks: Collection[int]) -> None:
    """Copy a file that no process has open, with what can be read of its own log; nothing of the source is changed.

    `marks` as in `condition.check`. Raises `JournalDamaged` for what is no database, and `OSError`.
    """
    logged = what_holds_of_log(source, marks)
    write_whole(target, source.read_bytes())
    if logged:
        write_whole(log_of(target), logged)


def keep_copy(unfinished: Path, finished: Path, progress: Progress) -> Head:
    """Read a whole copy again, give it its name for good, and return its head; `progress` is told entries.

    Raises `JournalDamaged` that names the first entry that does not hold, `JournalUnavailable` and `OSError`.
    """
    head = verify(unfinished, None, progress).head
    unfinished.replace(finished)
    sync_folder(finished.parent)
    return head
