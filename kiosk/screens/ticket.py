"""The page of a ticket: the number as large as it goes, and what became of the paper."""

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets
from kiosk.screens.look import CAPITAL, FILLED, NUMBER, scale
from kiosk.views import Number

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

TONES = {"waiting": ("secondary", "paper"), "ready": ("good", "paper"), "trouble": ("on_notice", "notice")}
"""Colour of the words about the paper, and of the ground behind them. Only trouble stands on a panel: what stands on a
coloured one is touched as a button is."""


class TicketScreen(Screen):
    """Shows a `Number`; `on_home` says that somebody wants to leave, `on_wrong_choice` that the choice was wrong."""

    heading = StringProperty("")
    service = StringProperty("")
    number = StringProperty("")
    number_size = NumericProperty(NUMBER[0])
    priority = StringProperty("")
    facts = StringProperty("")
    warning = StringProperty("")
    paper = StringProperty("")
    paper_icon = StringProperty("")
    ink = ColorProperty(look.COLOURS["on_quiet"])
    fill = ColorProperty(look.COLOURS["quiet"])
    calm = BooleanProperty(True)
    advice = StringProperty("")
    home_words = StringProperty("")
    wrong_choice_words = StringProperty("")
    fraction = NumericProperty(-1.0)

    __events__ = ("on_home", "on_wrong_choice")

    def on_kv_post(self, _: Any) -> None:
        """Fit the number whenever it or the room for it changes."""
        self.bind(number=self._fit)
        self.ids.number.bind(size=self._fit)

    def on_home(self) -> None:
        """Say that somebody wants to leave."""

    def on_wrong_choice(self) -> None:
        """Say that the choice was a mistake."""

    def show(self, number: Number) -> None:
        """Show this ticket."""
        self.heading, self.service = number.heading, number.service
        self.number, self.priority = number.number, number.priority
        self.facts, self.warning = "\n".join(number.facts), number.warning
        self.paper, self.paper_icon = number.paper, look.icon(number.paper_icon)
        self.ink, self.fill = (look.COLOURS[name] for name in TONES[number.paper_tone])
        self.advice, self.home_words, self.wrong_choice_words = number.advice, number.home, number.wrong_choice
        self.calm = number.paper_tone != "trouble"

    def _fit(self, *_: Any) -> None:
        room = self.ids.number.height * FILLED
        high = [size for size in NUMBER if size * CAPITAL * scale.unit <= room] or NUMBER[-1:]
        self.number_size = look.fit(self.number, "ExtraBold", self.width * 0.94, [(size, 1) for size in high])
