"""The page of services: one large button each, all of them on the screen at once."""

import math
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen
from kivy.utils import escape_markup

from kiosk.screens import look
from kiosk.screens.look import LINE, SMALL, TEXT, scale
from kiosk.screens.parts import Press
from kiosk.views import Card, Choice, Closed

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

TALLEST_CARD = 290
"""Units of height: a card that is taller looks empty."""

HEAD = 48
"""Units of height of the coloured line on top of a card, with letter, icon and how many wait."""

HEAD_SIGNS = 150
"""Units of width that letter and icon take there, with the margins of the line."""

CARD_MARGIN = 2
"""Units above and below the words of a card that is full."""

CARD_SIDES = 40
"""Units of width that the words of a card leave free at its sides."""

WARNING_ICON = 42
"""Units of width that the icon before a warning takes."""

MOST_NAME_LINES = 2
"""Of a name at the normal size; a longer name is written smaller."""

COLUMNS = {True: (2, 3, 4), False: (1, 2, 3)}
"""Columns to try, by whether the window is wider than high: few wide buttons are read more easily than many small."""

_NOT_CLOSED = Closed(title="", time="", text="")


class ServiceCard(Press):
    """Shows a `Card`."""

    service = StringProperty("")
    prefix = StringProperty("")
    icon = StringProperty("")
    hue = ColorProperty(look.hue(0))
    name = StringProperty("")
    name_shown = StringProperty("")
    name_size = NumericProperty(TEXT)
    hint = StringProperty("")
    hint_shown = StringProperty("")
    status = StringProperty("")
    detail = StringProperty("")
    status_shown = StringProperty("")
    detail_shown = StringProperty("")
    warning = StringProperty("")
    warning_shown = StringProperty("")
    available = BooleanProperty(True)

    def on_kv_post(self, _: Any) -> None:
        """Fit the words again, before the next frame, whenever they or the room for them change."""
        fit = Clock.create_trigger(self._fit, -1)
        self.bind(size=fit, name=fit, hint=fit, status=fit, detail=fit, warning=fit)

    def show(self, card: Card) -> None:
        """Show this service."""
        self.service, self.prefix = card.service, card.badge.prefix
        self.icon, self.hue = look.icon(card.badge.icon), look.hue(card.badge.hue)
        self.name, self.hint = card.name, card.hint
        self.status, self.detail, self.warning = card.status, card.detail, card.warning
        self.available = card.open

    def holds_all(self, width: float, height: float) -> bool:
        """Say whether name, everyday words and state fit a card of this size in pixels, each on its own lines."""
        if look.width_of(self.status, "SemiBold", SMALL) > width - HEAD_SIGNS * scale.unit:
            return False
        room = min(height / scale.unit, TALLEST_CARD) - HEAD - 2 * CARD_MARGIN
        names = min(high for _, high in self._names(width))
        return names + _height(self.hint, SMALL, "Regular", width - CARD_SIDES * scale.unit) <= room

    def _fit(self, _: float) -> None:
        """Choose sizes, and what else there is room for: name and everyday words are never left out."""
        inner = self.width - CARD_SIDES * scale.unit
        room = self.height / scale.unit - HEAD - 2 * CARD_MARGIN
        hint = _height(self.hint, SMALL, "Regular", inner)
        sizes = self._names(self.width)
        self.name_size, name = next((each for each in sizes if each[1] + hint <= room), sizes[-1])
        self.name_shown, self.hint_shown = escape_markup(self.name), self.hint
        if name + hint > room:  # in one paragraph: what is left of the name's last line is not lost
            self.name_shown = f"{escape_markup(self.name)} [font=Regular]· {escape_markup(self.hint)}[/font]"
            self.hint_shown = ""
        self._fit_the_rest(inner, room - name - hint)

    def _fit_the_rest(self, inner: float, left: float) -> None:
        """Show how long it may take beside how many wait, else below; and a warning, where there is room."""
        joined = f"{self.status} · {self.detail}" if self.detail else self.status
        fits_above = look.width_of(joined, "SemiBold", SMALL) <= self.width - HEAD_SIGNS * scale.unit
        self.status_shown = joined if fits_above else self.status
        warning = _height(self.warning, SMALL, "SemiBold", inner - WARNING_ICON * scale.unit)
        self.warning_shown = self.warning if warning <= left else ""
        below = "" if fits_above else self.detail
        needed = _height(below, SMALL, "SemiBold", inner)
        self.detail_shown = below if needed <= left - (warning if self.warning_shown else 0.0) else ""

    def _names(self, width: float) -> list[tuple[int, float]]:
        """Return the sizes of the name to try, with the units of height it takes, the best first."""
        inner = width - CARD_SIDES * scale.unit
        sizes = [(size, _height(self.name, size, "Bold", inner)) for size in (TEXT, SMALL)]
        return [each for each in sizes if each[0] == SMALL or each[1] <= MOST_NAME_LINES * TEXT * LINE]


def _height(text: str, size: int, font: str, width: float) -> float:
    """Return how many units of height a text takes in a width in pixels."""
    return look.lines_of(text, font, size, width) * size * LINE if text else 0.0


class ServicesScreen(Screen):
    """Shows a `Choice`; its event `on_choice` says which service was tapped."""

    question = StringProperty("")
    trouble = StringProperty("")
    trouble_icon = StringProperty("")
    closed_title = StringProperty("")
    closed_time = StringProperty("")
    closed_text = StringProperty("")

    __events__ = ("on_choice",)

    def on_kv_post(self, _: Any) -> None:
        """Arrange the cards anew whenever there is more or less room."""
        self._words: list[tuple[str, str]] = []
        self.ids.area.bind(size=self._arrange)

    def on_choice(self, service: str) -> None:
        """Say which service was tapped."""

    def show(self, choice: Choice) -> None:
        """Show these services; buttons are made only when there are more of them than ever."""
        self.question = choice.question
        icon, self.trouble = choice.trouble or ("", "")
        self.trouble_icon = icon and look.icon(icon)
        closed = choice.closed or _NOT_CLOSED
        self.closed_title, self.closed_time, self.closed_text = closed.title, closed.time, closed.text
        for widget, card in zip(self._cards(len(choice.cards)), choice.cards, strict=True):
            widget.show(card)
        words = [(card.name, card.hint) for card in choice.cards]
        if words != self._words:
            self._words = words
            self._arrange()

    def _cards(self, count: int) -> list[ServiceCard]:
        grid = self.ids.grid
        if len(grid.children) != count:
            while len(grid.children) > count:
                grid.remove_widget(grid.children[0])
            while len(grid.children) < count:
                grid.add_widget(self._make_card())
        return list(reversed(grid.children))

    def _make_card(self) -> ServiceCard:
        card = ServiceCard()
        card.bind(on_press=lambda pressed: self.dispatch("on_choice", pressed.service))
        return card

    def _arrange(self, *_: Any) -> None:
        """Take as few columns as hold everything; where none does, those in which the fewest cards lack room."""
        grid, choices = self.ids.grid, COLUMNS[scale.landscape]
        lacking = {columns: self._lacking(columns) for columns in choices}
        grid.cols = min(choices, key=lambda columns: (lacking[columns], columns))
        grid.row_default_height = min(self._card_size(grid.cols)[1], TALLEST_CARD * scale.unit)

    def _lacking(self, columns: int) -> int:
        width, height = self._card_size(columns)
        return sum(not card.holds_all(width, height) for card in self.ids.grid.children)

    def _card_size(self, columns: int) -> tuple[float, float]:
        """Return width and height of a card, in pixels, when the cards fill the area in so many columns."""
        grid, area = self.ids.grid, self.ids.area
        rows = max(1, math.ceil(len(grid.children) / columns))
        width = (area.width - grid.spacing[0] * (columns - 1)) / columns
        return width, (area.height - grid.spacing[1] * (rows - 1)) / rows
