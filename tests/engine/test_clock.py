"""The server's clock: it follows the PC's, never runs backwards, and says when it does not believe the PC."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.engine import clock as clocks
from queue_server.engine.clock import JUMP_TOLERATED, MADE_AT, PAUSE_TOLERATED, Clock
from queue_server.process.resources import begin_after

MORNING = MADE_AT + timedelta(days=22, hours=1)
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@dataclass
class Pc:
    """A PC whose two clocks a test sets."""

    wall_s: float = 0.0
    elapsed_s: float = 0.0

    def clock(self, last_s: float | None = 0.0) -> Clock:
        """Return the server's clock where the last sign of life was so many seconds after eight; `None`: none was."""
        return Clock(
            None if last_s is None else MORNING + timedelta(seconds=last_s),
            lambda: MORNING + timedelta(seconds=self.wall_s),
            lambda: self.elapsed_s,
        )

    def run(self, seconds: float) -> None:
        """Let both clocks run."""
        self.wall_s += seconds
        self.elapsed_s += seconds


def at(seconds: float) -> datetime:
    """Return an instant so many seconds after eight."""
    return MORNING + timedelta(seconds=seconds)


def test_a_sound_clock_is_followed() -> None:
    """The time is what the PC says."""
    pc = Pc()
    clock = pc.clock()
    pc.run(3600)
    assert (clock.now(), clock.state) == (at(3600), "fine")


def test_a_small_step_back_waits() -> None:
    """A time server pulls a clock back by seconds: time stands still until it has caught up, and nobody is warned."""
    pc = Pc(wall_s=100)
    clock = pc.clock()
    assert clock.now() == at(100)
    pc.wall_s -= 30
    assert clock.now() == at(100)
    pc.run(29)
    assert clock.now() == at(100)
    pc.run(2)
    assert (clock.now(), clock.state) == (at(101), "fine")


def test_a_dead_battery_is_said_and_time_goes_on() -> None:
    """A PC that wakes up in another year does not take the hall along: time runs on from the last sign of life."""
    pc = Pc(wall_s=-365 * DAY_S)
    clock = pc.clock()
    pc.run(60)
    assert (clock.now(), clock.state) == (at(60), "behind")
    pc.run(60)
    assert clock.now() == at(120)


def test_a_clock_set_right_is_believed_again() -> None:
    """Once the PC's clock is ahead of the journal it is followed, and the warning ends."""
    pc = Pc(wall_s=-DAY_S)
    clock = pc.clock()
    clock.now()
    assert clock.state == "behind"
    pc.wall_s = 500
    assert (clock.now(), clock.state) == (at(500), "fine")


def test_a_clock_set_back_is_followed_by_a_word_of_its_own() -> None:
    """The word for a jump ahead does not move time backwards; `put_back` does, and says from where to where."""
    pc = Pc(wall_s=-DAY_S)
    clock = pc.clock()
    pc.run(10)
    assert (clock.confirm(), clock.state) == (at(10), "behind")
    assert clock.put_back() == (at(10), at(10 - DAY_S))
    pc.run(5)
    assert (clock.now(), clock.state) == (at(15 - DAY_S), "fine")
    assert clock.put_back() is None


def test_a_word_that_was_not_recorded_is_taken_back() -> None:
    """The hall goes on where it was, and the clock is behind again."""
    pc = Pc(wall_s=-DAY_S)
    clock = pc.clock()
    before, _ = clock.put_back() or (None, None)
    assert before is not None
    clock.go_on_from(before)
    pc.run(5)
    assert (clock.now(), clock.state) == (at(5), "behind")


def test_a_dead_battery_is_not_followed() -> None:
    """A clock from before this program was made is wrong, whoever says that it is right."""
    pc = Pc(wall_s=-365 * DAY_S)
    clock = pc.clock()
    assert clock.put_back() is None
    assert (clock.now(), clock.state) == (at(0), "behind")
    assert clock.has_lost_its_time()
    assert not Pc(wall_s=-DAY_S).clock().has_lost_its_time()
    assert not Pc(wall_s=DAY_S).clock().has_lost_its_time()


@pytest.mark.parametrize(
    ("alive_s", "wall_s", "begins_s"),
    [(None, 50, 0), (30, 50, 30), (3600, 50, 50), (10 * 365 * DAY_S, 50, 50), (3600, -DAY_S, 0), (-5, 50, 0)],
)
def test_a_sign_of_life_moves_nothing_that_the_pc_does_not_bear_out(
    alive_s: float | None, wall_s: float, begins_s: float
) -> None:
    """A wrong bit that makes 2026 into 2036 moves no hall; a night without an entry is known where the PC knows it."""
    alive = None if alive_s is None else at(alive_s)
    assert begin_after(at(0), alive, at(wall_s)) == at(begins_s)


def test_a_center_that_has_not_lived_begins_anywhere() -> None:
    """Neither an entry nor a sign of life: nothing to begin after."""
    assert begin_after(None, None, at(0)) is None


def test_a_jump_ahead_is_not_believed_until_somebody_confirms_it() -> None:
    """More than half a day in no time is a wrong date: the day goes on, and after the confirmation it is followed."""
    pc = Pc()
    clock = pc.clock()
    clock.now()
    pc.wall_s += 365 * DAY_S
    pc.run(60)
    assert (clock.now(), clock.state) == (at(60), "ahead")
    pc.run(60)
    assert clock.now() == at(120)
    assert (clock.confirm(), clock.state) == (at(120 + 365 * DAY_S), "fine")


def test_a_confirmation_is_for_one_jump() -> None:
    """The next jump has to be confirmed again."""
    pc = Pc()
    clock = pc.clock()
    pc.wall_s += 2 * DAY_S
    clock.confirm()
    pc.wall_s += 2 * DAY_S
    assert (clock.now(), clock.state) == (at(2 * DAY_S), "ahead")


def test_a_jump_that_is_taken_back_was_never_there() -> None:
    """A date typed wrong and corrected leaves no trace."""
    pc = Pc()
    clock = pc.clock()
    clock.now()
    pc.wall_s += 30 * DAY_S
    assert clock.now() == at(0)
    pc.wall_s -= 30 * DAY_S
    pc.run(5)
    assert (clock.now(), clock.state) == (at(5), "fine")


def test_half_a_day_is_no_jump() -> None:
    """A time zone that was set wrong and is set right moves the clock by less than what is doubted."""
    pc = Pc()
    clock = pc.clock()
    clock.now()
    pc.wall_s += JUMP_TOLERATED.total_seconds()
    assert (clock.now(), clock.state) == (at(12 * HOUR_S), "fine")


@pytest.mark.parametrize(("pause_s", "state"), [(9 * DAY_S, "fine"), (14 * DAY_S, "fine"), (14 * DAY_S + 1, "ahead")])
def test_a_start_after_a_pause(pause_s: float, state: str) -> None:
    """A holiday is believed at the start; after more than two weeks somebody has to look at the date."""
    pc = Pc(wall_s=pause_s)
    clock = pc.clock()
    assert (clock.now(), clock.state) == (at(pause_s if state == "fine" else 0), state)
    assert (clock.confirm(), clock.state) == (at(pause_s), "fine")


def test_after_the_start_the_limit_is_half_a_day() -> None:
    """The patience of a start is over with the first good instant."""
    pc = Pc(wall_s=DAY_S)
    clock = pc.clock()
    clock.now()
    pc.wall_s += PAUSE_TOLERATED.total_seconds()
    assert (clock.now(), clock.state) == (at(DAY_S), "ahead")


def test_a_first_start_believes_any_day_since_the_version_was_made() -> None:
    """A version may be installed years after it was made."""
    pc = Pc(wall_s=3 * 365 * DAY_S)
    clock = pc.clock(last_s=None)
    assert (clock.now(), clock.state) == (at(3 * 365 * DAY_S), "fine")


def test_a_first_start_before_the_version_was_made_has_a_dead_clock() -> None:
    """The time begins where it can have begun at the earliest, and the clock is said to be behind."""
    pc = Pc(wall_s=-100 * DAY_S)
    clock = pc.clock(last_s=None)
    pc.run(7)
    assert (clock.now(), clock.state) == (MADE_AT + timedelta(seconds=7), "behind")


def test_a_night_asleep_is_no_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has a clock that counts sleep, that one is read."""
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(time, "clock_gettime", {7: 1234.5}.__getitem__, raising=False)
    assert clocks.read_elapsed_s() == 1234.5
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    assert abs(clocks.read_elapsed_s() - time.monotonic()) < 60


@given(st.lists(st.tuples(st.floats(-1e7, 1e7), st.floats(0, 1e5), st.booleans()), max_size=20))
def test_whatever_the_pc_does_time_never_goes_back(steps: list[tuple[float, float, bool]]) -> None:
    """Jumps of the wall clock in any direction, confirmed or not, never give an instant before one that was given."""
    pc = Pc()
    clock = pc.clock()
    before = clock.now()
    for jump_s, elapsed_s, confirmed in steps:
        pc.wall_s += jump_s
        pc.run(elapsed_s)
        now = clock.confirm() if confirmed else clock.now()
        assert now >= before
        before = now
