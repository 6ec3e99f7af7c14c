"""The page of an idle kiosk: a greeting, and what to do. Any touch leaves it."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from kiosk.screens import look
from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets
from kiosk.views import Greeting

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class WelcomeScreen(Screen):
    """Shows a `Greeting`."""

    welcome = StringProperty("")
    icon = StringProperty("")
    invitation = StringProperty("")
    detail = StringProperty("")
    staff = StringProperty("")

    def show(self, greeting: Greeting) -> None:
        """Show these words."""
        self.welcome = greeting.welcome
        self.icon = look.icon(greeting.icon)
        self.invitation, self.detail, self.staff = greeting.invitation, greeting.detail, greeting.staff
