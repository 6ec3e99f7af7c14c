"""Owns the differences between printers in ESC/POS itself: how dots are sent, what cuts, what hands the slip out.

Pure. `models.toml` says which printer needs which; an address may say it too. The commands are those of Epson's
reference; GS e is that of Custom's kiosk printers and their likes.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Image = Literal["raster", "column"]
"""How dots are sent. `raster`: GS v 0. `column`: ESC * in lines of 24 dots, for printers that know only that."""

IMAGES: tuple[Image, ...] = get_args(Image)

# Where a bar tears the paper off, it sits about 10 mm beyond the head.
TEAR_MM = 10.0
# White left between the last row and the cut, which sits right at the edge of the slip.
CUT_MM = 1.0
# From the head to the knife: 11.9 mm on Custom's VKP80III, 14 to 15 mm on Epson's TM-T20 and T88. More paper is only
# paper; less cuts through the note line.
KNIFE_MM = 15.0

# 64 rows of 576 dots are 4.6 KB: below the 4 to 16 KB that cheap printers are said to hold.
BAND_ROWS = 64
# Some clones take no more than a byte's worth of rows in one raster.
MOST_BAND_ROWS = 255
# A POS-5890K loses its place after a raster whose height is a multiple of this; a row less costs nothing elsewhere.
UNSAFE_MULTIPLE = 48


@dataclass(frozen=True, slots=True)
class Cutter:
    """One way to cut: the command, and whether it feeds the slip to the knife by itself."""

    command: bytes
    feeds: bool

    @property
    def before_mm(self) -> float:
        """White to feed between the slip and this command."""
        return CUT_MM if self.feeds else KNIFE_MM


# GS V 65 and 66 feed to the knife; the others cut where the paper is. 0 and ESC i cut through on most printers, 1, 66
# and ESC m leave one point uncut, so that the slip does not fall.
CUTTERS = {
    "gsv0": Cutter(b"\x1dV\x00", feeds=False),
    "gsv1": Cutter(b"\x1dV\x01", feeds=False),
    "gsv65": Cutter(b"\x1dVA\x00", feeds=True),
    "gsv66": Cutter(b"\x1dVB\x00", feeds=True),
    "esci": Cutter(b"\x1bi", feeds=False),
    "escm": Cutter(b"\x1bm", feeds=False),
}
DEFAULT_CUTTER = "gsv66"

# A step is 6.5 mm; twelve show 78 mm of the slip, enough to grip. `eject` lets go of it altogether.
PRESENTERS = {"hold": b"\x1de\x03\x0c", "eject": b"\x1de\x05"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one printer wants to be told.

    `cutter` is a name of `CUTTERS`, `presenter` one of `PRESENTERS`; `None` where the printer has none. `band_rows` is
    the most rows of one raster. `pause_ms` is waited after each 4 KB, for printers that lose what comes too fast.
    """

    image: Image = "raster"
    cutter: str | None = DEFAULT_CUTTER
    presenter: str | None = None
    band_rows: int = BAND_ROWS
    pause_ms: int = 0

    def end(self) -> bytes:
        """Return what ends a job: the cut and the presenter, as far as there are any."""
        cut = CUTTERS[self.cutter].command if self.cutter else b""
        return cut + (PRESENTERS[self.presenter] if self.presenter else b"")

    @property
    def tail_mm(self) -> float:
        """White to feed after a slip: up to the cut, or up to the tear bar where nothing cuts."""
        return CUTTERS[self.cutter].before_mm if self.cutter else TEAR_MM


USUAL = Dialect()
"""What nearly every printer of 80 mm understands."""


def safe_rows(rows: int) -> int:
    """Return the height of one raster of at most so many rows, see `UNSAFE_MULTIPLE`."""
    return rows - 1 if rows and rows % UNSAFE_MULTIPLE == 0 else rows
