"""The rules of the board: what is large, what is said, what is reported."""

from datetime import timedelta

import pytest

from display import update as rules
from display.panel import LARGE_S
from display.state import CALLS_KEPT, State
from display.update import Remember, Silence
from queue_protocol.answers import Answer, Refused
from queue_protocol.commands import ReportCall, ReportDevice
from queue_protocol.ids import CommandId, HallId
from queue_protocol.snapshots import Beat
from tests.display.fed_display import ELSEWHERE, Hall
from tests.display.hall_server import DISPLAY, MORNING, announce, at, board, welcome


@pytest.fixture
def hall() -> Hall:
    """Return a display that is connected, speaks, and shows an empty board."""
    hall = Hall()
    hall.hear(welcome(), board(1))
    hall.effects.clear()
    return hall


def test_a_call_is_large_and_said_at_once(hall: Hall) -> None:
    """A call on an idle display waits for nothing."""
    hall.hear(announce(2))
    assert hall.large() == "A015"
    assert hall.said() == ["A015"]


def test_spoken_is_reported_and_remembered_only_when_it_was_said(hall: Hall) -> None:
    """Giving a call to the voice proves nothing."""
    call = announce(2)
    hall.hear(call)
    hall.begin(call)
    spoken = ReportCall(call=at(2), outcome="spoken")
    assert spoken not in hall.effects
    hall.finish(call)
    assert hall.effects[-2:] == [spoken, Remember(at(2))]
    assert rules.hello(hall.state, None).last_spoken == at(2)


def test_a_call_that_nobody_heard_is_not_reported_and_is_said_when_offered_again(hall: Hall) -> None:
    """Without sound a call is not spoken; the server offers it again on the next connection."""
    call = announce(2)
    hall.hear(call, board(2, call))
    hall.take(rules.miss_speaking(hall.state, call.call, hall.now_s))
    assert not any(isinstance(effect, ReportCall) and effect.outcome == "spoken" for effect in hall.effects)
    hall.hear(call)
    assert hall.said() == ["A015", "A015"]


def test_a_display_that_is_not_the_speaker_says_nothing() -> None:
    """Two loudspeakers that say the same are understood by nobody."""
    hall = Hall()
    hall.hear(welcome(), board(1, speaker=ELSEWHERE), announce(2))
    assert hall.large() == "A015"
    assert hall.said() == []


def test_a_display_without_sound_never_speaks() -> None:
    """Even when the server takes it for the speaker."""
    hall = Hall(speaks=False)
    hall.hear(welcome(), board(1), announce(2))
    assert hall.said() == []
    assert rules.hello(hall.state, None).sound is False
    assert not any(isinstance(effect, ReportDevice) for effect in hall.effects)


def test_a_call_before_the_first_board_is_said_when_the_board_names_the_speaker() -> None:
    """Who speaks is known from the board, so a call that is earlier waits for it."""
    hall = Hall()
    hall.hear(welcome(), announce(2))
    assert hall.said() == []
    hall.hear(board(2, announce(2)))
    assert hall.said() == ["A015"]


def test_a_call_that_comes_before_the_server_knows_of_the_loudspeaker_is_said_when_it_does() -> None:
    """The sound card is opened while the link comes up; which is first is chance."""
    hall = Hall()
    hall.hear(welcome(), board(1, speaker=None), announce(2))
    assert hall.said() == []
    hall.hear(board(2, announce(2)))
    assert hall.said() == ["A015"]


def test_calls_that_came_while_the_loudspeaker_was_broken_are_said_when_the_server_wants_them(hall: Hall) -> None:
    """A repair alone says nothing: the server knows who has not come yet, and offers their calls again."""
    first, second = announce(2), announce(3, "H108", 1)
    hall.take(rules.change_speaker(hall.state, "failed", "no_sound", hall.now_s))
    hall.hear(board(1, speaker=None), first, second, board(3, second, first, speaker=None))
    hall.take(rules.change_speaker(hall.state, "ready", None, hall.now_s))
    hall.hear(second, board(4, second, first))
    assert hall.said() == ["H108"]


def test_a_call_whose_ticket_has_gone_is_taken_back_from_the_voice(hall: Hall) -> None:
    """A call that the voice has not begun and that the board shows no longer is cancelled."""
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(first, second, board(3, second, first))
    hall.begin(first)
    hall.hear(board(4, first))
    assert Silence(second.ticket) in hall.effects


def test_a_board_from_before_the_call_cancels_nothing(hall: Hall) -> None:
    """A snapshot that is older than the call knows nothing of it."""
    hall.hear(announce(5), board(4))
    assert not any(isinstance(effect, Silence) for effect in hall.effects)
    assert hall.large() == "A015"


def test_a_call_being_said_is_cut_to_one_sentence_once_when_its_ticket_has_gone(hall: Hall) -> None:
    """The voice is told once; it ends its sentence and does not repeat it."""
    call = announce(2)
    hall.hear(call, board(2, call))
    hall.begin(call)
    hall.hear(board(3), board(4))
    assert hall.effects.count(Silence(call.ticket)) == 1
    hall.finish(call)
    assert ReportCall(call=at(2), outcome="spoken") in hall.effects


def test_a_call_older_than_five_minutes_of_server_time_is_neither_said_nor_flashed(hall: Hall) -> None:
    """Whoever was called then has come or has gone."""
    hall.hear(announce(2, called_at=MORNING - timedelta(minutes=5, seconds=1)))
    assert hall.said() == []
    assert hall.large() is None


def test_server_time_goes_on_between_two_beats(hall: Hall) -> None:
    """A call grows stale by the own monotonic clock when the server is silent."""
    hall.wait(301)
    hall.hear(announce(2, called_at=MORNING))
    assert hall.said() == []


def test_a_recall_takes_the_panel_again_and_replaces_the_call_before(hall: Hall) -> None:
    """A recall is a call of its own: it is large, flashes and is said."""
    call = announce(2)
    hall.hear(call, board(2, call))
    hall.wait(LARGE_S + 1)
    recall = announce(9, kind="recall")
    hall.hear(recall, board(9, recall))
    assert hall.state.panel is not None
    assert hall.state.panel.call.kind == "recall"
    assert hall.state.panel.announced
    assert hall.said() == ["A015", "A015"]


def test_after_a_reconnect_the_board_stands_without_flash() -> None:
    """A display that starts in the middle of the day shows the newest call quietly."""
    hall = Hall()
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(welcome(), board(3, second, first))
    assert hall.large() == "H108"
    assert hall.state.panel is not None
    assert not hall.state.panel.announced


def test_a_missed_number_leaves_the_panel(hall: Hall) -> None:
    """Who did not come is in the strip of the missed and no longer called."""
    first, second = announce(2), announce(3, "H108", 1)
    hall.hear(board(3, second, first))
    hall.hear(board(4, second, first, missed=("H108",)))
    assert hall.large() == "A015"


def test_what_is_shown_is_not_live_until_a_board_came_on_the_new_connection(hall: Hall) -> None:
    """After the link was lost, the welcome alone makes nothing current."""
    hall.take(rules.change_link(hall.state, "connecting", hall.now_s))
    assert not hall.state.live()
    hall.take(rules.change_link(hall.state, "live", hall.now_s))
    hall.hear(welcome(MORNING + timedelta(minutes=3)))
    assert not hall.state.live()
    hall.hear(board(7))
    assert hall.state.live()


def test_the_moment_of_the_last_sign_of_life_is_kept(hall: Hall) -> None:
    """The banner says since when the board is old."""
    hall.hear(Beat(now=MORNING + timedelta(minutes=2), revision=at(1)))
    hall.take(rules.change_link(hall.state, "connecting", hall.now_s))
    hall.hear(welcome(MORNING + timedelta(minutes=9)))
    assert hall.state.current_at == MORNING + timedelta(minutes=2)


def test_the_loudspeaker_is_reported_on_each_welcome_and_when_it_changes(hall: Hall) -> None:
    """The server knows the truth after each connect, and is not told the same twice."""
    failed = ReportDevice(part="speaker", state="failed", reason="no_sound")
    hall.take(rules.change_speaker(hall.state, "failed", "no_sound", hall.now_s))
    hall.take(rules.change_speaker(hall.state, "failed", "no_sound", hall.now_s))
    assert hall.effects == [failed]
    hall.hear(welcome())
    assert hall.effects == [failed, failed]


def test_a_loudspeaker_that_changes_without_a_link_is_told_by_the_next_hello(hall: Hall) -> None:
    """Nothing piles up for a server that is away."""
    hall.take(rules.change_link(hall.state, "connecting", hall.now_s))
    hall.take(rules.change_speaker(hall.state, "failed", "no_sound", hall.now_s))
    assert hall.effects == []
    assert rules.hello(hall.state, None).sound is False


def test_a_display_says_where_it_hangs() -> None:
    """The server sends it the calls of its hall."""
    assert rules.hello(State(DISPLAY, hall=HallId("ground-floor")), None).hall == "ground-floor"
    assert rules.hello(State(DISPLAY), None).hall is None


def test_a_refusal_is_kept_until_the_display_is_let_in(hall: Hall) -> None:
    """Why the server does not want the display stands on its screen, for the person who can change it."""
    hall.hear(Answer(command_id=None, result=Refused(code="unknown_key")))
    hall.take(rules.change_link(hall.state, "refused", hall.now_s))
    assert hall.state.refusal == "unknown_key"
    hall.take(rules.change_link(hall.state, "live", hall.now_s))
    assert hall.state.refusal is None


def test_what_is_remembered_of_calls_is_bounded() -> None:
    """A display runs for months."""
    hall = Hall()
    hall.hear(welcome(), board(1))
    for sequence in range(2, 3 * CALLS_KEPT):
        hall.hear(announce(sequence, f"A{sequence:03}"))
    assert len(hall.state.announced) == CALLS_KEPT


def test_the_answer_to_a_report_changes_nothing(hall: Hall) -> None:
    """It has done its work in the session."""
    before = hall.state
    hall.hear(Answer(command_id=CommandId("abcdefgh"), result=Refused(code="unknown_call")))
    assert hall.state == before
    assert hall.effects == []
