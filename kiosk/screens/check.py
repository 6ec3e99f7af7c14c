"""The page between a service and its number: what to bring, and how many dossiers."""

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens.parts import Press
from kiosk.views import Check, Dossiers

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Answer(Press):
    """One of the large answers to "how many": a number, and under it as many sheets as it stands for, four at most."""

    value = NumericProperty(0)
    words = StringProperty("")


class CheckScreen(Screen):
    """Shows a `Check`.

    `on_dossiers` says which answer was tapped, `on_step` that one more (1) or less (-1) is counted, `on_take` that the
    number is wanted, `on_home` that somebody wants to go back.
    """

    prefix = StringProperty("")
    icon = StringProperty("")
    hue = ColorProperty(look.hue(0))
    service = StringProperty("")
    papers_heading = StringProperty("")
    papers = StringProperty("")
    warning = StringProperty("")
    question = StringProperty("")
    explanation = StringProperty("")
    counted = StringProperty("")
    asks = BooleanProperty(False)
    take_words = StringProperty("")
    back_words = StringProperty("")

    __events__ = ("on_dossiers", "on_step", "on_take", "on_home")

    def on_dossiers(self, dossiers: int) -> None:
        """Say which answer was tapped."""

    def on_step(self, step: int) -> None:
        """Say that one more or less is counted."""

    def on_take(self) -> None:
        """Say that the number is wanted."""

    def on_home(self) -> None:
        """Say that somebody wants to go back."""

    def show(self, check: Check) -> None:
        """Show this service."""
        self.prefix, self.icon = check.badge.prefix, look.icon(check.badge.icon)
        self.hue, self.service = look.hue(check.badge.hue), check.service
        self.papers_heading, self.papers, self.warning = check.papers_heading, check.papers, check.warning
        self.take_words, self.back_words = check.take, check.back
        self._show_dossiers(check.dossiers or _NOT_ASKED)

    def _show_dossiers(self, dossiers: Dossiers) -> None:
        self.question, self.explanation = dossiers.question, dossiers.explanation
        self.counted = "" if dossiers.counted is None else str(dossiers.counted)
        self.asks = bool(dossiers.answers) and not self.counted
        self._offer(dossiers.answers if self.asks else ())

    def _offer(self, answers: Sequence[tuple[int, str]]) -> None:
        box = self.ids.answers
        while len(box.children) > len(answers):
            box.remove_widget(box.children[0])
        while len(box.children) < len(answers):
            answer = Answer()
            answer.bind(on_press=lambda pressed: self.dispatch("on_dossiers", pressed.value))
            box.add_widget(answer)
        for widget, (value, words) in zip(reversed(box.children), answers, strict=True):
            widget.value, widget.words = value, words


_NOT_ASKED = Dossiers(question="", explanation="", answers=(), counted=None)
