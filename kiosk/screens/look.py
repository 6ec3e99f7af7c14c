"""Colours, letters and measures of the kiosk's screen, from the shared look. Everything scales with the window.

Layout files write sizes as `36 * scale.unit`: units of a screen whose shorter side has 1080.
"""

from collections.abc import Sequence

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.event import EventDispatcher
from kivy.properties import BooleanProperty, NumericProperty
from kivy.utils import get_color_from_hex

import assets

DESIGN_SIDE = 1080
"""Units of the window's shorter side; the sizes of `assets/look.toml` are pixels of such a screen."""

SMALL, TEXT, LARGE, TITLE, HUGE = assets.look()["sizes"]["kiosk"]

NUMBER = (2 * HUGE, HUGE * 15 // 8, HUGE * 3 // 2, HUGE)
"""A ticket's number fills the middle of the page: twice the largest size of text, less for a long one."""

CAPITAL = 0.74
"""Height of a digit or a capital without marks, in sizes of its letters."""

FILLED = 0.85
"""How much of its room's height a number may fill; the rest keeps it apart from the lines above and below."""

LINE = 1.35
"""Height of a line of text, in sizes of its letters, as the layout files draw it."""

COLOURS = {name: tuple(get_color_from_hex(code)) for name, code in assets.look()["colours"].items()}
HUES = tuple(tuple(get_color_from_hex(code)) for code in assets.look()["hues"]["order"])

Colour = tuple[float, ...]


class Scale(EventDispatcher):
    """How large a unit is now, in pixels, and whether the window is wider than high."""

    unit = NumericProperty(1.0)
    landscape = BooleanProperty(True)
    width_units = NumericProperty(1920.0)

    def follow(self, *_: object) -> None:
        """Take the measures of the window."""
        width, height = Window.size
        self.landscape = width >= height
        self.unit = min(width, height) / DESIGN_SIDE
        self.width_units = width / self.unit


scale = Scale()


def register() -> None:
    """Make the fonts known under the names of their weights, and follow the window's size."""
    for weight in ("Regular", "SemiBold", "Bold", "ExtraBold"):
        LabelBase.register(weight, str(assets.font(weight)))
    LabelBase.register("Icons", str(assets.icon_font()))
    Window.bind(size=scale.follow)
    Window.clearcolor = COLOURS["paper"]
    scale.follow()


def icon(name: str) -> str:
    """Return the character of this icon; an unknown one of a catalogue becomes a neutral sheet."""
    try:
        return assets.icon(name)
    except KeyError:
        return assets.icon("file_document")


def hue(place: int) -> Colour:
    """Return the hue at this place of the order, which repeats."""
    return HUES[place % len(HUES)]


def width_of(text: str, font: str, size: int) -> float:
    """Return how wide the text is on one line, in pixels."""
    width: float = CoreLabel(font_name=font, font_size=size * scale.unit).get_extents(text)[0]
    return width


def fit(text: str, font: str, width: float, choices: Sequence[tuple[int, int]]) -> int:
    """Return the first size, in units, in which the text needs no more lines than allowed in `width` pixels.

    `choices` are (size, most lines), the preferred first; the last stands when none fits.
    """
    for size, most_lines in choices:
        if lines_of(text, font, size, width) <= most_lines:
            return size
    return choices[-1][0]


def lines_of(text: str, font: str, size: int, width: float) -> int:
    """Return how many lines the text takes in this width, broken between words."""
    ruler = CoreLabel(font_name=font, font_size=size * scale.unit)
    lines, line = 1, ""
    for word in text.split(" "):  # a no-break space breaks no line
        longer = f"{line} {word}" if line else word
        if line and ruler.get_extents(longer)[0] > width:
            lines, line = lines + 1, word
        else:
            line = longer
    return lines + (ruler.get_extents(line)[0] > width)
