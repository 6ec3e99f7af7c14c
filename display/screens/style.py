"""Letters, colours and sizes of the board for its `.kv` file; all of them come from the shared look."""

from kivy.core.text import LabelBase
from kivy.utils import get_color_from_hex

import assets

_SIZES = assets.look()["sizes"]["board"]

SMALL: int = _SIZES[0]
TEXT: int = _SIZES[1]
LARGE: int = _SIZES[2]
GREETING: int = _SIZES[3]

COUNTER = 160
"""The word beside a call. Its digits are 12 % of the screen's height: 6 cm on a 43 inch screen, read from 12 m."""

NUMBER_BY_LENGTH = ((4, 420), (5, 340), (6, 280))
"""The number is as large as the panel allows: four of the widest characters of ExtraBold are 3.04 em, five 3.75, six
4.5, and the panel has 1,280 px. At 420 px a digit is 14.5 cm high on a 43 inch screen and 11.6 cm on a 32 inch one;
the scale's 300 px would leave a third of the panel empty. Few fixed sizes: each new one stays in Kivy's glyph cache."""

NUMBER_LONGEST = 210
"""For two letters and six digits, the longest number there is."""

BESIDE_TWO_COLUMNS = 0.89
"""How much of `NUMBER_BY_LENGTH` has room beside two columns of counters, which leave the panel 1,148 px."""

DESIGN = (1920, 1080)
"""Pixels in which everything above is given."""

MISSED_COLUMNS = 4
"""Numbers side by side in the right third."""

ARROW = assets.icon("arrow_right_bold")
NO_LINK = assets.icon("wifi_off")

_WEIGHTS: tuple[assets.Weight, ...] = ("Regular", "SemiBold", "Bold", "ExtraBold")


def register_fonts() -> None:
    """Make the fonts known to Kivy under the names of their weights, and `icons`."""
    for weight in _WEIGHTS:
        LabelBase.register(name=weight, fn_regular=str(assets.font(weight)))
    LabelBase.register(name="icons", fn_regular=str(assets.icon_font()))


def colour(name: str, alpha: float = 1.0) -> list[float]:
    """Return a colour of the look as Kivy wants it: four parts from 0 to 1."""
    red, green, blue, _ = get_color_from_hex(assets.look()["colours"][name])
    return [red, green, blue, alpha]


def icon(name: str) -> str:
    """Return the character of an icon; empty for no name."""
    return assets.icon(name) if name else ""


def number_size(number: str) -> int:
    """Return how large this number may be on the panel."""
    return next((size for length, size in NUMBER_BY_LENGTH if len(number) <= length), NUMBER_LONGEST)


def in_two_lines(sentence: str) -> str:
    """Return a sentence broken after its last comma: who is called, then where to."""
    who, comma, where = sentence.rpartition(", ")
    return f"{who},\n{where}" if comma else sentence


def lines_of_missed(count: int) -> int:
    """Return how many lines this many missed numbers take."""
    return -(-count // MISSED_COLUMNS)


def unit(width: float, height: float) -> float:
    """Return how many pixels of a window of this size stand for one pixel of the design."""
    return min(width / DESIGN[0], height / DESIGN[1])
