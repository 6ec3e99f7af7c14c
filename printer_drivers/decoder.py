"""Reads ESC/POS bytes back into paper: what a printer would do with what `escpos` says.

Pure. It is the head and the cutter of the virtual printer. It knows the commands that this box sends and no others, so
that a byte a real printer would print as rubbish is found before it reaches one.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from printer_drivers.bitmap import Bitmap
from printer_drivers.dialect import CUTTERS, PRESENTERS
from printer_drivers.escpos import COLUMN_BYTES, COLUMN_ROWS, COLUMNS, LINE_ROWS
from printer_drivers.paper import CELL_HEIGHT, CELL_WIDTH

Cell = Callable[[str], tuple[int, ...]]
"""Returns the rows of one character of text mode, `CELL_WIDTH` bits each, the highest bit leftmost."""

# What a character looks like when nobody draws it: the outline of a box inside its cell.
_INSIDE = 0b0010_0000_0100
_SIDE = 0b0011_1111_1100
_BOX = (0, 0, _SIDE, *[_INSIDE] * 16, _SIDE, 0, 0, 0, 0)


class UnreadableBytes(ValueError):
    """The job holds bytes that no command of ours begins with, or stops inside one; whoever encoded it is to blame."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One cut piece of paper: everything on it as dots, and the lines that the printer set in its own letters."""

    picture: Bitmap
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Letter:
    character: str
    wide: int
    high: int


@dataclass(slots=True)
class _Head:
    """The moving parts while a job is read: where the bytes stand, the settings, and what came since the last cut."""

    data: bytes
    width_dots: int
    cell: Cell
    at: int = 0
    spacing: int = LINE_ROWS
    wide: int = 1
    high: int = 1
    middle: bool = False
    line: list[_Letter] = field(default_factory=list)
    strip: tuple[int, ...] = ()
    rows: list[bytes] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise UnreadableBytes(f"the job ends inside a command at byte {len(self.data)}")
        self.at += count
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def begin_line(self, what: str) -> None:
        """Refuse what printers do only at the beginning of a line."""
        if self.line or self.strip:
            raise UnreadableBytes(f"{what} stands in the middle of a line at byte {self.at}")

    def tear(self) -> None:
        picture = Bitmap(self.width_dots, len(self.rows), b"".join(self.rows))
        self.sheets.append(Sheet(picture, tuple(self.words)))
        self.rows, self.words = [], []


def decode(data: bytes, width_dots: int) -> tuple[Bitmap, ...]:
    """Return the sheets that a printer with a head of `width_dots` would cut from this job, first to last.

    Rows after the last cut come as one more sheet. Raises `UnreadableBytes` with the place of the first byte that is
    not understood.
    """
    return tuple(sheet.picture for sheet in read(data, width_dots))


def read(data: bytes, width_dots: int, cell: Cell = lambda _character: _BOX) -> tuple[Sheet, ...]:
    """Return the sheets with their words, see `decode`; `cell` draws the letters of text mode, boxes without it."""
    head = _Head(data, width_dots, cell)
    while head.at < len(data):
        _command(head)(head)
    head.begin_line("the end")
    if head.rows:
        head.tear()
    return tuple(head.sheets)


def _command(head: _Head) -> Callable[[_Head], None]:
    if 0x20 <= head.data[head.at] < 0x7F:  # noqa: PLR2004 - the printable characters of ASCII
        return _set_letter
    for prefix, act in _COMMANDS.items():
        if head.data.startswith(prefix, head.at):
            head.at += len(prefix)
            return act
    strange = head.data[head.at : head.at + 4].hex(" ")
    raise UnreadableBytes(f"no known command begins with {strange} at byte {head.at}")


def _initialise(head: _Head) -> None:
    head.line, head.strip = [], ()
    head.spacing, head.wide, head.high, head.middle = LINE_ROWS, 1, 1, False


def _print_raster(head: _Head) -> None:
    head.begin_line("a raster")
    width, count = head.number(), head.number()
    whole = head.width_dots // 8
    if width > whole:
        raise UnreadableBytes(f"a raster of {width} bytes does not fit {whole} bytes of head")
    head.rows.extend(head.take(width) + bytes(whole - width) for _ in range(count))


def _set_columns(head: _Head) -> None:
    head.begin_line("a line of columns")
    width = head.number()
    if width > head.width_dots:
        raise UnreadableBytes(f"a line of {width} columns does not fit {head.width_dots} dots of head")
    columns = [int.from_bytes(head.take(COLUMN_BYTES)) for _ in range(width)]
    head.strip = tuple(
        sum((column >> COLUMN_ROWS - 1 - row & 1) << head.width_dots - 1 - at for at, column in enumerate(columns))
        for row in range(COLUMN_ROWS)
    )


def _set_letter(head: _Head) -> None:
    if head.strip:
        raise UnreadableBytes(f"a letter stands in a line of columns at byte {head.at}")
    head.line.append(_Letter(chr(head.take(1)[0]), head.wide, head.high))
    if _length(head.line) > head.width_dots:
        raise UnreadableBytes(f"a line of text is wider than {head.width_dots} dots at byte {head.at}")


def _end_line(head: _Head) -> None:
    if head.strip:
        rows = [*head.strip, *[0] * (head.spacing - COLUMN_ROWS)]
        head.rows.extend(row.to_bytes(head.width_dots // 8) for row in rows)
        head.strip = ()
    else:
        _end_words(head)


def _end_words(head: _Head) -> None:
    tallest = max((letter.high * CELL_HEIGHT for letter in head.line), default=0)
    left = (head.width_dots - _length(head.line)) // 2 if head.middle else 0
    rows = [0] * max(tallest, head.spacing)
    for letter in head.line:
        for row, ink in enumerate(_grown(head.cell(letter.character), letter), tallest - letter.high * CELL_HEIGHT):
            rows[row] |= ink << head.width_dots - left - letter.wide * CELL_WIDTH
        left += letter.wide * CELL_WIDTH
    head.rows.extend(row.to_bytes(head.width_dots // 8) for row in rows)
    head.words.append("".join(letter.character for letter in head.line))
    head.line = []


def _set_print_mode(head: _Head) -> None:
    mode = head.take(1)[0]
    head.wide, head.high = 1 + (mode >> 5 & 1), 1 + (mode >> 4 & 1)


def _set_size(head: _Head) -> None:
    size = head.take(1)[0]
    head.wide, head.high = 1 + (size >> 4 & 7), 1 + (size & 7)


def _set_side(head: _Head) -> None:
    head.begin_line("a change of side")
    head.middle = head.take(1) == b"\x01"


def _set_spacing(head: _Head) -> None:
    head.spacing = head.take(1)[0]


def _reset_spacing(head: _Head) -> None:
    head.spacing = LINE_ROWS


def _cut(head: _Head) -> None:
    head.begin_line("the cut")
    head.tear()


def _ignore(_head: _Head) -> None:
    """Pass over a question, whose answer is the wire's part, and over what happens to a slip that is cut."""


def _length(line: list[_Letter]) -> int:
    return sum(letter.wide * CELL_WIDTH for letter in line)


def _grown(rows: tuple[int, ...], letter: _Letter) -> list[int]:
    return [_widened(row, letter.wide) for row in rows for _ in range(letter.high)]


@functools.lru_cache(maxsize=1024)
def _widened(row: int, times: int) -> int:
    return int("".join(bit * times for bit in f"{row:0{CELL_WIDTH}b}"), 2)


_COMMANDS: dict[bytes, Callable[[_Head], None]] = {
    b"\n": _end_line,
    b"\x1b@": _initialise,
    b"\x1b!": _set_print_mode,
    b"\x1ba": _set_side,
    b"\x1d!": _set_size,
    b"\x1b3": _set_spacing,
    b"\x1b2": _reset_spacing,
    COLUMNS: _set_columns,
    b"\x1dv0\x00": _print_raster,
    b"\x1dr\x01": _ignore,
    **dict.fromkeys((cutter.command for cutter in CUTTERS.values()), _cut),
    **dict.fromkeys(PRESENTERS.values(), _ignore),
}
