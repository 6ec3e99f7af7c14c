"""The display's window: shows a picture, and says when a frame with it is really on the screen.

Import this only after `setup.prepare`.
"""

import asyncio
from collections.abc import Callable

from kivy.app import App
from kivy.core.window import Window

from display.screens import style
from display.screens.board_screen import BoardScreen
from display.view import Picture


class NoScreen(Exception):
    """There is no screen that a window could be opened on."""


class _Application(App):
    title = "motcua"

    def __init__(self, screen: BoardScreen) -> None:
        super().__init__()
        self._screen = screen

    def open_settings(self, *_: object) -> bool:
        """Open nothing: F1 would show Kivy's own settings over the board."""
        return False

    def build(self) -> BoardScreen:
        return self._screen


class BoardWindow:
    """The window, drawn by the running asyncio loop while `run` runs.

    `on_shown` is given each picture after the frame that holds it was flipped.
    """

    def __init__(self, on_shown: Callable[[Picture], None]) -> None:
        if Window is None:
            raise NoScreen
        style.register_fonts()
        Window.clearcolor = style.colour("board")
        self._on_shown = on_shown
        self._screen = BoardScreen()
        self._application = _Application(self._screen)
        Window.bind(on_flip=self._flip)

    def show(self, picture: Picture) -> None:
        """Draw this from the next frame on."""
        self._screen.picture = picture

    async def run(self) -> None:
        """Draw until the window is closed or `close` is called."""
        await self._application.async_run("asyncio")

    def close(self) -> None:
        """End `run`."""
        self._application.stop()

    def _flip(self, _window: object) -> None:
        """Report the picture once the frame is out: Kivy says this just before, and the loop runs again just after."""
        asyncio.get_running_loop().call_soon(self._on_shown, self._screen.picture)
