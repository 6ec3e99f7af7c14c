"""Owns how dots and words are said in ESC/POS: bands of GS v 0, trimmed; lines of text mode; the feed and the cut.

Pure. GS v 0 is obsolete in Epson's reference and yet the one raster command that nearly every clone has. The bytes
come in chunks, so that whoever sends them can look at the printer between two.

Blank rows are fed as rasters one byte wide and not by ESC J. ESC J counts in vertical motion units: half a row on Epson
(1/360 and 1/406 inch) and on the Metapace T-3 (1/360), a whole row on the Citizen PD-24 (1/203) and on most clones.
GS P would settle it, and is printed as rubbish where it is missing. A wrong guess halves every gap and the quiet zone
of the code; being right everywhere costs 200 to 300 bytes of a slip of 22 KB.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator

from printer_drivers.bitmap import Bitmap
from printer_drivers.column_text import Words
from printer_drivers.paper import Paper

INITIALISE = b"\x1b@"
LEFT_MARGIN = b"\x1dL"
RASTER = b"\x1dv0\x00"
# Feeds to the cutter by itself, then leaves one point uncut so that the slip does not fall.
CUT = b"\x1dVB\x00"

LINE_FEED = b"\n"
# ESC ! knows letters of once and twice the size and is as old as ESC/POS; GS ! knows up to eight times.
PRINT_MODE = b"\x1b!"
TWICE_HIGH, TWICE_WIDE = 0x10, 0x20
CHARACTER_SIZE = b"\x1d!"
TO_THE_MIDDLE, TO_THE_LEFT = b"\x1ba\x01", b"\x1ba\x00"
# A line of text feeds 1/6 inch after ESC @: 30 rows on clones and at 180 dpi, 34 on others.
LINE_ROWS = 30

# 64 rows of 576 dots are 4.6 KB: below the 4 to 16 KB that cheap printers are said to hold.
BAND_ROWS = 64
# Some clones take no more than a byte's worth of rows in one raster.
FEED_ROWS = 255
# A shorter blank gap costs more in a band header and a stop of the paper than its few zero bytes.
LEAST_BLANK_ROWS = 4
# Bytes of setting a left margin and taking it back.
MARGIN_BYTES = 8
# DLE EOT, DLE ENQ and DLE DC4: printers act on these bytes even inside a raster (Epson and HPRT manuals) and may
# answer, drop their buffer or open a drawer. One dot more, beside a black one, breaks the pattern.
REAL_TIME = ((b"\x10\x04", b"\x10\x06"), (b"\x10\x05", b"\x10\x07"), (b"\x10\x14", b"\x10\x16"))


def encode(bitmap: Bitmap, paper: Paper) -> tuple[bytes, ...]:
    """Return the job that prints the picture, feeds the paper's tail and cuts; each chunk is a whole command or more.

    Raises `ValueError` when the picture is wider than the paper. Left margins count in dots, the default horizontal
    unit of the printers known.
    """
    if bitmap.width_dots > paper.width_dots:
        raise ValueError(f"a picture of {bitmap.width_dots} dots does not fit paper of {paper.width_dots}")
    tail = _feed(paper.end_dots)
    return (INITIALISE, *_bands(bitmap.rows()), *tail, *_cut(paper))


def encode_rows(rows: Iterable[Words | Bitmap], paper: Paper) -> tuple[bytes, ...]:
    """Return the job that prints words in the printer's own letters and pictures between them, as `encode` does."""
    tail = LINE_FEED * -(-paper.end_dots // LINE_ROWS)
    return (INITIALISE, *map(encode_row, rows), tail, *_cut(paper))


def encode_row(row: Words | Bitmap) -> bytes:
    """Return one line of letters, or one picture, as it stands within a job."""
    return _line(row) if isinstance(row, Words) else b"".join(_bands(row.rows()))


def _cut(paper: Paper) -> Iterator[bytes]:
    if paper.cuts:
        yield CUT


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


def _bands(rows: list[bytes]) -> Iterator[bytes]:
    for blank, count, start in _stretches(rows):
        if blank:
            yield from _feed(count)
        else:
            for top in range(start, start + count, BAND_ROWS):
                yield _band(rows[top : min(top + BAND_ROWS, start + count)])


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


def _feed(rows: int) -> Iterator[bytes]:
    """Feed blank rows, see the top of this file."""
    while rows > 0:
        count = min(rows, FEED_ROWS)
        yield _raster(1, count, bytes(count))
        rows -= count


def _band(rows: list[bytes]) -> bytes:
    """Encode inked rows without the white bytes at their right, and at their left where a margin pays."""
    ink = functools.reduce(lambda above, row: above | int.from_bytes(row), rows, 0).to_bytes(len(rows[0]))
    right = max(len(ink.rstrip(b"\x00")), 1)
    left = right - len(ink[:right].lstrip(b"\x00"))
    if left * len(rows) <= MARGIN_BYTES:
        left = 0
    raster = _raster(right - left, len(rows), b"".join(row[left:right] for row in rows))
    return _margin(left) + raster + _margin(0) if left else raster


def _raster(width_bytes: int, rows: int, data: bytes) -> bytes:
    for pattern, harmless in REAL_TIME:
        data = data.replace(pattern, harmless)
    return RASTER + width_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data


def _margin(width_bytes: int) -> bytes:
    return LEFT_MARGIN + (width_bytes * 8).to_bytes(2, "little")
