"""Owns the form of the small files that a box keeps: each is there whole or not at all, and damage to it is seen.

The first line says `motcua-file`, the version of the form, the second of its writing since 1970, and the SHA-256 of
these two and of the content, which follows to the end of the file. Files of version 0.1 have no such line; they are
read as they are, and written with it.
Use it for what changes as a whole; lines that are appended are `durable_lines`.
"""

import contextlib
import errno
import hashlib
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

log = logging.getLogger(__name__)

VERSION = 1
"""Of the form of the file. What its content may be is for the decoder of the content to know."""

UNFINISHED = ".part"
"""Behind the name of a file that is being written, or whose writing was cut off."""

ASIDE = ".damaged-"
"""Between the name of a file that was laid aside and the instant at which it was last written, in UTC."""

MOST_ASIDE = 10
"""Laid aside of one file; the oldest goes. A failing disk must not fill itself with the traces of its failing."""

WRITING_S = 60
"""A file is made, filled, synced and renamed within this time, also on a disk that is about to fail."""

_FIRST_LINE = re.compile(rb"motcua-file ([0-9]{1,4}) ([0-9]{1,12}) ([0-9a-f]{64})\n")

Content = TypeVar("Content")


class NotTheContent(ValueError):
    """What a decoder raises for bytes that it does not know; any `ValueError` and any error of msgspec will do."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that does not say what was written to it; nothing of its content is used."""

    path: Path
    reason: str
    """One clause in English, for the log and for staff."""
    laid_aside: Path | None = None
    """Where the file lies now, byte for byte; `None`: it was left, or could not be moved."""

    def __str__(self) -> str:
        where = f"; it was laid aside as {self.laid_aside.name}" if self.laid_aside is not None else ""
        return f"{self.path} is damaged: {self.reason}{where}"


class DurableFile(Generic[Content]):
    """One file with one value in it. `encode` and `decode` turn the value into bytes and back.

    `decode` raises `ValueError`, or an error of msgspec, for bytes that are no such value. `decode_old` does the same
    for a file of version 0.1, which has no first line; without it, `decode` is asked.
    """

    def __init__(
        self,
        path: Path,
        encode: Callable[[Content], bytes],
        decode: Callable[[bytes], Content],
        decode_old: Callable[[bytes], Content] | None = None,
    ) -> None:
        self.path = path
        self._encode = encode
        self._decode = decode
        self._decode_old = decode_old or decode

    def read(self) -> Content | Damaged | None:
        """Return what was written last; `None`: there is no file. Never raises.

        A damaged file is laid aside and logged, so that the next `write` loses nothing that a person may want.
        """
        found = self.look()
        if not isinstance(found, Damaged):
            return found
        damaged = Damaged(found.path, found.reason, lay_aside(found.path))
        log.error("%s", damaged)
        return damaged

    def look(self) -> Content | Damaged | None:
        """Return the same as `read`, and change nothing: for a file that belongs to somebody else."""
        try:
            stored = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return Damaged(self.path, f"it cannot be read: {error.strerror or error}")
        return self.parse(stored)

    def parse(self, stored: bytes) -> Content | Damaged:
        """Return what these bytes of the file say."""
        try:
            content = unframed(stored)
            return self._decode_old(stored) if content is None else self._decode(content)
        except (ValueError, msgspec.MsgspecError, RecursionError) as error:
            return Damaged(self.path, str(error) or type(error).__name__)

    def write(self, content: Content) -> None:
        """Replace the content; when this returns, a power cut does not lose it. Only the owner can read the file.

        Raises `OSError` when the disk does not take it; then what was written before is still there.
        """
        encoded = self._encode(content)
        _write(self.path, lambda at_s: framed(encoded, at_s))

    def lies_as_written(self) -> bool:
        """Say whether the file is the one that `write` left here, and no copy that was put back since.

        The system notes when a file came to lie where it lies, and no copying takes that along. `True` where that
        cannot be known: on Windows, for a file of version 0.1, for one that is not there or is damaged.
        """
        try:
            found = _FIRST_LINE.match(self.path.read_bytes())
            lies_since_s = self.path.stat().st_ctime
        except OSError:
            return True
        return os.name == "nt" or found is None or abs(lies_since_s - int(found[2])) <= WRITING_S


def json_file(path: Path, kind: type[Content]) -> DurableFile[Content]:
    """Return a file that holds one value of this type, a msgspec struct or plain data, as JSON."""
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)
    return DurableFile(path, msgspec.json.encode, decoder.decode)


def framed(content: bytes, at_s: int) -> bytes:
    """Return the bytes of a file with this content, written at this second."""
    head = b"%d %d" % (VERSION, at_s)
    return b"motcua-file %s %s\n%s" % (head, _digest(head, content), content)


def unframed(stored: bytes) -> bytes | None:
    """Return the content of the bytes of a file; `None`: they have no first line, as those of version 0.1.

    Raises `NotTheContent` when the checksum is not that of the content, or a later version has written it.
    """
    found = _FIRST_LINE.match(stored)
    if found is None:
        return None
    version, content = int(found[1]), stored[found.end() :]
    if _digest(b"%s %s" % (found[1], found[2]), content) != found[3]:
        raise NotTheContent("its checksum is not that of its content")
    if version > VERSION:
        raise NotTheContent(f"a later version of the program wrote it, in form {version}")
    return content


def write_whole(path: Path, stored: bytes) -> None:
    """Write a file that is there whole or not at all, for its owner alone; then a power cut does not lose it.

    Raises `OSError` when the disk does not take it; then an older content is still there.
    """
    _write(path, lambda _: stored)


def sync_folder(folder: Path) -> None:
    """Force names in this folder to the disk, where the system lets a folder be opened (Windows does not)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:  # a file system that syncs no folders
            raise
    finally:
        os.close(handle)


def lay_aside(path: Path) -> Path | None:
    """Give a file a name with the time of its last writing, and return it; `None`: it cannot be moved."""
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        name = f"{path.name}{ASIDE}{at:%Y%m%dT%H%M%SZ}"
        target = next(each for each in _names(path.with_name(name)) if not each.exists())
        path.replace(target)
    except (OSError, ValueError, OverflowError) as error:
        log.warning("%s cannot be laid aside: %s", path, error)
        return None
    with contextlib.suppress(OSError):
        sync_folder(path.parent)
        for old in sorted(path.parent.glob(f"{path.name}{ASIDE}*"))[:-MOST_ASIDE]:
            old.unlink(missing_ok=True)
    return target


def _write(path: Path, stored_at: Callable[[int], bytes]) -> None:
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    unfinished.unlink(missing_ok=True)  # a cut-off one may be open to others
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a mode
        file.write(stored_at(int(os.fstat(file.fileno()).st_mtime)))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def _names(path: Path) -> "list[Path]":
    return [path, *(path.with_name(f"{path.name}-{number}") for number in range(2, MOST_ASIDE * 10))]


def _digest(head: bytes, content: bytes) -> bytes:
    return hashlib.sha256(b"%s\n%s" % (head, content)).hexdigest().encode("ascii")
