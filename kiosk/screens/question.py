"""The page that asks whether a number is kept or given up."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets
from kiosk.views import Question

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class QuestionScreen(Screen):
    """Shows a `Question`; `on_keep` is the safe answer, `on_give_up` the other."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    keep_words = StringProperty("")
    give_up_words = StringProperty("")

    __events__ = ("on_keep", "on_give_up")

    def on_keep(self) -> None:
        """Say that the number is kept."""

    def on_give_up(self) -> None:
        """Say that the number is given up."""

    def show(self, question: Question) -> None:
        """Ask this."""
        self.icon, self.title, self.text = look.icon(question.icon), question.title, question.text
        self.keep_words, self.give_up_words = question.keep, question.give_up
