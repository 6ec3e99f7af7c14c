"""Whether a file can be a center's journal: looked at before anything opens it for writing, and left as it was.

A log beside the file (`-wal`) is normal after a power cut, and the next writer folds it in. Until the file is known to
be sound nothing may do that: a person must find every byte as the accident left it.
"""

import contextlib
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

from queue_server.core.events import Entry
from queue_server.storage.journal import JournalDamaged, JournalUnavailable
from queue_server.storage.reading import open_day, open_to_read

PAGE_SIZE_AT, PAGE_COUNT_AT = 16, 28
"""Where the header of the file says the size and number of its pages (sqlite.org/fileformat2.html, 1.3)."""

MAGIC = b"SQLite format 3\x00"
PAGE_SIZES = {1, *(2**power for power in range(9, 16))}
"""1 stands for 65,536."""

LOG_HEADER = struct.Struct(">8xI4x8s8x")
"""Page size and salts of a log (same page, 4.1)."""
FRAME_HEADER = struct.Struct(">II8s8x")
"""Number of the page that a frame of the log holds; pages of the file after the commit, 0 for no commit; salts."""

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
)
"""Tables of few rows that a start reads whole."""

TICKETS_OF_LAST_DAY = "SELECT * FROM ticket WHERE day = (SELECT max(day) FROM ticket)"


def check(path: Path, *, lived: bool, alone: bool) -> None:
    """Read what a start reads, and change not a byte.

    `lived`: a center has run here, so a journal must be there. `alone`: no other process has it open. Raises
    `JournalDamaged` that says what is wrong, and `JournalUnavailable` when the file cannot be read.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        size, log_size = _size(path), _size(log)
        if not size:
            if lived or log_size:
                raise JournalDamaged("it is empty" if path.exists() else "it is not there")
            return
        if alone:
            _check_length(path, size, log, log_size)
    except OSError as error:
        raise JournalUnavailable(str(error)) from error
    with _index_put_back(path) if alone else contextlib.nullcontext():
        _check_content(path, lived=lived, has_log=log_size > 0)


def _check_length(path: Path, size: int, log: Path, log_size: int) -> None:
    """Make sure that every page is there: in the file, or in its log."""
    page_size, pages = _header(path)
    logged, after_commit = _pages_in(log) if log_size else (frozenset[int](), 0)
    whole, needed = size // page_size, after_commit or pages
    if needed - whole > len(logged) or not logged.issuperset(range(whole + 1, needed + 1)):
        raise JournalDamaged(f"it ends after {whole} of {needed} pages")


def _header(path: Path) -> tuple[int, int]:
    """Return the size and the number of the pages."""
    with path.open("rb") as file:
        header = file.read(100)
    page_size = int.from_bytes(header[PAGE_SIZE_AT : PAGE_SIZE_AT + 2], "big")
    if not header.startswith(MAGIC) or page_size not in PAGE_SIZES:
        raise JournalDamaged("file is not a database")
    pages = int.from_bytes(header[PAGE_COUNT_AT : PAGE_COUNT_AT + 4], "big")
    return 65_536 if page_size == 1 else page_size, pages


def _pages_in(log: Path) -> tuple[frozenset[int], int]:
    """Return the pages that a log holds, and the pages of the file after its last commit (0: there is none)."""
    pages: set[int] = set()
    after_commit = 0
    with log.open("rb") as file:
        header = file.read(LOG_HEADER.size)
        if len(header) < LOG_HEADER.size:
            return frozenset(), 0
        page_size, salts = LOG_HEADER.unpack(header)
        while len(frame := file.read(FRAME_HEADER.size)) == FRAME_HEADER.size:
            page, commit, own_salts = FRAME_HEADER.unpack(frame)
            if own_salts != salts:
                break  # left over from before the log began anew
            pages.add(page)
            after_commit = commit or after_commit
            file.seek(page_size, 1)
    return frozenset(pages), after_commit


def _check_content(path: Path, *, lived: bool, has_log: bool) -> None:
    connection = open_to_read(path, immutable=not has_log)
    try:
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in READ_AT_START:
            if table in known:
                connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of this file
        if "ticket" in known:
            connection.execute(TICKETS_OF_LAST_DAY).fetchall()
        days = _count(open_day(connection)) if "event" in known else 0
    except sqlite3.Error as error:
        kind = JournalUnavailable if getattr(error, "sqlite_errorcode", 0) & 0xFF in ELSEWHERE else JournalDamaged
        raise kind(str(error)) from error
    finally:
        connection.close()
    if lived and not days:
        raise JournalDamaged("there is no journal in it")


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
