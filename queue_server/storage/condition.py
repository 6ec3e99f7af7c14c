"""Whether a file can be a center's journal: looked at before anything opens it for writing, and left as it was.

A log beside the file (`-wal`) is normal after a power cut, and the next writer folds it in. Until the file is known to
be sound nothing may do that: a person must find every byte as the accident left it.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from queue_server.core.events import Entry
from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.storage.reading import open_day, open_to_read, trouble
from queue_server.storage.schema import APPLIED, check_schema
from queue_server.storage.write_ahead_log import Log, read_log, sound_part

HEADER_BYTES = 100
PAGE_SIZE_AT, VERSION_AT, PAGE_COUNT_AT, MARK_AT = 16, 18, 28, 68
"""Where the header of the file says the size of its pages, whether it has a log, how many pages there are, and our
mark, SQLite's `application_id` (sqlite.org/fileformat2.html, 1.3)."""

WITHOUT_LOG = 1
"""Of a file that was written without a log, as a backup is; 2 stands for one with a log."""

MAGIC = b"SQLite format 3\x00"
PAGE_SIZES = {1, *(2**power for power in range(9, 16))}
"""1 stands for 65,536."""

ELSEWHERE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""Primary codes of troubles that do not come from the content of the file."""

READ_AT_START = (
    "_sqlite_migrations",
    "origin",
    "account",
    "account_role",
    "device",
    "counter",
    "day",
    "recording",
    "removal",
    "outage",
)
"""Tables of few rows that a start reads whole or, as `outage`, writes to before anybody is answered."""

GOES_ON = ("ticket", "ticket_period", "counter_period", "opening")
"""Tables of which the first append after a start reads the rows of the open day."""

OF_LAST_DAY = "SELECT * FROM {table} WHERE day = (SELECT max(day) FROM {table})"


class LogOfAnotherFile(JournalDamaged):
    """A file lies beside a log that was not written for it; read together they would be a blend of the two."""


class _Header(NamedTuple):
    page_size: int
    pages: int
    has_no_log: bool
    mark: int


def check(path: Path, *, lived: bool, alone: bool, marks: Collection[int] = ()) -> None:
    """Read what a start reads, and change not a byte.

    `lived`: a center has run here, so a journal must be there. `alone`: no other process has it open. `marks`: one of
    these is in the file to which the log belongs; empty: not known. Raises `JournalDamaged` that says what is wrong,
    and `JournalUnavailable` when the file cannot be read.
    """
    log = log_of(path)
    try:
        size, log_size = _size(path), _size(log)
        if not size:
            if lived or log_size:
                raise JournalDamaged("it is empty" if path.exists() else "it is not there")
            return
        if alone:
            check_log(path, marks)
    except OSError as error:
        raise JournalUnavailable(str(error)) from error
    with _index_put_back(path) if alone else contextlib.nullcontext():
        _check_content(path, lived=lived, has_log=log_size > 0)


def log_of(path: Path) -> Path:
    """Return where the log of a file is."""
    return path.with_name(f"{path.name}-wal")


def check_log(path: Path, marks: Collection[int] = ()) -> Log:
    """Look at the log beside a file that no process has open, make sure that every page is there, and return it.

    Raises `JournalDamaged` and `OSError`.
    """
    log, size = log_of(path), _size(path)
    header = _header(path)
    found = read_log(log.read_bytes(), header.page_size) if _size(log) else Log()
    if found.damage is not None:
        raise JournalDamaged(f"in its log {log.name} {found.damage}, and what was written later lies behind it")
    if found.frames and (header.has_no_log or (marks and header.mark not in marks)):
        raise LogOfAnotherFile(f"the log {log.name} beside it belongs to another file, as after a copy by hand")
    whole, needed = size // header.page_size, found.pages_after or header.pages
    if needed - whole > len(found.pages) or not found.pages.issuperset(range(whole + 1, needed + 1)):
        raise JournalDamaged(f"it ends after {whole} of {needed} pages")
    return found


def what_holds_of_log(path: Path, marks: Collection[int] = ()) -> bytes:
    """Return what can be read of the log of a file that no process has open; empty where the log is not its own.

    Raises `JournalDamaged` for what is no database, and `OSError`.
    """
    header, log = _header(path), log_of(path)
    is_own = not header.has_no_log and (not marks or header.mark in marks)
    return sound_part(log.read_bytes(), header.page_size) if is_own and _size(log) else b""


def mark_of(path: Path) -> int:
    """Return the mark of a file: which log belongs to it.

    Raises `JournalDamaged` for what is no database, and `OSError`.
    """
    return _header(path).mark


def _header(path: Path) -> _Header:
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    page_size = int.from_bytes(header[PAGE_SIZE_AT : PAGE_SIZE_AT + 2], "big")
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC) or page_size not in PAGE_SIZES:
        raise JournalDamaged("file is not a database")
    return _Header(
        page_size=65_536 if page_size == 1 else page_size,
        pages=int.from_bytes(header[PAGE_COUNT_AT : PAGE_COUNT_AT + 4], "big"),
        has_no_log=header[VERSION_AT] == WITHOUT_LOG,
        mark=int.from_bytes(header[MARK_AT : MARK_AT + 4], "big", signed=True),
    )


def _check_content(path: Path, *, lived: bool, has_log: bool) -> None:
    connection = open_to_read(path, immutable=not has_log)
    try:
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in READ_AT_START:
            if table in known:
                _check_table(connection, table)
        if APPLIED in known:
            check_schema(connection)
        for table in known.intersection(GOES_ON):
            connection.execute(OF_LAST_DAY.format(table=table)).fetchall()
        days = _count(open_day(connection)) if "event" in known else 0
    except UnicodeDecodeError as error:
        raise trouble(error) from error
    except sqlite3.Error as error:
        kind = JournalUnavailable if getattr(error, "sqlite_errorcode", 0) & 0xFF in ELSEWHERE else JournalDamaged
        raise kind(str(error)) from error
    finally:
        connection.close()
    if lived and not days:
        raise JournalDamaged("there is no journal in it")


def _check_table(connection: sqlite3.Connection, table: str) -> None:
    """Read a small table and its indexes, which a start finds rows by. Raises `JournalDamaged`, `sqlite3.Error`."""
    [(first, *_), *_] = connection.execute(f"PRAGMA integrity_check('{table}')").fetchall()
    if first != "ok":
        raise JournalDamaged(f"table {table}: {first}")


def _count(entries: Iterator[Entry]) -> int:
    return sum(1 for _ in entries)


@contextlib.contextmanager
def _index_put_back(path: Path) -> Iterator[None]:
    """Put the index of the log (`-shm`) back as it was when the look ends in an error: SQLite makes it anew to read."""
    beside = path.with_name(f"{path.name}-shm")
    before = beside.read_bytes() if beside.exists() else None
    try:
        yield
    except (JournalDamaged, JournalUnavailable):
        if before is None:
            beside.unlink(missing_ok=True)
        else:
            beside.write_bytes(before)
        raise


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
