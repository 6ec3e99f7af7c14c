"""A page that says one thing: a number is being fetched, or there is none and why."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets
from kiosk.wording import Notice

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

TONES = {"waiting": ("on_quiet", "quiet"), "trouble": ("on_notice", "notice")}
"""Colour of the icon, and of the panel behind it."""


class NoticeScreen(Screen):
    """Shows a `Notice`; its event `on_home` says that somebody wants to leave."""

    icon = StringProperty("")
    ink = ColorProperty(look.COLOURS["on_quiet"])
    fill = ColorProperty(look.COLOURS["quiet"])
    title = StringProperty("")
    text = StringProperty("")
    home_words = StringProperty("")
    fraction = NumericProperty(-1.0)

    __events__ = ("on_home",)

    def on_home(self) -> None:
        """Say that somebody wants to leave."""

    def show(self, notice: Notice) -> None:
        """Show these words."""
        self.icon = look.icon(notice.icon)
        self.ink, self.fill = (look.COLOURS[name] for name in TONES[notice.tone])
        self.title, self.text, self.home_words = notice.title, notice.text, notice.home
