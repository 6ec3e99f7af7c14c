"""Owns the form of files to which a box adds line by line: an added line is on the disk, and damage to one is seen.

A line is a text without spaces, a space, and its CRC-32 in eight hexadecimal digits. A last line without its end is a
power cut before the line was added. Lines of version 0.1 have no checksum; they are read as they are.
"""

import logging
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from device_runtime.durable_file import Damaged, lay_aside, write_whole

log = logging.getLogger(__name__)


class DurableLines:
    """The lines of one file, which belongs to one thread. `is_line` says which texts are lines of this file."""

    def __init__(self, path: Path, is_line: Callable[[str], object]) -> None:
        self.path = path
        self._is_line = is_line
        self._is_whole = False
        """Whether the file ends with the end of a line."""

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
        lines = stored.decode("ascii", errors="replace").split("\n")[:-1]
        sound = tuple(self._sound(lines))
        if len(sound) < len(lines):
            reason = f"{len(lines) - len(sound)} of {len(lines)} lines are not as they were written"
            log.error("%s", Damaged(self.path, reason, lay_aside(self.path)))
        return sound

    def add(self, line: str) -> None:
        """Add a line; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it; then the line counts as not added.
        """
        if not self._is_whole:
            self.replace(self.read())
        self._is_whole = False
        with self.path.open("ab") as file:
            file.write(_checked(line))
            file.flush()
            os.fsync(file.fileno())
        self._is_whole = True

    def replace(self, lines: Iterable[str]) -> None:
        """Replace all lines. Raises `OSError` when the disk does not take them; then the old ones are still there."""
        write_whole(self.path, b"".join(map(_checked, lines)))
        self._is_whole = True

    def _sound(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            text, _, checksum = line.partition(" ")
            is_as_written = not checksum or (text.isascii() and _checked(text) == f"{line}\n".encode())
            if is_as_written and self._is_line(text):
                yield text


def _checked(line: str) -> bytes:
    return f"{line} {zlib.crc32(line.encode('ascii')):08x}\n".encode("ascii")
