"""Virtual time: what is to happen when. Nothing here waits; the next thing happens at once, at its own moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

Act = Callable[[], None]


class Agenda:
    """What is to happen, in the order of time; in one moment, in the order in which it was noted."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._noted: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def at(self, moment: datetime, act: Act) -> None:
        """Note something for a moment; one that is past means now."""
        heappush(self._noted, (max(moment, self.now), next(self._numbers), act))

    def after(self, seconds: float, act: Act) -> None:
        """Note something for so long from now."""
        self.at(self.now + timedelta(seconds=seconds), act)

    def run(self, until: datetime) -> None:
        """Let happen what is noted up to this moment, and what comes of it; then it is that moment."""
        while self._noted and self._noted[0][0] <= until:
            self.now, _, act = heappop(self._noted)
            act()
        self.now = until
