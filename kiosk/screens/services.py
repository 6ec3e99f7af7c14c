"""The page of services: one large button each, all of them on the screen at once."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens.look import LINE, SMALL, TEXT, scale
from kiosk.screens.parts import Press
from kiosk.views import Card, Choice, Closed

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

LEAST_CARD, TALLEST_CARD = 120, 236
"""Units of height: two small lines and the line of status at the least, which is twice what a finger needs; taller than
the most looks empty."""

CARD_MARGIN = 4
"""Units above and below the words of a card that is full."""

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
    name_size = NumericProperty(TEXT)
    hint = StringProperty("")
    hint_shown = StringProperty("")
    status = StringProperty("")
    detail = StringProperty("")
    status_shown = StringProperty("")
    warning = StringProperty("")
    warning_shown = StringProperty("")
    available = BooleanProperty(True)

    def on_kv_post(self, _: Any) -> None:
        """Fit the words again, before the next frame, whenever they or the room for them change."""
        fit = Clock.create_trigger(self._fit, -1)
        self.bind(size=fit, name=fit, hint=fit, status=fit, detail=fit, warning=fit)
        self.ids.text.bind(width=fit)

    def show(self, card: Card) -> None:
        """Show this service."""
        self.service, self.prefix = card.service, card.badge.prefix
        self.icon, self.hue = look.icon(card.badge.icon), look.hue(card.badge.hue)
        self.name, self.hint = card.name, card.hint
        self.status, self.detail, self.warning = card.status, card.detail, card.warning
        self.available = card.open

    def _fit(self, _: float) -> None:
        """Choose the size of the name and what else there is room for: the name is never cut, the rest may go."""
        room = self.height / scale.unit - 2 * CARD_MARGIN
        choices = list(self._choices())
        self.status_shown, self.warning_shown, self.name_size, height = next(
            (chosen for chosen in choices if chosen[3] <= room), choices[-1]
        )
        fits = height + self._height(self.hint, SMALL, "Regular") <= room
        self.hint_shown = self.hint if fits else ""

    def _choices(self) -> Iterator[tuple[str, str, int, float]]:
        """Yield status, warning, size of the name and the height of all three, in units, the best first."""
        joined = f"{self.status} · {self.detail}" if self.detail else self.status
        one_line = self._height(joined, SMALL, "SemiBold") == SMALL * LINE
        statuses = [joined] if one_line or not self.detail else [f"{self.status}\n{self.detail}", self.status]
        names = [(size, self._height(self.name, size, "Bold")) for size in (TEXT, SMALL)]
        fitting = [(size, height) for size, height in names if size == SMALL or height <= MOST_NAME_LINES * size * LINE]
        warning_height = self._height(self.warning, SMALL, "SemiBold", WARNING_ICON)
        below = [(status, self.warning, warning_height) for status in [*statuses, ""]]
        for status, warning, height in [*below, (self.status, "", 0.0), ("", "", 0.0)]:
            status_height = sum(self._height(line, SMALL, "SemiBold") for line in status.splitlines())
            yield from ((status, warning, size, name + status_height + height) for size, name in fitting)

    def _height(self, text: str, size: int, font: str, indent: float = 0) -> float:
        width = self.ids.text.width - indent * scale.unit
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

    def _cards(self, count: int) -> list[ServiceCard]:
        grid = self.ids.grid
        if len(grid.children) != count:
            while len(grid.children) > count:
                grid.remove_widget(grid.children[0])
            while len(grid.children) < count:
                grid.add_widget(self._make_card())
            self._arrange()
        return list(reversed(grid.children))

    def _make_card(self) -> ServiceCard:
        card = ServiceCard()
        card.bind(on_press=lambda pressed: self.dispatch("on_choice", pressed.service))
        return card

    def _arrange(self, *_: Any) -> None:
        grid = self.ids.grid
        choices = COLUMNS[scale.landscape]
        heights = {columns: self._card_height(columns) for columns in choices}
        roomy = (columns for columns in choices if heights[columns] >= LEAST_CARD * scale.unit)
        grid.cols = next(roomy, choices[-1])
        grid.row_default_height = min(heights[grid.cols], TALLEST_CARD * scale.unit)

    def _card_height(self, columns: int) -> float:
        """Return the height of a card, in pixels, when the cards fill the area in so many columns."""
        grid = self.ids.grid
        rows = max(1, math.ceil(len(grid.children) / columns))
        height: float = (self.ids.area.height - grid.spacing[1] * (rows - 1)) / rows
        return height
