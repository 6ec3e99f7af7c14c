"""Owns the sink without sound: it takes as long as the sound would, so that the screen keeps its rhythm."""

import threading
from collections.abc import Iterable

from display.voice.sink import SinkError
from display.voice.waves import Samples, duration_s


class SilenceSink:
    """Waits instead of playing. See `Sink` for the contract."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    def open(self) -> None:
        """See `Sink`."""

    def check(self) -> None:
        """See `Sink`."""

    def play(self, title: str, sounds: Iterable[Samples]) -> None:
        """See `Sink`."""
        del title
        for sound in sounds:
            if self._closed.wait(duration_s(sound)):
                raise SinkError("closed")

    def close(self) -> None:
        """See `Sink`."""
        self._closed.set()
