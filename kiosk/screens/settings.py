"""Sets Kivy up for a kiosk. Must run before anything else of Kivy is imported."""

import logging
import os
import sys

FRAMES_PER_S = "30"
"""Half of what Kivy would draw: an old PC without a graphics card idles at 2 % of a core instead of 4 %."""


def prepare(windowed: tuple[int, int] | None) -> None:
    """Configure this process for a window of this size in pixels, or for the whole screen when it is `None`."""
    os.environ.setdefault("KIVY_NO_ARGS", "1")  # the command line is ours
    os.environ.setdefault("KIVY_NO_CONFIG", "1")  # each user's own file would change what is set below
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # Kivy would take over the log of every library
    os.environ.setdefault("KIVY_WINDOW", "sdl2")  # the others abort the process when there is no screen
    os.environ.setdefault("KIVY_TEXT", "sdl2")  # the others cut the marks of tall capitals off
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        # The bare console is the last real screen; SDL would go on to draw where nobody sees it.
        os.environ.setdefault("SDL_VIDEODRIVER", "kmsdrm")
    from kivy.config import Config  # noqa: PLC0415 - reads the environment when imported

    logging.getLogger("kivy").setLevel(logging.WARNING)  # its import has just set it to INFO
    for section, option, value in _SETTINGS:
        Config.set(section, option, value)
    # Its line for raw touch devices doubles each touch that the window system delivers as well.
    Config.remove_option("input", "%(name)s")
    for option, value in _window(windowed).items():
        Config.set("graphics", option, value)


def _window(windowed: tuple[int, int] | None) -> dict[str, str]:
    if windowed is None:
        return {"fullscreen": "auto", "show_cursor": "0"}
    width, height = windowed
    return {"fullscreen": "0", "width": str(width), "height": str(height)}


_SETTINGS = (
    ("graphics", "allow_screensaver", "0"),
    ("graphics", "maxfps", FRAMES_PER_S),
    ("graphics", "multisamples", "0"),
    ("kivy", "exit_on_escape", "0"),
    ("kivy", "log_level", "warning"),
    ("input", "mouse", "mouse,disable_multitouch"),
)
