"""Widgets that several pages share: words, icons, panels, buttons, and the bar of the time left."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.screens.look import COLOURS

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Words(Label):
    """A text that wraps within its width and is as high as it needs; an empty one takes no room."""


class Icon(Label):
    """One icon, square."""


class Panel(BoxLayout):
    """A rounded surface."""

    fill = ColorProperty(COLOURS["card"])
    edge = ColorProperty(COLOURS["card"])


class Press(ButtonBehavior, BoxLayout):
    """A surface that acts when a finger comes down.

    Not when it is lifted: old hands slide off a button before they let go, and then nothing would happen.
    """

    fill = ColorProperty(COLOURS["quiet"])
    fill_down = ColorProperty(COLOURS["rule"])


class QuietButton(Press):
    """An action that nobody has to take, with an icon and a word."""

    icon = StringProperty("")
    words = StringProperty("")
    shown = BooleanProperty(True)
    """One that is not shown takes no room and no touch."""


class StrongButton(Press):
    """The one action of a page, with an icon and a word."""

    icon = StringProperty("")
    words = StringProperty("")
    shown = BooleanProperty(True)

    fill = ColorProperty(COLOURS["primary"])
    fill_down = ColorProperty(COLOURS["ink"])


class TimeLeft(Widget):
    """A bar that shrinks until the screen goes home; below 0 it is not drawn."""

    fraction = NumericProperty(-1.0)
