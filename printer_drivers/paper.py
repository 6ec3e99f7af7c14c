"""Owns what a printer prints on: how wide and how fine its dots are, and which sizes of letters suit that width.

Pure. What differs in the commands of printers is a `Dialect`; which printer has what stands in `models.toml`.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from printer_drivers.bitmap import Bitmap
from printer_drivers.dialect import USUAL, Dialect

Form = Literal["raster", "slow", "plain"]
"""How a slip is put on paper. `raster`: all of it as dots. `slow`: for a line of 9600 baud, what is ASCII in the
printer's own letters and the Vietnamese as strips of dots. `plain`: the printer's own letters alone, without accents,
for the day on which nothing else works."""

FORMS: tuple[Form, ...] = get_args(Form)

# Font A, the letters that every ESC/POS printer has, stands in cells of 12 by 24 dots.
CELL_WIDTH, CELL_HEIGHT = 12, 24
# The narrowest head in use is that of 58 mm paper at 180 dpi, the widest that of 112 mm paper at 203 dpi.
NARROWEST_DOTS, WIDEST_DOTS = 360, 832
DOTS_PER_BYTE = 8
FINE, COARSE = 8.0, 180 / 25.4
"""Dots per millimetre. Nearly every head has 8 (203 to the inch); Epson's TM-T81 and TM-T88 have 180 to the inch."""
_COARSE_WIDTHS = frozenset({360, 416, 504, 512})
# Below this a slip takes the letters of 58 mm paper.
WIDE_FROM_MM = 60.0


@dataclass(frozen=True, slots=True)
class Scale:
    """One set of letter sizes and gaps, in millimetres; a letter size is the height of its em box.

    `number_mm` is the height of the digits' own ink. `service_least_mm` is how far a long service name may shrink.
    `module_dots` is the width of one QR module in dots; readers of cheap phones need 4 or more (0.5 mm).
    """

    center_mm: float
    service_mm: float
    service_least_mm: float
    number_mm: float
    mark_mm: float
    line_mm: float
    small_mm: float
    note_mm: float
    gap_mm: float
    module_dots: int


# Largest first: a slip takes the first set that keeps it within 90 mm, and the last one when none does.
# No text goes under 2.5 mm (1.85 mm capitals, the size of a small newspaper print) and no number under 15 mm.
_WIDE = (
    Scale(3.0, 5.5, 3.5, 21.0, 4.25, 3.75, 3.25, 2.75, 2.0, 5),
    Scale(3.0, 5.0, 3.5, 18.5, 3.75, 3.5, 3.0, 2.75, 1.75, 5),
    Scale(2.75, 4.5, 3.25, 16.5, 3.5, 3.5, 3.0, 2.75, 1.375, 4),
    Scale(2.75, 4.0, 3.0, 15.1, 3.25, 3.25, 2.75, 2.5, 1.0, 4),
)
_NARROW = (
    Scale(2.75, 4.75, 3.0, 17.0, 3.75, 3.5, 3.0, 2.5, 1.75, 5),
    Scale(2.5, 4.25, 3.0, 16.0, 3.5, 3.25, 2.75, 2.5, 1.5, 4),
    Scale(2.5, 3.75, 2.75, 15.1, 3.0, 3.0, 2.5, 2.5, 0.875, 4),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a printer puts its dots on: printable width, dots per millimetre both ways, and the scales to try in order.

    `dialect` is how this printer wants to be told, `form` how much of a slip is drawn. `logo`, made for this very paper
    by `raster.read_logo`, stands beside the center's name in the raster form.
    """

    width_dots: int
    dots_per_mm: float
    scales: tuple[Scale, ...]
    dialect: Dialect = USUAL
    form: Form = "raster"
    logo: Bitmap | None = None

    def dots(self, millimetres: float) -> int:
        """Return the nearest number of dots to this length."""
        return round(millimetres * self.dots_per_mm)

    @property
    def cuts(self) -> bool:
        """Whether something cuts the paper off."""
        return self.dialect.cutter is not None

    @property
    def end_dots(self) -> int:
        """Blank rows after the slip: to the cut, or up to the tear bar where nothing cuts."""
        return self.dots(self.dialect.tail_mm)

    @property
    def columns(self) -> int:
        """Letters of font A in one line of text mode."""
        return self.width_dots // CELL_WIDTH


def make_paper(width_dots: int, dots_per_mm: float | None = None) -> Paper:
    """Return the paper of a head of this many dots; without `dots_per_mm`, as fine as heads of this width are.

    Raises `ValueError` for a width that is no whole number of bytes or beyond the heads in use. 58 mm printers mostly
    lack a cutter, so a narrow paper is not cut unless its dialect is replaced.
    """
    if width_dots % DOTS_PER_BYTE or not NARROWEST_DOTS <= width_dots <= WIDEST_DOTS:
        raise ValueError(f"{width_dots} dots are no multiple of 8 from {NARROWEST_DOTS} to {WIDEST_DOTS}")
    fineness = dots_per_mm or (COARSE if width_dots in _COARSE_WIDTHS else FINE)
    if width_dots < WIDE_FROM_MM * fineness:
        return Paper(width_dots, fineness, _NARROW, replace(USUAL, cutter=None))
    return Paper(width_dots, fineness, _WIDE)


# 58 mm printers print 48 mm. 80 mm printers print 72 mm: 576 dots, or 512 at 180 dpi. Kiosk modules print all 80 mm.
PAPERS = {width: make_paper(width) for width in (384, 512, 576, 640)}
"""The papers of nearly every hall."""
