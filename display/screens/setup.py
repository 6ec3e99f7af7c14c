"""How Kivy is set up. Everything here must happen before any other part of Kivy is imported."""

import os
import sys

FRAMES_PER_S = 30
"""A frame is at most 33 ms late, and an idle old PC without graphics hardware spends under 2 % of a core."""

_ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",  # the command line is ours
    "KIVY_NO_CONFIG": "1",  # each user would have another file, and one wrong line in it breaks the hall
    "KIVY_NO_FILELOG": "1",
    "KIVY_WINDOW": "sdl2",  # without a screen the other kind of window ends the process with no word to us
    "KIVY_TEXT": "sdl2",  # the others cut the marks of tall capitals off
    "KIVY_LOG_MODE": "PYTHON",  # else Kivy takes the root logger over and every frame of the socket is logged
}


def prepare(window: tuple[int, int] | None) -> None:
    """Set Kivy up for a window of this many pixels, `None` for the whole screen."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        # The bare console is the last real screen; SDL would go on to draw where nobody sees it.
        os.environ.setdefault("SDL_VIDEODRIVER", "kmsdrm")
    from kivy.config import Config  # noqa: PLC0415 - importing Kivy reads the environment set above

    for option, value in _graphics(window).items():
        Config.set("graphics", option, value)
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    for device in Config.options("input"):  # nobody touches a board, and a probed device costs CPU
        Config.remove_option("input", device)


def _graphics(window: tuple[int, int] | None) -> dict[str, str]:
    settings = {"maxfps": str(FRAMES_PER_S), "multisamples": "0", "allow_screensaver": "0", "resizable": "1"}
    if window is None:
        return settings | {"fullscreen": "auto", "show_cursor": "0"}
    return settings | {"fullscreen": "0", "width": str(window[0]), "height": str(window[1])}
