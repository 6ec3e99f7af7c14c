"""The paper of a virtual printer, beside the page: each new slip slides out of a slot, as from the real machine."""

import contextlib
import io
from pathlib import Path
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import parts as parts  # noqa: PLC0414 - the layout file names its widgets

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

LOOK_EVERY_S = 0.25
"""One question to the file system; paper that shows a quarter of a second late looks immediate."""

SLIDE_S = 0.9
"""A receipt printer pushes out 80 mm in about this time."""


class PaperStrip(BoxLayout):
    """Watches the file `newest`, which a virtual printer replaces whole with each slip."""

    title = StringProperty("")
    texture = ObjectProperty(None, allownone=True)
    shown = BooleanProperty(False)
    out = NumericProperty(1.0)
    """How much of the slip is out of the slot, from 0 to 1."""

    def watch(self, newest: Path) -> None:
        """Show the slips that are printed from now on."""
        self._newest = newest
        self._seen = self._stamp()
        Clock.schedule_interval(self._look, LOOK_EVERY_S)

    def _look(self, _: float) -> None:
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        with contextlib.suppress(OSError):  # somebody may tidy the folder at any moment
            self._slide(self._newest.read_bytes())

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = self._newest.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _slide(self, picture: bytes) -> None:
        self.texture = CoreImage(io.BytesIO(picture), ext="png", nocache=True).texture
        Animation.cancel_all(self, "out")
        self.out = 0.0
        Animation(out=1.0, duration=SLIDE_S).start(self)

    def height_of(self, texture: Any, width: float) -> float:
        """Return how high this picture is, in pixels, when drawn this wide."""
        height: float = width * texture.height / texture.width if texture else 0.0
        return height
