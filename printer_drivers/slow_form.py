"""Owns the form of a slip for a slow line: what is said in the printer's own letters and what is drawn as strips.

Pure. At 9600 baud a drawn slip takes 16 to 35 s; this form takes 4 s on every width. The number and all that is ASCII
are text; Vietnamese lines are drawn, the most important first, as long as `MOST_BYTES` allow, and the rest is said
without its accents rather than left out.

There is no QR code. Drawn, the usual one takes 2.2 KB, more than half of all; GS ( k is short, but the cheap printers
that hang on slow lines print it as rubbish.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from printer_drivers.column_text import LARGEST, Words, enlarge, loses_nothing, say
from printer_drivers.layout import Bar, Layout, Text
from printer_drivers.paper import Paper
from printer_drivers.slip import Slip
from printer_drivers.wrapping import Leading, Ruler, Weight, even_width, lead, shrink, wrap

# 4 s at 9600 baud are 3,840 bytes; the rest is for the questions to the printer around the job.
MOST_BYTES = 3700
# ESC @, the feed at the end and the cut.
FRAME_BYTES = 10
RULE = "-"

Price = Callable[[Words | Layout], int]
"""Returns the bytes that one row of a job takes."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of line is drawn: from `size_mm` it shrinks to `least_mm` to fit one line, then it wraps.

    The lowest `rank` is drawn first. `light` is white on black. `high` is for its letters where it is not drawn.
    """

    rank: int
    weight: Weight
    size_mm: float
    least_mm: float
    light: bool = False
    high: int = 1


# What its holder must know comes first. The center's name is on the wall, too, and the note can be asked for.
SERVICE = Style(0, "Bold", 3.5, 3.0, high=2)
MARK = Style(1, "Bold", 3.0, 3.0, light=True, high=2)
LINE = Style(2, "SemiBold", 2.5, 2.5)
CENTER = Style(3, "SemiBold", 2.5, 2.5)
TIME = Style(4, "SemiBold", 2.5, 2.5)
NOTE = Style(5, "Medium", 2.5, 2.5)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the slip both ways, said and drawn; without strips it is only ever said."""

    letters: tuple[Words, ...]
    strips: tuple[Layout, ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True)
class _Page:
    paper: Paper
    ruler: Ruler


def lay_out_slow(slip: Slip, paper: Paper, ruler: Ruler, price: Price) -> tuple[Words | Layout, ...]:
    """Return the rows of the slip, top to bottom: lines of letters and strips of dots."""
    parts = tuple(_parts(slip, _Page(paper, ruler)))
    drawn = _choose(parts, price)
    return tuple(row for place, part in enumerate(parts) for row in (part.strips if place in drawn else part.letters))


def lay_out_strips(words: str, style: Style, paper: Paper, ruler: Ruler) -> tuple[Layout, ...]:
    """Return one layout a line; words wrap, and are never clipped."""
    edge = paper.dots(style.size_mm) // 2 if style.light else 0
    width = paper.width_dots - 2 * edge
    sizes = range(paper.dots(style.size_mm), paper.dots(style.least_mm) - 1, -1)
    size = shrink(words, width, style.weight, sizes, 1, ruler) or sizes[-1]
    lines = wrap(words, even_width(words, width, style.weight, size, ruler), style.weight, size, ruler)
    leading = lead(lines, style.weight, size, ruler)
    texts = (Text(edge, leading.first, line, style.weight, size, light=style.light) for line in lines)
    return tuple(_strip(text, leading, paper, ruler) for text in texts)


def _strip(text: Text, leading: Leading, paper: Paper, ruler: Ruler) -> Layout:
    """Return one line; a light one gets a bar just as long as it needs, because black costs as much as words."""
    width = ruler.extent(text.words, text.weight, text.size).width
    bar = (Bar(0, 0, width + 2 * text.left, leading.pitch),) if text.light else ()
    return Layout(paper.width_dots, leading.pitch, (*bar, text))


def _parts(slip: Slip, page: _Page) -> Iterator[_Part]:
    columns = page.paper.columns
    rule = _Part((Words(RULE * columns),))
    yield _paragraph(slip.center, CENTER, page)
    yield rule
    yield _paragraph(slip.service, SERVICE, page)
    yield _Part(enlarge(slip.number, columns, LARGEST))
    for mark in filter(None, (slip.priority_mark, slip.reprint_mark)):
        yield _paragraph(mark, MARK, page)
    for line in slip.lines:
        yield _paragraph(line, LINE, page)
    yield rule
    yield _paragraph(slip.time_line, TIME, page)
    yield _paragraph(slip.note, NOTE, page)


def _paragraph(words: str, style: Style, page: _Page) -> _Part:
    letters = say(words, page.paper.columns, style.high)
    if loses_nothing(words):
        return _Part(letters)
    return _Part(letters, lay_out_strips(words, style, page.paper, page.ruler), style.rank)


def _choose(parts: Sequence[_Part], price: Price) -> set[int]:
    """Return the places of the parts that are drawn: by rank, then from the top, each that still fits."""
    said = [sum(map(price, part.letters)) for part in parts]
    left = MOST_BYTES - FRAME_BYTES - sum(said)
    drawn: set[int] = set()
    for place in sorted(range(len(parts)), key=lambda place: parts[place].rank):
        dearer = sum(map(price, parts[place].strips)) - said[place]
        if parts[place].strips and dearer <= left:
            left -= dearer
            drawn.add(place)
    return drawn
