"""Owns the port to where sound goes. One file beside this one per kind: `device`, `folder`, `silence`."""

from collections.abc import Iterable
from typing import Protocol

from display.voice.waves import Samples


class SinkError(Exception):
    """No sound comes out; the words say why. What was being said counts as not spoken."""


class Sink(Protocol):
    """Where sound goes. All but `close` is called by one thread, the voice's own."""

    def open(self) -> None:
        """Get ready to play; again after a failure. Raises `SinkError`."""

    def check(self) -> None:
        """Return when sound would still come out. Raises `SinkError` when it would not."""

    def play(self, title: str, sounds: Iterable[Samples]) -> None:
        """Play the sounds one after the other and return when the last has been heard.

        Each sound is asked for when it is its turn, so that what is to be said can still change between two. Raises
        `SinkError` when not all was heard.
        """

    def close(self) -> None:
        """Stop at once, from any thread; a `play` that is under way ends with `SinkError`."""
