"""The whole window: the bar on top, one page at a time, and the paper of a virtual printer beside it."""

from pathlib import Path
from typing import Any, Protocol

from kivy.app import App
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import NoTransition, ScreenManager

from kiosk.screens import look
from kiosk.screens.check import CheckScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.paper import PaperStrip as PaperStrip  # noqa: PLC0414 - the layout file names it
from kiosk.screens.parts import QuietButton
from kiosk.screens.question import QuestionScreen
from kiosk.screens.services import ServicesScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.views import Check, Choice, Greeting, Notice, Number, Prompt, Question, View

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

PAGES = {
    Greeting: "welcome",
    Choice: "services",
    Check: "check",
    Number: "ticket",
    Question: "question",
    Notice: "notice",
}
"""Which page shows which kind of body."""


_NO_PROMPT = Prompt(words="", more="")


class Taps(Protocol):
    """Whoever is told what people do on the screen."""

    def touch(self, place: tuple[float, float]) -> None:
        """Take note of a finger, in units of `look` from the window's corner; called before what it hit."""

    def miss(self) -> None:
        """Take note that the finger hit nothing."""

    def tap_more_time(self) -> None:
        """Take the answer that somebody is still there."""

    def tap_service(self, service: Any) -> None:
        """Take a choice of a service."""

    def tap_dossiers(self, dossiers: int) -> None:
        """Take an answer to how many dossiers."""

    def step_dossiers(self, step: int) -> None:
        """Take one dossier more or less."""

    def tap_take(self) -> None:
        """Take a wish for the number."""

    def tap_wrong_choice(self) -> None:
        """Take a doubt about the number on the screen."""

    def tap_keep(self) -> None:
        """Take the answer that the number is kept."""

    def tap_cancel(self) -> None:
        """Take the answer that the number is given up."""

    def tap_language(self, language: Any) -> None:
        """Take a choice of a language."""

    def tap_home(self) -> None:
        """Take a wish to leave the page."""


class Bar(BoxLayout):
    """The line above every page."""

    center = StringProperty("")
    day = StringProperty("")
    time = StringProperty("")
    languages = ListProperty()

    __events__ = ("on_language",)

    def on_language(self, language: str) -> None:
        """Say which language was tapped."""

    def on_languages(self, _: Any, languages: list[tuple[str, str]]) -> None:
        """Offer these languages, code and own name; buttons are made only when there are more than ever."""
        buttons = self.ids.buttons
        while len(buttons.children) > len(languages):
            buttons.remove_widget(buttons.children[0])
        while len(buttons.children) < len(languages):
            button = QuietButton(icon="translate")
            button.bind(on_press=self._tap)
            buttons.add_widget(button)
        for button, (_code, name) in zip(reversed(buttons.children), languages, strict=True):
            button.words = name

    def _tap(self, button: QuietButton) -> None:
        code = next(code for code, name in self.languages if name == button.words)
        self.dispatch("on_language", code)


class PromptBar(BoxLayout):
    """The question whether somebody is still there, in place of the line on top; `on_more` is the answer."""

    words = StringProperty("")
    more_words = StringProperty("")

    __events__ = ("on_more",)

    def on_more(self) -> None:
        """Say that somebody is still there."""


class Face(BoxLayout):
    """Shows a `View`; tells `taps` what people do."""

    paper_here = StringProperty("")
    has_paper = BooleanProperty(False)
    ticket_is_up = BooleanProperty(False)

    def __init__(self, taps: Taps, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._taps = taps
        self._pages: dict[str, Any] = {
            "welcome": WelcomeScreen(name="welcome"),
            "services": ServicesScreen(name="services"),
            "check": CheckScreen(name="check"),
            "ticket": TicketScreen(name="ticket"),
            "question": QuestionScreen(name="question"),
            "notice": NoticeScreen(name="notice"),
        }
        self._manager: ScreenManager = self.ids.pages
        self._manager.transition = NoTransition()
        for page in self._pages.values():
            self._manager.add_widget(page)
        self._bind(taps)

    def _bind(self, taps: Taps) -> None:
        self._pages["services"].bind(on_choice=lambda _, service: taps.tap_service(service))
        self._pages["check"].bind(
            on_dossiers=lambda _, dossiers: taps.tap_dossiers(int(dossiers)),
            on_step=lambda _, step: taps.step_dossiers(step),
            on_take=lambda _: taps.tap_take(),
        )
        self._pages["ticket"].bind(on_wrong_choice=lambda _: taps.tap_wrong_choice())
        self._pages["question"].bind(on_keep=lambda _: taps.tap_keep(), on_give_up=lambda _: taps.tap_cancel())
        self.ids.prompt.bind(on_more=lambda _: taps.tap_more_time())
        for name in ("check", "ticket", "notice"):
            self._pages[name].bind(on_home=lambda _: taps.tap_home())
        self.ids.bar.bind(on_language=lambda _, language: taps.tap_language(language))

    def watch_paper(self, newest: Path) -> None:
        """Show the slips of a virtual printer that replaces this file with each."""
        self.has_paper = True
        self.ids.paper.watch(newest)

    def on_touch_down(self, touch: Any) -> bool:
        """Tell of the finger before the widget that it hits."""
        self._taps.touch((touch.x / look.scale.unit, touch.y / look.scale.unit))
        is_hit = bool(super().on_touch_down(touch))
        if not is_hit:
            self._taps.miss()
        return is_hit

    def show(self, seen: View) -> None:
        """Show this from now on."""
        bar = self.ids.bar
        bar.center, bar.day, bar.time = seen.bar.center, seen.bar.day, seen.bar.time
        bar.languages = list(seen.bar.languages)
        self.paper_here = seen.paper_here
        prompt = seen.prompt or _NO_PROMPT
        self.ids.prompt.words, self.ids.prompt.more_words = prompt.words, prompt.more
        name = PAGES[type(seen.body)]
        self._pages[name].show(seen.body)
        self._manager.current = name
        self.ticket_is_up = name == "ticket"

    def show_remaining(self, fraction: float | None) -> None:
        """Show how much of the page's time is left, from 1 to 0; `None` hides it."""
        page = self._pages[self._manager.current]
        if hasattr(page, "fraction"):
            page.fraction = -1.0 if fraction is None else fraction


class KioskApp(App):
    """The window of a kiosk around a `Face`."""

    title = "motcua"
    use_kivy_settings = False

    def __init__(self, taps: Taps) -> None:
        super().__init__()
        look.register()
        self.face = Face(taps)

    def open_settings(self, *_: Any) -> bool:
        """Open nothing: F1 would show Kivy's own settings to whoever finds a keyboard."""
        return False

    def build(self) -> Face:
        """Return what fills the window."""
        Window.bind(on_request_close=lambda *_args, **_kwargs: Window.fullscreen == "auto")
        return self.face


def has_window() -> bool:
    """Say whether there is a screen to draw on."""
    return Window is not None
