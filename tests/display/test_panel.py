"""Which call is large, for how long, and when the server is told that it was shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display import update as rules
from display.panel import LARGE_S
from queue_protocol.commands import ReportCall
from tests.display.fed_display import Hall
from tests.display.hall_server import announce, at, board, welcome

SHOWN = ReportCall(call=at(2), outcome="shown")


@pytest.fixture
def hall() -> Hall:
    """Return a display that is connected, speaks, and shows an empty board."""
    hall = Hall()
    hall.hear(welcome(), board(1))
    hall.effects.clear()
    return hall


def test_two_calls_in_one_moment_are_both_large_and_both_said_in_order(hall: Hall) -> None:
    """The second call waits until the first had its seconds, and neither is lost."""
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(first)
    hall.flip()
    hall.wait(0.3)
    hall.hear(second, board(3, second, first))
    assert hall.large() == "A015"
    hall.wait(LARGE_S)
    assert hall.large() == "H108"
    hall.flip()
    hall.wait(LARGE_S + 0.1)
    shown = [effect.call for effect in hall.effects if isinstance(effect, ReportCall)]
    assert shown == [first.call, second.call]
    assert hall.said() == ["A015", "H108"]


def test_a_call_is_reported_as_shown_once(hall: Hall) -> None:
    """However many frames hold a call, the server hears of one."""
    call = announce(2)
    hall.hear(call, board(2, call))
    hall.flip()
    hall.flip()
    hall.wait(LARGE_S + 0.1)
    hall.flip()
    hall.wait(LARGE_S + 0.1)
    assert hall.effects.count(SHOWN) == 1


def test_a_call_without_a_frame_is_never_reported_as_shown(hall: Hall) -> None:
    """What is only decided was seen by nobody."""
    hall.hear(announce(2))
    hall.wait(3 * LARGE_S)
    assert SHOWN not in hall.effects


def test_a_call_is_shown_when_it_was_large_for_its_time(hall: Hall) -> None:
    """One frame is no time to read a number: the report comes after `LARGE_S` seconds on the screen."""
    hall.hear(announce(2))
    hall.flip()
    hall.wait(LARGE_S - 0.1)
    assert SHOWN not in hall.effects
    hall.wait(0.2)
    assert SHOWN in hall.effects


def test_a_slow_screen_takes_nothing_of_the_time_of_a_call(hall: Hall) -> None:
    """The seconds of a call begin with its first frame, and the next call waits for them."""
    hall.hear(announce(2), announce(3, "H108", 1))
    hall.wait(1.5)
    hall.flip()
    hall.wait(LARGE_S - 0.1)
    assert hall.large() == "A015"
    hall.wait(0.2)
    assert (hall.large(), SHOWN in hall.effects) == ("H108", True)


def test_a_call_behind_the_banner_of_a_lost_link_was_not_shown(hall: Hall) -> None:
    """The banner covers the panel; the seconds before and after it are not added up."""
    hall.hear(announce(2))
    hall.flip()
    hall.wait(LARGE_S - 1)
    hall.take(rules.change_link(hall.state, "connecting", hall.now_s))
    hall.wait(2)
    assert SHOWN not in hall.effects
    hall.take(rules.change_link(hall.state, "live", hall.now_s))
    hall.hear(welcome(), board(2, announce(2)))
    hall.flip()
    hall.wait(LARGE_S - 1)
    assert SHOWN not in hall.effects
    hall.wait(1.1)
    assert SHOWN in hall.effects


def test_the_panel_returns_to_the_call_that_is_being_said(hall: Hall) -> None:
    """When all calls had their seconds, eye and ear agree."""
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(first, second, board(3, second, first))
    hall.begin(first)
    hall.wait(2 * LARGE_S + 0.1)
    assert hall.large() == "A015"
    hall.finish(first)
    hall.begin(second)
    assert hall.large() == "H108"


def test_a_new_call_takes_the_panel_from_one_that_is_only_being_said(hall: Hall) -> None:
    """Nobody waits to be seen because a sentence is long."""
    first = announce(2)
    hall.hear(first, board(2, first))
    hall.begin(first)
    hall.wait(LARGE_S + 1)
    hall.hear(announce(3, "H108", 1))
    assert hall.large() == "H108"


def test_a_call_that_comes_twice_is_said_once_and_flashes_once(hall: Hall) -> None:
    """The server may offer again what is on its way."""
    call = announce(2)
    hall.hear(call, board(2, call))
    hall.wait(LARGE_S + 1)
    since_s = hall.state.panel.since_s if hall.state.panel else None
    hall.hear(call)
    assert hall.said() == ["A015"]
    assert hall.state.panel is not None
    assert hall.state.panel.since_s == since_s


def test_a_frame_of_a_call_that_was_not_announced_is_no_news(hall: Hall) -> None:
    """What came with a snapshot only stands there and is reported by nobody."""
    call = announce(2)
    hall.hear(board(2, call))
    hall.flip()
    assert hall.effects == []


@given(
    gaps=st.lists(st.floats(min_value=0, max_value=6), min_size=1, max_size=12),
    counters=st.integers(min_value=12, max_value=20),
)
def test_every_call_of_a_busy_hall_is_shown_once_in_order_and_said_in_order(gaps: list[float], counters: int) -> None:
    """However the calls crowd, each gets the panel for its seconds, is reported once, and is said once."""
    hall = Hall()
    hall.hear(welcome(), board(1, counters=counters))
    calls = [announce(place + 2, f"A{place:03}", place + 1) for place in range(len(gaps))]
    for place, (gap, call) in enumerate(zip(gaps, calls, strict=True)):
        hall.hear(call, board(call.call.sequence, *reversed(calls[: place + 1]), counters=counters))
        hall.flip()
        for _ in range(round(gap / 0.05)):
            hall.wait(0.05)
            hall.flip()
    for _ in range(round(len(calls) * (LARGE_S + 0.1) / 0.05) + 20):
        hall.wait(0.05)
        hall.flip()
    assert [effect.call for effect in hall.effects if isinstance(effect, ReportCall)] == [call.call for call in calls]
    assert hall.said() == [call.number for call in calls]
