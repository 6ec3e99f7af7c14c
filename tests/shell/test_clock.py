"""The server's clock: it follows the PC's, never runs backwards, and says when it does not believe the PC."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.shell.clock import Clock
from tests.core.center import MORNING


@dataclass
class Pc:
    """A PC whose two clocks a test sets."""

    wall_s: float = 0.0
    monotonic_s: float = 0.0

    def clock(self, last_s: float = 0.0) -> Clock:
        """Return the server's clock on a journal whose last entry is so many seconds after eight."""
        return Clock(
            MORNING + timedelta(seconds=last_s),
            lambda: MORNING + timedelta(seconds=self.wall_s),
            lambda: self.monotonic_s,
        )

    def run(self, seconds: float) -> None:
        """Let both clocks run."""
        self.wall_s += seconds
        self.monotonic_s += seconds


def test_a_sound_clock_is_followed() -> None:
    """The time is what the PC says."""
    pc = Pc()
    clock = pc.clock()
    pc.run(3600)
    assert clock.now() == MORNING + timedelta(hours=1)
    assert not clock.suspect


def test_a_small_step_back_waits() -> None:
    """A time server pulls a clock back by seconds: time stands still until it has caught up, and nobody is warned."""
    pc = Pc(wall_s=100)
    clock = pc.clock()
    assert clock.now() == MORNING + timedelta(seconds=100)
    pc.wall_s -= 30
    assert clock.now() == MORNING + timedelta(seconds=100)
    pc.run(29)
    assert clock.now() == MORNING + timedelta(seconds=100)
    pc.run(2)
    assert clock.now() == MORNING + timedelta(seconds=101)
    assert not clock.suspect


def test_a_dead_battery_is_said_and_time_goes_on() -> None:
    """A PC that wakes up in another year does not take the hall along: time runs on from the journal's last entry."""
    pc = Pc(wall_s=-86_400 * 365)
    clock = pc.clock()
    pc.run(60)
    assert clock.now() == MORNING + timedelta(seconds=60)
    assert clock.suspect
    pc.run(60)
    assert clock.now() == MORNING + timedelta(seconds=120)


def test_a_clock_set_right_is_believed_again() -> None:
    """Once the PC's clock is ahead of the journal it is followed, and the warning ends."""
    pc = Pc(wall_s=-86_400)
    clock = pc.clock()
    clock.now()
    assert clock.suspect
    pc.wall_s = 500
    assert clock.now() == MORNING + timedelta(seconds=500)
    assert not clock.suspect


@given(st.lists(st.tuples(st.floats(-1e7, 1e7), st.floats(0, 1e5)), max_size=20))
def test_whatever_the_pc_does_time_never_goes_back(steps: list[tuple[float, float]]) -> None:
    """Jumps of the wall clock in any direction never give an instant before one that was given."""
    pc = Pc()
    clock = pc.clock()
    before = clock.now()
    for jump_s, elapsed_s in steps:
        pc.wall_s += jump_s
        pc.run(elapsed_s)
        now = clock.now()
        assert now >= before
        before = now
