"""The board as widgets: built once, every one a function of the picture. Where they stand is in the `.kv` beside.

`rebind=True` lets the `.kv` file say `root.row.number` of a value that is replaced as a whole.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import (
    AliasProperty,
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label

from display.screens import style
from display.view import LATEST_SHOWN, MISSED_SHOWN, ROWS_IN_COLUMN, Badge, CounterRow, LargeCall, Picture, SmallCall
from queue_protocol.ids import Revision

COLUMNS = ("first_column", "second_column")
"""The ids of the places for rows of counters."""

BADGES_SHOWN = 2
"""No link, no sound."""

_NOBODY = LargeCall(call=Revision(epoch=0, sequence=0), number="", counter="", caption="", marks="", inverted=False)
_NO_CALL = SmallCall(number="", counter="")
_NO_ROW = CounterRow(counter="", number="", occupied=False, calling=False)
_NO_BADGE = Badge(icon="", words="")


class Tinted(Label):
    """Letters drawn once in white and tinted: a Label draws them anew for each colour, 20 ms for the large number."""

    tint = ColorProperty("white")


class Scaled(BoxLayout):
    """A box that knows how many pixels stand for one pixel of the design."""

    unit = NumericProperty(1.0)


class CallPanel(Scaled):
    """The large place of a call."""

    large = ObjectProperty(_NOBODY, rebind=True)
    fit = NumericProperty(1.0)
    """How much of its size the number has room for."""


class LatestCall(Scaled):
    """One of the calls before."""

    call = ObjectProperty(_NO_CALL, rebind=True)


class CounterView(Scaled):
    """A counter and who is there."""

    row = ObjectProperty(_NO_ROW, rebind=True)
    narrow = BooleanProperty(False)
    """It shares the width with a second column."""


class MissedNumber(Scaled):
    """A number that was called and did not come."""

    number = StringProperty("")


class BadgeView(Scaled):
    """An icon with its word."""

    badge = ObjectProperty(_NO_BADGE, rebind=True)


class BoardScreen(FloatLayout):
    """The whole board. It depends on `picture` and the size of the window, and on nothing else."""

    picture = ObjectProperty(Picture(), rebind=True)
    unit = AliasProperty(lambda self: style.unit(*self.size), None, bind=["size"])

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._latest = list(self._fill(self.ids.latest, LatestCall, LATEST_SHOWN))
        self._columns = [list(self._fill(self.ids[name], CounterView, ROWS_IN_COLUMN)) for name in COLUMNS]
        self._missed = list(self._fill(self.ids.missed, MissedNumber, MISSED_SHOWN))
        self._badges = list(self._fill(self.ids.badges, BadgeView, BADGES_SHOWN))

    def on_picture(self, _screen: Any, picture: Picture) -> None:
        """Hand its part of the picture to each widget there are several of."""
        self.ids.panel.large = picture.large or _NOBODY
        _share("call", self._latest, picture.latest, _NO_CALL)
        for widgets, rows in zip(self._columns, chain(picture.columns, repeat(())), strict=False):
            _share("row", widgets, rows, _NO_ROW)
            _share("narrow", widgets, (), len(picture.columns) > 1)
        _share("number", self._missed, picture.missed, "")
        _share("badge", self._badges, picture.badges, _NO_BADGE)

    def _fill(self, container: Any, kind: type[Scaled], count: int) -> Iterator[Scaled]:
        for place in range(count):
            widget = kind(unit=self.unit)
            self.bind(unit=widget.setter("unit"))
            container.add_widget(widget, index=len(container.children) - place)
            yield widget


def _share(name: str, widgets: Sequence[Any], parts: Sequence[object], nothing: object) -> None:
    for widget, part in zip(widgets, chain(parts, repeat(nothing)), strict=False):
        setattr(widget, name, part)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
