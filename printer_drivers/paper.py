"""Owns the table of papers: how wide, how fine, whether it is cut, and which sizes of letters suit it.

Pure. A printer with another head is one more row of `PAPERS`; nothing else changes.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from printer_drivers.bitmap import Bitmap

Form = Literal["raster", "slow", "plain"]
"""How a slip is put on paper. `raster`: all of it as dots. `slow`: for a line of 9600 baud, what is ASCII in the
printer's own letters and the Vietnamese as strips of dots. `plain`: the printer's own letters alone, without accents,
for the day on which nothing else works."""

FORMS: tuple[Form, ...] = get_args(Form)

# Font A, the letters that every ESC/POS printer has, stands in cells of 12 by 24 dots.
CELL_WIDTH, CELL_HEIGHT = 12, 24
# Where a bar tears the paper off, it sits about 10 mm beyond the head.
TEAR_MM = 10.0
# White left between the last row and the cut, which sits right at the edge of the slip.
CUT_MM = 1.0


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

    `cuts` says whether something cuts the paper off; the cut command feeds to the cutter by itself. `tail_mm` is fed
    before the cut, `TEAR_MM` where there is none. `form` is how a slip is said to this printer. `logo`, made for this
    very paper by `raster.read_logo`, stands beside the center's name in the raster form.
    """

    width_dots: int
    dots_per_mm: float
    scales: tuple[Scale, ...]
    tail_mm: float = CUT_MM
    cuts: bool = True
    form: Form = "raster"
    logo: Bitmap | None = None

    def dots(self, millimetres: float) -> int:
        """Return the nearest number of dots to this length."""
        return round(millimetres * self.dots_per_mm)

    @property
    def end_dots(self) -> int:
        """Blank rows after the slip: to the cut, or up to the tear bar where nothing cuts."""
        return self.dots(self.tail_mm if self.cuts else TEAR_MM)

    @property
    def columns(self) -> int:
        """Letters of font A in one line of text mode."""
        return self.width_dots // CELL_WIDTH


# Heads of 203 dpi have 8 dots per mm. 58 mm printers print 48 mm and mostly lack a cutter. 80 mm printers print 72 mm:
# 576 dots, or 512 on the older Epson TM-T88 with 180 dpi. Kiosk modules print all 80 mm.
PAPERS = {
    384: Paper(384, 8.0, _NARROW, cuts=False),
    512: Paper(512, 180 / 25.4, _WIDE),
    576: Paper(576, 8.0, _WIDE),
    640: Paper(640, 8.0, _WIDE),
}
