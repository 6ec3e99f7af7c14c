"""Owns the table of papers: how wide, how fine, and which sizes of letters suit it.

Pure. A printer with another head is one more row of `PAPERS`; nothing else changes.
"""

from dataclasses import dataclass


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

    `tail_mm` is fed after the slip and before the cut, so that a slip can be torn off where there is no cutter.
    """

    width_dots: int
    dots_per_mm: float
    scales: tuple[Scale, ...]
    tail_mm: float

    def dots(self, millimetres: float) -> int:
        """Return the nearest number of dots to this length."""
        return round(millimetres * self.dots_per_mm)


# Heads of 203 dpi have 8 dots per mm. 58 mm printers print 48 mm and mostly lack a cutter: their tear bar sits about
# 10 mm above the head. 80 mm printers print 72 mm, and their cut command feeds to the cutter by itself.
PAPERS = {
    384: Paper(384, 8.0, _NARROW, 10.0),
    576: Paper(576, 8.0, _WIDE, 1.0),
}
