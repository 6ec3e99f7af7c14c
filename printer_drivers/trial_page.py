"""Owns the page that shows what a printer can do in each form: its width, its letters, its code and its cut.

Pure. It takes no ticket number and says no words, only numerals and letters, so it needs no language.
"""

import unicodedata
from collections.abc import Iterator

from printer_drivers.column_text import LARGEST, Words, enlarge, say
from printer_drivers.layout import QUIET_MODULES, Bar, Code, Layout, Piece, Text
from printer_drivers.paper import Paper
from printer_drivers.plain_form import NUMBER_TIMES
from printer_drivers.slow_form import LINE, lay_out_strips
from printer_drivers.wrapping import Ruler, wrap

MARGIN_MM = 2.0
TICK_MM = 1.5
LONG_TICK_MM = 3.0
LETTER_MM = 3.5
PITCH_MM = 5.0
TICK_DOTS = 2
MODULE_DOTS = 5

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def vietnamese_letters() -> str:
    """Return the 134 letters that Vietnamese adds to ASCII, small and capital, in NFC."""
    small = [unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES]
    letters = [letter for letter in [*small, "đ"] if not letter.isascii()]
    return "".join(letters) + "".join(letters).upper()


def lay_out_trial_page(paper: Paper, ruler: Ruler, content: str) -> Layout:
    """Place a millimetre ruler as wide as the paper, all Vietnamese letters, and a QR code of `content`."""
    pieces: list[Piece] = [*_scale(paper, ruler)]
    baseline = paper.dots(LONG_TICK_MM + LETTER_MM + PITCH_MM)
    size = paper.dots(LETTER_MM)
    for line in wrap(vietnamese_letters(), paper.width_dots, "Medium", size, ruler):
        baseline += paper.dots(PITCH_MM)
        pieces.append(Text(0, baseline, line, "Medium", size))
    top = baseline + paper.dots(MARGIN_MM) + QUIET_MODULES * MODULE_DOTS
    pieces.append(Code(0, top, MODULE_DOTS, content))
    side = ruler.modules(content) * MODULE_DOTS
    pieces.append(Text(side + QUIET_MODULES * MODULE_DOTS, top + side, str(paper.width_dots), "ExtraBold", size * 2))
    height = top + side + QUIET_MODULES * MODULE_DOTS
    return Layout(paper.width_dots, height, tuple(pieces))


def lay_out_slow_trial(paper: Paper, ruler: Ruler) -> tuple[Words | Layout, ...]:
    """Return the columns counted, all Vietnamese letters as strips, and the width in the largest letters."""
    letters = lay_out_strips(vietnamese_letters(), LINE, paper, ruler)
    return (*_count_columns(paper), *letters, *enlarge(str(paper.width_dots), paper.columns, LARGEST))


def lay_out_plain_trial(paper: Paper) -> tuple[Words, ...]:
    """Return the columns counted, the letters that are left of the Vietnamese ones, and the width in large letters."""
    letters = say(vietnamese_letters(), paper.columns)
    return (*_count_columns(paper), *letters, *enlarge(str(paper.width_dots), paper.columns, NUMBER_TIMES))


def _count_columns(paper: Paper) -> tuple[Words, ...]:
    """One digit a column, so that a missing or a wrapped column is seen."""
    return (Words("".join(str(column % 10) for column in range(1, paper.columns + 1))),)


def _scale(paper: Paper, ruler: Ruler) -> Iterator[Piece]:
    """Draw a tick each millimetre, a long one with its number each centimetre, and a bar from edge to edge."""
    yield Bar(0, 0, paper.width_dots, TICK_DOTS)
    size = paper.dots(LETTER_MM)
    millimetres = int(paper.width_dots / paper.dots_per_mm)
    for millimetre in range(millimetres + 1):
        left = min(paper.dots(millimetre), paper.width_dots - TICK_DOTS)
        whole = millimetre % 10 == 0
        yield Bar(left, 0, TICK_DOTS, paper.dots(LONG_TICK_MM if whole else TICK_MM))
        words = str(millimetre // 10)
        if whole and left + ruler.extent(words, "SemiBold", size).width <= paper.width_dots:
            yield Text(left, paper.dots(LONG_TICK_MM) + size, words, "SemiBold", size)
