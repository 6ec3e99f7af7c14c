"""Owns how dots and words are said in ESC/POS: bands of GS v 0, or lines of ESC *; lines of text mode; feed and cut.

Pure. GS v 0 is obsolete in Epson's reference and yet the one raster command that nearly every clone has; a `Dialect`
says which printers need ESC * instead. The bytes come in chunks, each a whole command or more.

Blank rows are fed as rasters one byte wide and not by ESC J. ESC J counts in vertical motion units: half a row on Epson
(1/360 and 1/406 inch) and on the Metapace T-3 (1/360), a whole row on the Citizen PD-24 (1/203) and on most clones.
GS P would settle it, and is printed as rubbish where it is missing. A wrong guess halves every gap and the quiet zone
of the code; being right everywhere costs 200 to 300 bytes of a slip of 22 KB.

Bands begin at the left edge. A left margin (GS L) would save up to 5 % of the bytes, and clones that ignore it, or take
it for the next line only, shear the picture.
"""

import itertools
from collections.abc import Iterable, Iterator

from printer_drivers.bitmap import Bitmap
from printer_drivers.column_text import Words
from printer_drivers.dialect import CUTTERS, DEFAULT_CUTTER, MOST_BAND_ROWS, Dialect, safe_rows
from printer_drivers.paper import Paper

INITIALISE = b"\x1b@"
RASTER = b"\x1dv0\x00"
CUT = CUTTERS[DEFAULT_CUTTER].command

# 24 dots high, as many to the inch both ways as the head has.
COLUMNS = b"\x1b*\x21"
COLUMN_ROWS = 24
COLUMN_BYTES = COLUMN_ROWS // 8
# A line spacing of 24 units is 24 rows where a unit is a row. Where it is half a row (Epson), the height of the picture
# is larger and counts: a line feed never moves the paper less than what stands in the line.
TIGHT_LINES, USUAL_LINES = b"\x1b3\x18", b"\x1b2"

LINE_FEED = b"\n"
# ESC ! knows letters of once and twice the size and is as old as ESC/POS; GS ! knows up to eight times.
PRINT_MODE = b"\x1b!"
TWICE_HIGH, TWICE_WIDE = 0x10, 0x20
CHARACTER_SIZE = b"\x1d!"
TO_THE_MIDDLE, TO_THE_LEFT = b"\x1ba\x01", b"\x1ba\x00"
# A line of text feeds 1/6 inch after ESC @: 30 rows on clones and at 180 dpi, 34 on others.
LINE_ROWS = 30

# A shorter blank gap costs more in a band header and a stop of the paper than its few zero bytes.
LEAST_BLANK_ROWS = 4
# DLE EOT, DLE ENQ and DLE DC4: printers act on these bytes even inside a raster (Epson and HPRT manuals) and may
# answer, drop their buffer or open a drawer. One dot more, beside a black one, breaks the pattern.
REAL_TIME = ((b"\x10\x04", b"\x10\x06"), (b"\x10\x05", b"\x10\x07"), (b"\x10\x14", b"\x10\x16"))


def encode(bitmap: Bitmap, paper: Paper) -> tuple[bytes, ...]:
    """Return the job that prints the picture, feeds the paper's tail and cuts; each chunk is a whole command or more.

    Raises `ValueError` when the picture is wider than the paper.
    """
    if bitmap.width_dots > paper.width_dots:
        raise ValueError(f"a picture of {bitmap.width_dots} dots does not fit paper of {paper.width_dots}")
    tail = Bitmap(8, paper.end_dots, bytes(paper.end_dots))
    return (INITIALISE, *_draw(bitmap, paper.dialect), *_draw(tail, paper.dialect), *_end(paper))


def encode_rows(rows: Iterable[Words | Bitmap], paper: Paper) -> tuple[bytes, ...]:
    """Return the job that prints words in the printer's own letters and pictures between them, as `encode` does."""
    return (INITIALISE, *(encode_row(row, paper.dialect) for row in rows), _feed_lines(paper), *_end(paper))


def encode_row(row: Words | Bitmap, dialect: Dialect) -> bytes:
    """Return one line of letters, or one picture, as it stands within a job."""
    return _line(row) if isinstance(row, Words) else b"".join(_draw(row, dialect))


def cut_off(paper: Paper) -> bytes:
    """Return what cuts off whatever was printed before, nothing where nothing cuts."""
    if paper.dialect.cutter is None:
        return b""
    feed = b"" if CUTTERS[paper.dialect.cutter].feeds else _feed_lines(paper)
    return feed + paper.dialect.end()


def _feed_lines(paper: Paper) -> bytes:
    return LINE_FEED * -(-paper.end_dots // LINE_ROWS)


def _end(paper: Paper) -> Iterator[bytes]:
    if end := paper.dialect.end():
        yield end


def _draw(picture: Bitmap, dialect: Dialect) -> Iterator[bytes]:
    if dialect.image == "column":
        return _columns(picture)
    return _bands(picture.rows(), dialect.band_rows)


def _line(words: Words) -> bytes:
    line = words.text.encode("ascii")
    if max(words.wide, words.high) > 2:  # noqa: PLR2004 - beyond twice, see PRINT_MODE
        size = CHARACTER_SIZE + bytes([(words.wide - 1) << 4 | (words.high - 1)])
        line = size + line + LINE_FEED + CHARACTER_SIZE + b"\x00"
    elif words.wide > 1 or words.high > 1:
        mode = (words.wide > 1) * TWICE_WIDE | (words.high > 1) * TWICE_HIGH
        line = PRINT_MODE + bytes([mode]) + line + LINE_FEED + PRINT_MODE + b"\x00"
    else:
        line += LINE_FEED
    return TO_THE_MIDDLE + line + TO_THE_LEFT if words.side == "middle" else line


def _bands(rows: list[bytes], most: int) -> Iterator[bytes]:
    for blank, count, start in _stretches(rows):
        if blank:
            yield from (_raster(1, height, bytes(height)) for _, height in _parts(count, MOST_BAND_ROWS))
        else:
            yield from (_band(rows[start + top : start + top + height]) for top, height in _parts(count, most))


def _parts(rows: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield (first row, rows) of each raster of a stretch."""
    top = 0
    while top < rows:
        height = safe_rows(min(rows - top, most))
        yield top, height
        top += height


def _columns(picture: Bitmap) -> Iterator[bytes]:
    """Encode lines of 24 dots, filled up with white; without the white columns at their right."""
    if picture.height:
        yield TIGHT_LINES
        rows = [int.from_bytes(row) for row in picture.rows()]
        for top in range(0, len(rows), COLUMN_ROWS):
            yield _column_line(rows[top : top + COLUMN_ROWS], picture.width_dots)
        yield USUAL_LINES


def _column_line(rows: list[int], width: int) -> bytes:
    """Turn up to 24 rows on their side: three bytes a column, the topmost dot the highest bit of the first."""
    columns = [0] * width
    for place, row in enumerate(rows):
        bits = f"{row:0{width}b}"
        at = bits.find("1")
        while at >= 0:
            columns[at] |= 1 << COLUMN_ROWS - 1 - place
            at = bits.find("1", at + 1)
    inked = max((at for at, column in enumerate(columns) if column), default=0) + 1
    data = b"".join(column.to_bytes(COLUMN_BYTES) for column in columns[:inked])
    return COLUMNS + inked.to_bytes(2, "little") + _harmless(data) + LINE_FEED


def _stretches(rows: list[bytes]) -> Iterator[tuple[bool, int, int]]:
    """Yield (is blank, rows, first row) of each stretch; blank gaps below the least count as ink."""
    runs = _merge([(not any(row), 1) for row in rows], 1)
    start = 0
    for blank, count in _merge(runs, LEAST_BLANK_ROWS):
        yield blank, count, start
        start += count


def _merge(runs: list[tuple[bool, int]], least: int) -> list[tuple[bool, int]]:
    """Join neighbouring runs of the same kind, taking a blank run below `least` rows for ink."""

    def is_blank(run: tuple[bool, int]) -> bool:
        return run[0] and run[1] >= least

    return [(blank, sum(count for _, count in group)) for blank, group in itertools.groupby(runs, is_blank)]


def _band(rows: list[bytes]) -> bytes:
    """Encode inked rows without the white bytes at their right."""
    width = max(1, *(len(row.rstrip(b"\x00")) for row in rows))
    return _raster(width, len(rows), b"".join(row[:width] for row in rows))


def _raster(width_bytes: int, rows: int, data: bytes) -> bytes:
    return RASTER + width_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + _harmless(data)


def _harmless(data: bytes) -> bytes:
    for pattern, harmless in REAL_TIME:
        data = data.replace(pattern, harmless)
    return data
