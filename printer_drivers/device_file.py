"""Lines to printers that are files: `/dev/usb/lp0` of the kernel's usblp driver, and plain files that keep the bytes.

The device is opened for reading and writing and never blocks: unlike libusb this neither resets the printer nor takes
it from the kernel, `poll` works, and status bytes can be read. python-escpos's `File` truncates, cannot read and
blocks, so it is not used. usblp takes up to 8 KB at once and throws away what is on its way when it is closed.
"""

import contextlib
import os
import select
import stat
import sys
from collections.abc import Iterator

from printer_drivers.answers import read_port
from printer_drivers.descriptor import READ_BYTES, DescriptorWire
from printer_drivers.printer import Deadlines, PrinterState, PrinterUnreachable
from printer_drivers.rights import explain

# Neither Windows nor a file system knows these; a terminal must not become the one that can stop this process.
NEVER_BLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)

# LPGETSTATUS of <linux/lp.h>.
GET_STATUS = 0x060B


class DeviceLine:
    """A printer's device file, as `/dev/usb/lp0`, or better a name that stays when others are plugged in."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[DescriptorWire]:
        """Open the device, and close it afterwards."""
        descriptor = _open(self._path, os.O_RDWR)
        try:
            if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
                message = f"{self._path} is not a printer's device; for a plain file write file://"
                raise PrinterUnreachable(message, "printer_plain_file", path=self._path)
            yield DescriptorWire(_DeviceLink(descriptor), deadlines.stall_s)
        finally:
            os.close(descriptor)


class FileLine:
    """A file that the bytes are appended to, made when it is missing: for support, or for a parallel port."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[DescriptorWire]:
        """Open the file, and close it afterwards."""
        folder = os.path.dirname(self._path)  # noqa: PTH120 - the path is passed on as it was given
        if not os.path.isdir(folder):  # noqa: PTH112 - as above
            message = f"there is no folder {folder} for the file {self._path}; make it, or correct the address"
            raise PrinterUnreachable(message, "printer_no_folder", folder=folder)
        descriptor = _open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            yield DescriptorWire(_FileLink(descriptor), deadlines.stall_s, reads=False)
        finally:
            os.close(descriptor)


class _FileLink:
    """An open file, as `descriptor.Link`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: bytes) -> int:
        return os.write(self._descriptor, data)

    def read(self) -> bytes:
        return os.read(self._descriptor, READ_BYTES)

    def waiting(self) -> int:
        return 0

    def watch(self) -> None:
        """Nothing to see: who lost power breaks the connection."""

    def refuse_doubt(self) -> None:
        """Nothing to see, as in `watch`."""

    def look(self) -> PrinterState | None:
        return None

    def drop(self) -> None:
        """Nothing waits here: what a file took is in it."""


class _DeviceLink(_FileLink):
    def waiting(self) -> int:
        """Return 1 while the last write is on its way: the driver takes the next one when the printer has it."""
        _, writable, _ = select.select([], [self], [], 0)
        return 0 if writable else 1

    def look(self) -> PrinterState | None:
        return read_port(_read_status(self.fileno()))


def _open(path: str, flags: int) -> int:
    try:
        return os.open(path, flags | NEVER_BLOCK, 0o644)
    except OSError as error:
        raise explain(path, error) from error


if sys.platform == "linux":
    import fcntl
    import struct

    def _read_status(descriptor: int) -> int:
        """Return the printer's status byte; 0 where there is none."""
        try:
            answer = fcntl.ioctl(descriptor, GET_STATUS, struct.pack("i", 0))
        except OSError:
            return 0
        return int(struct.unpack("i", answer)[0])
else:

    def _read_status(_descriptor: int) -> int:
        """Return 0: this system does not tell."""
        return 0
