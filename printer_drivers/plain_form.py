"""Owns the emergency form of a slip: the printer's own letters alone, without accents, code or logo.

Pure. Any printer that prints at all prints this, and it is under half a kilobyte: what to switch to by configuration
when the dots come out as rubbish or not at all.
"""

from collections.abc import Iterator

from printer_drivers.column_text import Words, enlarge, say
from printer_drivers.paper import Paper
from printer_drivers.slip import Slip

# ESC ! doubles on every printer ever made for ESC/POS; larger letters need the younger GS !.
NUMBER_TIMES = 2
RULE = "-"
EMPTY = Words("")


def lay_out_plain(slip: Slip, paper: Paper) -> tuple[Words, ...]:
    """Return the lines of the slip, top to bottom; words too long for a line go on in the next."""
    return tuple(_lines(slip, paper.columns))


def frame(mark: str) -> str:
    """Return a mark that stands out without dots."""
    return f"*** {mark} ***"


def _lines(slip: Slip, columns: int) -> Iterator[Words]:
    rule = Words(RULE * columns)
    yield from say(slip.center, columns)
    yield rule
    yield from say(slip.service, columns)
    yield EMPTY
    yield from enlarge(slip.number, columns, NUMBER_TIMES)
    yield EMPTY
    for mark in filter(None, (slip.priority_mark, slip.reprint_mark)):
        yield from say(frame(mark), columns)
    for line in slip.lines:
        yield from say(line, columns)
    yield rule
    yield from say(slip.time_line, columns)
    yield from say(slip.note, columns)
