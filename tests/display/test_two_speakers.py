"""The rules of the board when another display speaks, or has spoken until now."""

from datetime import timedelta

from tests.display.fed_display import ELSEWHERE, Hall
from tests.display.hall_server import MORNING, announce, board, welcome


def test_a_call_is_said_by_the_display_that_becomes_the_speaker_when_it_is_offered_again() -> None:
    """Who was to say it has gone: the offer comes before the board that names the new speaker."""
    hall = Hall()
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(welcome(), board(1, speaker=ELSEWHERE), first, second, board(3, second, first, speaker=ELSEWHERE))
    hall.hear(second)
    assert hall.said() == []
    hall.hear(board(3, second, first))
    assert hall.said() == ["H108"]


def test_a_call_that_is_another_displays_to_say_is_not_said_by_whoever_speaks_later() -> None:
    """It was said, or the server offers it again; so does one that was offered while another display spoke."""
    hall = Hall()
    call = announce(2)
    hall.hear(welcome(), board(1, speaker=ELSEWHERE), call, board(2, call, speaker=ELSEWHERE))
    hall.hear(call, board(2, call, speaker=ELSEWHERE), board(3, call))
    assert hall.said() == []


def test_a_call_that_comes_before_the_board_of_the_new_speaker_is_said_when_it_comes() -> None:
    """A call that crosses the change of the speaker is not lost between two displays."""
    hall = Hall()
    hall.hear(welcome(), board(1, speaker=ELSEWHERE), announce(2), board(2, announce(2)))
    assert hall.said() == ["A015"]


def test_a_call_that_is_offered_again_too_late_is_not_said() -> None:
    """Five minutes after the call nobody is called any more, whoever speaks."""
    hall = Hall()
    call = announce(2)
    hall.hear(welcome(), board(1, speaker=ELSEWHERE), call, board(2, call, speaker=ELSEWHERE))
    hall.wait(301)
    hall.hear(call)
    hall.hear(board(2, call, now=MORNING + timedelta(seconds=301)))
    assert hall.said() == []
