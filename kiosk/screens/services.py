"""The page of services: one large button each, on as few pages as hold every name."""

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

MOST_AT_ONCE = 21
"""Services that always share one page; of more, as many as leave each name whole."""

FOOT = 98
"""Units of height of the line with the button to the next page, with the gap above it."""

DEAD_TIME_S = 0.6
"""Taps this soon after a page was turned were meant for the page before, as in `kiosk.touches`."""

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

    def holds_name(self, width: float, height: float) -> bool:
        """Say whether name and everyday words fit a card of this size in pixels, if need be in one paragraph."""
        words = f"{self.name} · {self.hint}" if self.hint else self.name
        room = min(height / scale.unit, TALLEST_CARD) - HEAD - 2 * CARD_MARGIN
        return self.holds_all(width, height) or _height(words, SMALL, "Bold", width - CARD_SIDES * scale.unit) <= room

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
    more_words = StringProperty("")
    pages = NumericProperty(1)
    page = NumericProperty(0)
    """From 0."""

    __events__ = ("on_choice",)

    def on_kv_post(self, _: Any) -> None:
        """Arrange the cards anew whenever there is more or less room."""
        self._made: list[ServiceCard] = []
        self._words: list[tuple[str, str]] = []
        self._turned_s = 0.0
        self.ids.area.bind(size=self._arrange)

    def on_pre_enter(self, *_: Any) -> None:
        """Begin at the first page."""
        self.page = 0
        self._arrange()

    def on_choice(self, service: str) -> None:
        """Say which service was tapped."""

    def turn(self) -> None:
        """Show the next page of services; after the last one the first."""
        if not self._is_deaf():
            self._turned_s = Clock.get_boottime()
            self.page = (self.page + 1) % self.pages
            self._arrange()

    def show(self, choice: Choice) -> None:
        """Show these services; buttons are made only when there are more of them than ever."""
        self.question, self.more_words = choice.question, choice.more
        icon, self.trouble = choice.trouble or ("", "")
        self.trouble_icon = icon and look.icon(icon)
        closed = choice.closed or _NOT_CLOSED
        self.closed_title, self.closed_time, self.closed_text = closed.title, closed.time, closed.text
        while len(self._made) < len(choice.cards):
            self._made.append(self._make_card())
        del self._made[len(choice.cards) :]
        for widget, card in zip(self._made, choice.cards, strict=True):
            widget.show(card)
        words = [(card.name, card.hint) for card in choice.cards]
        if words != self._words:
            self._words = words
            self._arrange()

    def _make_card(self) -> ServiceCard:
        card = ServiceCard()
        card.bind(on_press=self._choose)
        return card

    def _choose(self, pressed: ServiceCard) -> None:
        if not self._is_deaf():
            self.dispatch("on_choice", pressed.service)

    def _is_deaf(self) -> bool:
        return bool(Clock.get_boottime() - self._turned_s < DEAD_TIME_S)

    def _arrange(self, *_: Any) -> None:
        """Take as few pages as hold every name, and as few columns as hold everything."""
        grid = self.ids.grid
        self.pages, grid.cols = self._layout()
        self.page = min(self.page, self.pages - 1)
        each = self._on_a_page(self.pages)
        shown = self._made[self.page * each : (self.page + 1) * each]
        if list(reversed(grid.children)) != shown:
            grid.clear_widgets()
            for card in shown:
                grid.add_widget(card)
        height = self._card_size(self.pages, grid.cols)[1]
        grid.row_default_height = min(height, TALLEST_CARD * scale.unit)

    def _layout(self) -> tuple[int, int]:
        """Return how many pages, and how many columns each: where not all fits, as few cards as can be lack room."""
        for pages in range(1, max(1, len(self._made)) + 1):
            columns = min(COLUMNS[scale.landscape], key=lambda columns: (*self._lacking(pages, columns), columns))
            nameless, _ = self._lacking(pages, columns)
            if not nameless or len(self._made) <= MOST_AT_ONCE:
                break
        return pages, columns

    def _lacking(self, pages: int, columns: int) -> tuple[int, int]:
        """Return how many cards lack room for their names, and for something."""
        size = self._card_size(pages, columns)
        return sum(not card.holds_name(*size) for card in self._made), sum(
            not card.holds_all(*size) for card in self._made
        )

    def _on_a_page(self, pages: int) -> int:
        return max(1, math.ceil(len(self._made) / pages))

    def _card_size(self, pages: int, columns: int) -> tuple[float, float]:
        """Return width and height of a card, in pixels, when the cards fill the area in so many pages and columns."""
        grid, area = self.ids.grid, self.ids.area
        rows = math.ceil(self._on_a_page(pages) / columns)
        width = (area.width - grid.spacing[0] * (columns - 1)) / columns
        height = area.height + self.ids.foot.height - (FOOT * scale.unit if pages > 1 else 0)
        return width, (height - grid.spacing[1] * (rows - 1)) / rows
