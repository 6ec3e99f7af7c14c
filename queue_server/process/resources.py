"""What the server stands on: a folder of its own, a port, a file, a sign of life.

What is not usable is said in one sentence, and left as it was found.
"""

import contextlib
import errno
import logging
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import filelock

from queue_server.engine.clock import Clock, read_wall
from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.process.alive_file import FILE as ALIVE
from queue_server.process.alive_file import look_alive
from queue_server.process.arguments import StartError
from queue_server.process.last_backup import last_backup
from queue_server.storage.condition import LogOfAnotherFile, check
from queue_server.storage.copying import copy_before_upgrade
from queue_server.storage.reading import as_trouble
from queue_server.storage.rebuilding import is_outdated, rebuild
from queue_server.storage.sqlite import FILE, Connection, connect, first_entry_at, last_entry_at

log = logging.getLogger(__name__)


class FolderInUse(StartError):
    """Another server works in the folder."""


NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""The address belongs to another machine, or the machine has no such family of addresses."""

BACKLOG = 2048
"""Connections that wait to be taken in; the system takes as many of them as it allows."""

LAST_PORT = 65_535

MOST_FILES = 65_536
"""Sockets and files at once, as far as the system lets us: with the usual 1,024 as many silent sockets fill it."""


def raise_file_limit() -> int:
    """Let this process hold as many sockets as it may, and return how many that is."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows, which has no such limit
    except ImportError:
        return MOST_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST_FILES if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def outer_address(host: str) -> str | None:
    """Return the address under which the hall finds a server that listens on all; `None`: on one, or it has none."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - told apart, not listened on
        return None
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: the system only says which of its addresses it would use
        return str(probe.getsockname()[0])
    return None


@contextlib.contextmanager
def lock_folder(data: Path) -> Iterator[None]:
    """Keep the data folder for this process alone."""
    lock = filelock.FileLock(data / "lock", blocking=False)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise FolderInUse(
            f"Another queue server works in {data}. Stop it first, or name another folder with --data."
        ) from None
    except OSError as error:
        raise StartError(f"The folder {data} cannot be written: {error}. Name another one with --data.") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is started."""
    if not 0 <= port <= LAST_PORT:  # beyond it, the system's resolver silently takes another port
        raise StartError(f"{port} is no port; name one from 1 to {LAST_PORT} with --port.")
    host = host.removeprefix("[").removesuffix("]")
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = host == "::" and socket.has_dualstack_ipv6()
        listening = socket.create_server(place[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno in NOT_HERE:
            raise StartError(
                f"{host} is no address of this machine: {error.strerror or error}. Name another one with --host: "
                "127.0.0.1 for this PC alone, 0.0.0.0 for the hall, :: for the hall on IPv4 and IPv6."
            ) from error
        raise StartError(
            f"Port {port} on {host} cannot be used: {error.strerror or error}. "
            "Stop the program that holds it, or name another one with --port."
        ) from error
    with listening:
        yield listening


def open_file(data: Path) -> Connection:
    """Open the journal's file for the process that holds the folder, and make it on the first start.

    It is looked at first: a damaged one is left as it is, to the byte. Reports that an older version wrote are written
    anew from the journal. Raises `StartError`.
    """
    path = data / FILE
    with blaming(path):
        check(path, lived=(data / ALIVE).exists(), alone=True, marks=known_marks(data))
        connection = _connect(path)
        try:
            if is_outdated(connection):
                rebuild(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def check_if_stopped(data: Path) -> None:
    """Look at the journal's file and its log as a start does, unless a server has them open.

    Raises `JournalDamaged`, `JournalUnavailable` or `StartError`.
    """
    with contextlib.suppress(FolderInUse), lock_folder(data):
        check(data / FILE, lived=(data / ALIVE).exists(), alone=True, marks=known_marks(data))


def open_beside(data: Path) -> Connection:
    """Open the journal's file for a few changes of people and boxes, also while the server runs.

    Raises `StartError` when there is no center, or its file is damaged.
    """
    path = existing_file(data)
    with blaming(path):
        check(path, lived=(data / ALIVE).exists(), alone=False)
        return _connect(path)


def _connect(path: Path) -> Connection:
    """Open a file that was looked at, for writing; one of an older version is copied before it is changed."""
    copy = copy_before_upgrade(path)
    if copy is not None:
        log.warning("%s is of an older version; before it is brought up to date it was copied to %s", path, copy)
    return connect(path)


def existing_file(data: Path) -> Path:
    """Return the journal's file of a center that is there.

    Raises `StartError` when there is none.
    """
    if not (data / FILE).exists():
        raise StartError(f"There is no center in {data}; name its folder with --data.")
    return data / FILE


@contextlib.contextmanager
def open_stopped(data: Path) -> Iterator[Connection]:
    """Lend the file of a center whose server does not run, for writing.

    Raises `StartError` when it runs, or when there is no center.
    """
    existing_file(data)
    with lock_folder(data), contextlib.closing(open_file(data)) as connection:
        yield connection


def start_clock(data: Path, connection: Connection) -> Clock:
    """Return the clock of a center, which begins after its last entry and its last sign of life.

    Raises `JournalUnavailable`.
    """
    alive = look_alive(data)
    return Clock(begin_after(last_entry_at(connection), None if alive is None else alive.at, read_wall()))


def begin_after(last_entry: datetime | None, alive: datetime | None, wall: datetime) -> datetime | None:
    """Return what the clock of a center begins after; `None`: it has not lived yet.

    A sign of life later than the last entry counts as far as the PC's clock bears it out: a file that is wrong, or a
    clock that was ahead while nothing happened, moves the hall nowhere.
    """
    signs = [each for each in (last_entry, None if alive is None else min(alive, wall)) if each is not None]
    return max(signs, default=None)


def known_marks(data: Path) -> tuple[int, ...]:
    """Return what the mark of this folder's journal may be; empty: not known."""
    alive = look_alive(data)
    return () if alive is None else alive.marks


def copied_at(data: Path, connection: Connection) -> datetime | None:
    """Return when the center was copied whole last; without a copy, when its journal began; `None`: not known."""
    copied = last_backup(data)
    return first_entry_at(connection) if copied is None else copied.at


@contextlib.contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Say what to do about a file that does not serve as journal."""
    try:
        with as_trouble():
            yield
    except (JournalUnavailable, OSError) as error:
        raise StartError(
            f"{path} cannot be used: {error}. Free some space, close other programs that have it open, or mend the "
            "folder's permissions; then start again."
        ) from error
    except LogOfAnotherFile as error:
        raise StartError(
            f"{path} is not used: {error}. Nothing was changed. To go on with this file, run: "
            f"python -m queue_server restore {path} --data {path.parent}"
        ) from error
    except JournalDamaged as error:
        raise StartError(
            f"{path} is damaged: {error}. Nothing was changed. Go on with a backup, or with what holds of this folder: "
            f"python -m queue_server restore BACKUP --data {path.parent}, with the backup's file, its folder, or "
            f"{path.parent}. What is there now is laid aside."
        ) from error
