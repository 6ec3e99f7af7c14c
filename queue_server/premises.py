"""What the server stands on: a folder of its own, a port, a file. What is not usable is said in one sentence."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import filelock

from queue_server.config import StartError
from queue_server.storage.journal import JournalDamaged, JournalUnavailable
from queue_server.storage.sqlite import FILE, Connection, connect


@contextlib.contextmanager
def lock_folder(data: Path) -> Iterator[None]:
    """Keep the data folder for this process alone."""
    lock = filelock.FileLock(data / "lock", blocking=False)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise StartError(
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
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise StartError(
            f"Port {port} on {host} cannot be used: {error.strerror or error}. "
            "Stop the program that holds it, or name another one with --port."
        ) from error
    except OverflowError:
        raise StartError(f"{port} is no port; name one from 1 to 65535 with --port.") from None
    with listening:
        yield listening


def open_file(data: Path) -> Connection:
    """Open the journal's file, and make it on the first start."""
    path = data / FILE
    with blaming(path):
        return connect(path)


@contextlib.contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Say what to do about a file that does not serve as journal."""
    try:
        yield
    except (JournalUnavailable, OSError) as error:
        raise StartError(
            f"{path} cannot be used: {error}. Free some space or mend the folder's permissions, then start again."
        ) from error
    except JournalDamaged as error:
        raise StartError(
            f"{path} is damaged: {error}. Nothing was changed. Put a copy of the folder aside, "
            f"then restore {FILE} from a backup."
        ) from error
