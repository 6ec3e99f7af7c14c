"""Pages that only look, known by no key: each is sent what is new when it is its turn, after all that know the hall."""

import asyncio
import itertools

from queue_server.live.connection import Connection

VIEWERS_AT_ONCE, VIEWER_PACE_S = 8, 0.02
"""Pages that only look are sent what is new in turns, four hundred a second: known boxes and staff never wait for
them. With 800 of them sent at once, an honest kiosk's answer took 99 ms instead of 4."""


class Viewers:
    """Those for whom something waits, in their turn."""

    def __init__(self) -> None:
        self._waiting: dict[Connection, None] = {}
        self._due: asyncio.TimerHandle | None = None

    def wait_in_turn(self, viewer: Connection) -> None:
        """Send what waits for this page when it is its turn."""
        self._waiting[viewer] = None
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(VIEWER_PACE_S, self._wake)

    def leave(self, viewer: Connection) -> None:
        """Let a page go; one that is known, or for which nothing waits, changes nothing."""
        self._waiting.pop(viewer, None)

    def _wake(self) -> None:
        for viewer in list(itertools.islice(self._waiting, VIEWERS_AT_ONCE)):
            del self._waiting[viewer]
            viewer.wake.set()
        self._due = asyncio.get_running_loop().call_later(VIEWER_PACE_S, self._wake) if self._waiting else None
