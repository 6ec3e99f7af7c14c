"""The server's only clock: UTC that never runs backwards."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BACKWARDS_TOLERATED = timedelta(minutes=2)
"""A time server pulls a clock back by seconds; a dead CMOS battery by years."""


def read_wall() -> datetime:
    """Return what the PC believes the time is, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place that reads the clock


class Clock:
    """UTC for the hall. When the PC's clock falls behind the journal, time goes on from the journal's last instant."""

    def __init__(
        self,
        last_at: datetime,
        wall: Callable[[], datetime] = read_wall,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._at = last_at
        self._read_at_s = monotonic()
        self.suspect = False
        """The PC's clock is behind what this center has lived through."""

    def now(self) -> datetime:
        """Return the time, at or after every time returned before."""
        wall, monotonic_s = self._wall(), self._monotonic()
        running_on = self._at + timedelta(seconds=monotonic_s - self._read_at_s)
        self.suspect = wall < running_on - BACKWARDS_TOLERATED
        self._at = running_on if self.suspect else max(wall, self._at)
        self._read_at_s = monotonic_s
        return self._at
