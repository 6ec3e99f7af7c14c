"""Owns the form of files to which a box adds line by line: an added line is on the disk, and damage to one is seen.

A line is a text without spaces, a space, and its CRC-32 in eight hexadecimal digits. A last line without its end is a
power cut before the line was added. The first line counts the others: it is written behind each of them, so that after
any power cut there are at least as many, and a file that was cut off at the end of a line is seen. It is forced to the
disk together with the next line, as one wait of an old disk for each line is enough.

Files of version 0.1 have neither count nor checksums; they are read as they are.
"""

import logging
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from device_runtime.durable_file import Damaged, lay_aside, write_whole

COUNT = "lines="
"""How the first line begins."""

COUNT_IS_DAMAGED = "its lines and their count are not as they were written"

log = logging.getLogger(__name__)


class DurableLines:
    """The lines of one file, which belongs to one thread. `is_line` says which texts are lines of this file."""

    def __init__(self, path: Path, is_line: Callable[[str], object]) -> None:
        self.path = path
        self._is_line = is_line
        self._is_whole = False
        """Whether the file ends with the end of a line."""
        self._count = 0
        """Lines in the file, while it is whole."""

    def read(self) -> tuple[str, ...]:
        """Return the sound lines, oldest first; never raises.

        A file with damaged lines is laid aside and logged, and its sound lines are used.
        """
        try:
            stored = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            log.error("%s", Damaged(self.path, f"it cannot be read: {error}", lay_aside(self.path)))  # noqa: TRY400 - no fault of ours
            return ()
        counted, lines = _parted(stored.decode("ascii", errors="replace").split("\n")[:-1])
        sound = tuple(self._sound(lines))
        if counted is None or len(sound) < max(counted, len(lines)):
            lost = max(counted or 0, len(lines)) - len(sound)
            reason = f"{lost} of its lines are not as they were written" if lost else COUNT_IS_DAMAGED
            log.error("%s", Damaged(self.path, reason, lay_aside(self.path)))
        return sound

    def add(self, line: str) -> None:
        """Add a line; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it; then the line counts as not added.
        """
        if not self._is_whole:
            self.replace(self.read())
        self._is_whole = False
        with self.path.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(_checked(line))
            file.flush()
            os.fsync(file.fileno())
            self._count += 1
            file.seek(0)
            file.write(_head(self._count))
        self._is_whole = True

    def replace(self, lines: Iterable[str]) -> None:
        """Replace all lines. Raises `OSError` when the disk does not take them; then the old ones are still there."""
        written = [_checked(line) for line in lines]
        write_whole(self.path, _head(len(written)) + b"".join(written))
        self._count = len(written)
        self._is_whole = True

    def _sound(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            text, _, checksum = line.partition(" ")
            is_as_written = not checksum or (text.isascii() and _checked(text) == f"{line}\n".encode())
            if is_as_written and self._is_line(text):
                yield text


def _parted(lines: list[str]) -> tuple[int | None, list[str]]:
    """Return how many lines there must be at least, and what may be lines; `None`: the count is damaged."""
    first = lines[0] if lines else COUNT
    if not first.startswith(COUNT):
        return (0 if _is_of_0_1(lines) else None), lines
    number = first.removeprefix(COUNT).partition(" ")[0]
    is_count = number.isascii() and number.isdigit() and _head(int(number)) == f"{first}\n".encode()
    return int(number) if is_count else None, lines[1:]


def _is_of_0_1(lines: list[str]) -> bool:
    """Say whether no line has a checksum."""
    return not any(" " in line for line in lines)


def _head(count: int) -> bytes:
    """Return the first line, always of the same length."""
    return _checked(f"{COUNT}{count:08}")


def _checked(line: str) -> bytes:
    return f"{line} {zlib.crc32(line.encode('ascii')):08x}\n".encode("ascii")
