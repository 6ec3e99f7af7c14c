"""A page that says one thing: a number is being fetched, or there is none and why."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets
from kiosk.views import Notice

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

TONES = {"waiting": ("on_quiet", "quiet"), "trouble": ("on_notice", "notice"), "done": ("on_good", "good")}
"""Colour of the icon, and of the panel behind it."""


class NoticeScreen(Screen):
    """Shows a `Notice`; its event `on_home` says that somebody wants to leave."""

    icon = StringProperty("")
    ink = ColorProperty(look.COLOURS["on_quiet"])
    fill = ColorProperty(look.COLOURS["quiet"])
    above = StringProperty("")
    title = StringProperty("")
    time = StringProperty("")
    text = StringProperty("")
    staff = StringProperty("")
    home_words = StringProperty("")
    home_icon = StringProperty("home")
    fraction = NumericProperty(-1.0)

    __events__ = ("on_home",)

    def on_home(self) -> None:
        """Say that somebody wants to leave."""

    def show(self, notice: Notice) -> None:
        """Show these words."""
        self.icon = look.icon(notice.icon)
        self.ink, self.fill = (look.COLOURS[name] for name in TONES[notice.tone])
        self.above, self.title, self.time, self.text = notice.above, notice.title, notice.time, notice.text
        self.home_words, self.home_icon, self.staff = notice.home, notice.home_icon, notice.staff
