"""Reads ESC/POS bytes back into paper: what a printer would do with what `escpos` says.

Pure. It is the head and the cutter of the virtual printer. It knows the commands that this box sends and no others, so
that a byte a real printer would print as rubbish is found before it reaches one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from printer_drivers.bitmap import Bitmap


class UnreadableBytes(ValueError):
    """The job holds bytes that no command of ours begins with, or stops inside one; whoever encoded it is to blame."""


@dataclass(slots=True)
class _Head:
    """The moving parts while a job is read: where the bytes stand, the margin, and the rows since the last cut."""

    data: bytes
    width_bytes: int
    at: int = 0
    margin_bytes: int = 0
    rows: list[bytes] = field(default_factory=list)
    sheets: list[Bitmap] = field(default_factory=list)

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise UnreadableBytes(f"the job ends inside a command at byte {len(self.data)}")
        self.at += count
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def tear(self) -> None:
        self.sheets.append(Bitmap(self.width_bytes * 8, len(self.rows), b"".join(self.rows)))
        self.rows = []


def decode(data: bytes, width_dots: int) -> tuple[Bitmap, ...]:
    """Return the sheets that a printer with a head of `width_dots` would cut from this job, first to last.

    Rows after the last cut come as one more sheet. Raises `UnreadableBytes` with the place of the first byte that is
    not understood.
    """
    head = _Head(data, width_dots // 8)
    while head.at < len(data):
        _command(head)(head)
    if head.rows:
        head.tear()
    return tuple(head.sheets)


def _command(head: _Head) -> Callable[[_Head], None]:
    for prefix, act in _COMMANDS.items():
        if head.data.startswith(prefix, head.at):
            head.at += len(prefix)
            return act
    strange = head.data[head.at : head.at + 4].hex(" ")
    raise UnreadableBytes(f"no known command begins with {strange} at byte {head.at}")


def _initialise(head: _Head) -> None:
    head.margin_bytes = 0


def _set_margin(head: _Head) -> None:
    dots = head.number()
    if dots % 8:
        raise UnreadableBytes(f"a left margin of {dots} dots is not a whole number of bytes")
    head.margin_bytes = dots // 8


def _print_raster(head: _Head) -> None:
    width, count = head.number(), head.number()
    right = head.width_bytes - head.margin_bytes - width
    if right < 0:
        raise UnreadableBytes(f"a raster of {width} bytes does not fit {head.width_bytes} bytes of head")
    for _ in range(count):
        head.rows.append(bytes(head.margin_bytes) + head.take(width) + bytes(right))


def _cut(head: _Head) -> None:
    head.take(1)
    head.tear()


def _ignore(_head: _Head) -> None:
    """Pass over a question; answering is the wire's part."""


_COMMANDS: dict[bytes, Callable[[_Head], None]] = {
    b"\x1b@": _initialise,
    b"\x1dL": _set_margin,
    b"\x1dv0\x00": _print_raster,
    b"\x1dVB": _cut,
    b"\x1dr\x01": _ignore,
}
