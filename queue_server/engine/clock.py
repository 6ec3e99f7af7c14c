"""The server's only clock: UTC that does not run backwards, and that follows no jump that a person has not confirmed.

It goes back in one case: a manager says that the PC's clock, which is before the time of the hall, is right.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from queue_protocol.snapshots import ClockState

BACKWARDS_TOLERATED = timedelta(minutes=2)
"""A time server pulls a clock back by seconds; a dead CMOS battery by years."""

JUMP_TOLERATED = timedelta(hours=12)
"""Ahead of the time that has passed: a wrong time zone, set right, moves a clock by less; a wrong date by more."""

PAUSE_TOLERATED = timedelta(days=14)
"""Between the last sign of life and a start: the longest holiday of the year, Tết, has nine days."""

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this version was made nobody can start it: a PC that says so has lost its clock."""


def read_wall() -> datetime:
    """Return what the PC believes the time is, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place that reads the clock


def read_elapsed_s() -> float:
    """Return seconds that pass whatever the PC's clock is set to, also while the PC sleeps.

    On Linux the common monotonic clock stands still in suspend: a PC that slept over a weekend would seem to jump.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """UTC for the hall. While the PC's clock is not believed, time goes on from the last good instant."""

    def __init__(
        self,
        last_at: datetime | None,
        wall: Callable[[], datetime] = read_wall,
        elapsed_s: Callable[[], float] = read_elapsed_s,
    ) -> None:
        """Begin after the center's last sign of life; `None`: it has not lived yet."""
        self._wall = wall
        self._elapsed_s = elapsed_s
        self._at = max(last_at or MADE_AT, MADE_AT)
        self._read_at_s = elapsed_s()
        self._jump_tolerated = timedelta.max if last_at is None else PAUSE_TOLERATED
        self.state: ClockState = "fine"
        """`behind`: the PC's clock is before what this center has lived through; `ahead`: it jumped, and nobody has
        confirmed it."""

    def now(self) -> datetime:
        """Return the time, at or after every time returned before, unless the clock was put back."""
        wall, elapsed_s = self._wall(), self._elapsed_s()
        running_on = self._at + timedelta(seconds=max(elapsed_s - self._read_at_s, 0.0))
        self.state = self._judge(wall - running_on)
        self._at = max(wall, self._at) if self.state == "fine" else running_on
        self._read_at_s = elapsed_s
        if self.state == "fine":
            self._jump_tolerated = JUMP_TOLERATED
        return self._at

    def confirm(self) -> datetime:
        """Believe a clock that has jumped ahead, and return the time; one that is behind is not believed."""
        tolerated, self._jump_tolerated = self._jump_tolerated, timedelta.max
        now = self.now()
        if self.state == "behind":
            self._jump_tolerated = tolerated
        return now

    def has_lost_its_time(self) -> bool:
        """Say whether the PC's clock is before the time at which this program was made: its battery is empty."""
        self.now()
        return self.state == "behind" and self._wall() < MADE_AT

    def put_back(self) -> tuple[datetime, datetime] | None:
        """Believe a clock that is before the time of the hall; return that time and the new one, or `None`: it is not.

        A clock from before this program was made has lost its battery, and is not believed by anybody's word.
        """
        before, wall = self.now(), self._wall()
        if self.state != "behind" or wall < MADE_AT:
            return None
        self._at, self.state = wall, "fine"
        return before, wall

    def go_on_from(self, at: datetime) -> None:
        """Take back a `put_back` that the journal did not take: go on from this instant."""
        self._at = max(self._at, at)

    def _judge(self, ahead: timedelta) -> ClockState:
        if ahead < -BACKWARDS_TOLERATED:
            return "behind"
        return "ahead" if ahead > self._jump_tolerated else "fine"
