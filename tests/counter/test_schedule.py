"""When frames go out: the newest of each sign, with silence between them, and again after a while."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.counter.schedule import Schedule

STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.floats(0, 0.2)), max_size=40)


def test_the_last_value_wins() -> None:
    """Numbers that were overtaken while the line was busy are never sent."""
    schedule = Schedule(0.001, 0.05, 10)
    for frame in (b"1", b"2", b"3"):
        schedule.show(0, frame, 0.0)
    assert schedule.take(0.0) == b"3"
    assert schedule.take(1.0) is None


def test_frames_keep_their_distance() -> None:
    """The next frame waits until the one before has left the line, and the gap."""
    schedule = Schedule(0.001, 0.05, 10)
    schedule.show(0, b"1234567890", 0.0)
    schedule.show(1, b"x", 0.0)
    assert schedule.take(0.0) == b"1234567890"
    assert schedule.take(0.0599) is None
    assert schedule.is_behind(0.0599)
    assert schedule.take(0.0601) == b"x"


def test_a_sign_is_told_again() -> None:
    """One that lost power shows its number within the resend time, and not before its turn."""
    schedule = Schedule(0.001, 0.0, 10)
    schedule.show(0, b"1", 0.0)
    assert schedule.take(0.0) == b"1"
    assert schedule.take(9.9) is None
    assert schedule.take(10.0) == b"1"


def test_the_same_value_is_no_news() -> None:
    """Showing what is shown already sends nothing."""
    schedule = Schedule(0.001, 0.0, 10)
    schedule.show(0, b"1", 0.0)
    schedule.take(0.0)
    schedule.show(0, b"1", 1.0)
    assert schedule.take(1.0) is None
    assert not schedule.is_behind(1.0)


def test_after_a_line_comes_back_all_are_told() -> None:
    """Whatever was on the signs may be gone."""
    schedule = Schedule(0.0, 0.0, 10)
    schedule.show(0, b"1", 0.0)
    schedule.show(1, b"2", 0.0)
    assert {schedule.take(0.0), schedule.take(0.1)} == {b"1", b"2"}
    schedule.show_again(1.0)
    assert {schedule.take(1.0), schedule.take(1.1)} == {b"1", b"2"}


@given(STEPS)
def test_every_sign_ends_with_its_newest_value(steps: list[tuple[int, int, float]]) -> None:
    """However values and turns mix, what each sign heard last is what it was to show last, and frames keep apart."""
    schedule, now_s = Schedule(0.001, 0.05, 1000), 0.0
    newest: dict[int, bytes] = {}
    heard: dict[int, bytes] = {}
    sent_s: list[float] = []

    def turn() -> None:
        frame = schedule.take(now_s)
        if frame is not None:
            heard[frame[0]] = frame
            sent_s.append(now_s)

    for sign, value, pause_s in steps:
        newest[sign] = bytes((sign, value))
        schedule.show(sign, newest[sign], now_s)
        turn()
        now_s += pause_s
    while schedule.is_behind(now_s):
        turn()
        now_s += 0.01
    assert heard == newest
    assert all(later - earlier >= 0.052 for earlier, later in pairwise(sent_s))


@pytest.mark.parametrize("signs", [30])
def test_a_full_bus_is_told_in_turn(signs: int) -> None:
    """With more to say than the line can carry, no sign is left out."""
    schedule = Schedule(0.001, 0.05, 0.5)
    for sign in range(signs):
        schedule.show(sign, bytes((sign,)), 0.0)
    taken = [schedule.take(turn * 0.06) for turn in range(signs * 2)]
    assert set(taken) == {bytes((sign,)) for sign in range(signs)}
