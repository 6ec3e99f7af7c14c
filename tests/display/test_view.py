"""What the screen says, and what it says when it must not be relied on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

import assets
from display import update as rules
from display.panel import LARGE_S
from display.state import State
from display.view import (
    CAPTION_S,
    FLASH_S,
    FLASHES,
    LATEST_SHOWN,
    MISSED_SHOWN,
    ROWS_IN_COLUMN,
    ROWS_SHOWN,
    TURN_S,
    CounterRow,
    Picture,
    draw,
)
from queue_protocol.answers import RefusalCode
from queue_protocol.snapshots import FromServer, SlipsToCheck
from queue_protocol.texts import Texts
from tests.display.hall_server import CENTER, DISPLAY, MORNING, announce, at, board, welcome

NOW_S = 50.0


@pytest.fixture(scope="module")
def texts() -> Texts:
    """Return the words of the board."""
    return Texts.read("vi", (assets.FOLDER / "texts" / "vi.po").read_bytes())


def after(*messages: FromServer, speaks: bool = True) -> State:
    """Return what a display knows after the server said this."""
    state = rules.change_link(State(DISPLAY, speaker="ready" if speaks else None), "live", NOW_S).state
    for message in messages:
        state = rules.hear(state, message, NOW_S).state
    return state


def rows_of(picture: Picture) -> list[CounterRow]:
    """Return the rows of all columns."""
    return [row for column in picture.columns for row in column]


def number_of(row: CounterRow) -> int:
    """Return the counter of a row."""
    return int(row.counter.rpartition(" ")[2])


def test_before_anybody_is_called_the_hall_is_greeted(texts: Texts) -> None:
    """A quiet board says who we are, what time it is, and what to do."""
    picture = draw(after(welcome(), board(1)), texts, NOW_S)
    assert picture.large is None
    assert picture.center == CENTER
    assert picture.clock == "08:12"
    assert picture.date == "Thứ Hai, ngày 23 tháng 11 năm 2026"
    assert picture.banner == ""
    assert picture.badges == ()
    assert [row.number for row in rows_of(picture)] == ["Sẵn sàng"] * 4


def test_the_clock_goes_on_without_news(texts: Texts) -> None:
    """The minute passes by the own monotonic clock."""
    assert draw(after(welcome(), board(1)), texts, NOW_S + 60).clock == "08:13"


def test_a_call_names_ticket_counter_and_sentence(texts: Texts) -> None:
    """What the loudspeaker says can be read word for word."""
    large = draw(after(welcome(), board(1), announce(2)), texts, NOW_S).large
    assert large is not None
    assert (large.number, large.counter) == ("A015", "QUẦY 3")
    assert large.caption == "Xin mời công dân có số thứ tự A015, đến quầy số 3."


def test_the_sentence_stands_as_long_as_it_is_spoken(texts: Texts) -> None:
    """At least its seconds, and longer while the voice is at it."""
    call = announce(2)
    state = after(welcome(), board(1), call)
    late_s = NOW_S + CAPTION_S + 1
    over = draw(state, texts, late_s).large
    speaking = draw(rules.begin_speaking(state, call.call, NOW_S).state, texts, late_s).large
    assert over is not None
    assert over.caption == ""
    assert speaking is not None
    assert speaking.caption != ""


def test_a_recall_with_priority_says_so(texts: Texts) -> None:
    """Why a call is special stands under it in words."""
    large = draw(after(welcome(), board(1), announce(2, kind="recall", priority=True)), texts, NOW_S).large
    assert large is not None
    assert large.marks == "Gọi lại · ƯU TIÊN"
    assert large.caption.startswith("Xin nhắc lại")


def test_a_call_inverts_the_panel_twice_and_then_rests(texts: Texts) -> None:
    """Two flashes, and none after them."""
    state = after(welcome(), board(1), announce(2))
    steps = [draw(state, texts, NOW_S + FLASH_S * (place + 0.5)).large for place in range(8)]
    assert [step is not None and step.inverted for step in steps] == [True, False, True, False] + [False] * 4


def test_flashes_stay_under_three_a_second() -> None:
    """WCAG 2.3.1: a flash is a pair of opposite changes, and a second holds at most three."""
    changes_a_second = 1 / FLASH_S
    assert changes_a_second / 2 <= 3
    assert 2 * FLASHES * FLASH_S <= LARGE_S


def test_a_call_that_only_stands_there_does_not_flash(texts: Texts) -> None:
    """After a start in the middle of the day nothing calls for attention."""
    large = draw(after(welcome(), board(2, announce(2))), texts, NOW_S).large
    assert large is not None
    assert not large.inverted
    assert large.caption == ""


def test_the_calls_before_stand_in_a_row_and_the_large_one_does_not(texts: Texts) -> None:
    """The last four, the newest first, each once."""
    calls = [announce(sequence, f"A{sequence:03}", sequence) for sequence in range(6, 1, -1)]
    picture = draw(after(welcome(), board(7, *calls, counters=8)), texts, NOW_S)
    assert picture.large is not None
    assert picture.large.number == "A006"
    assert [call.number for call in picture.latest] == ["A005", "A004", "A003", "A002"]


def test_every_counter_says_who_is_there(texts: Texts) -> None:
    """The ticket at a counter, also at one that pauses, or why nobody is there; the one on the panel is marked."""
    call, other = announce(3), announce(2, "H108", 1)
    rows = draw(after(welcome(), board(3, call, other, counters=5, closed=(4,), paused=(1, 5))), texts, NOW_S).columns[
        0
    ]
    assert [(row.counter, row.number, row.calling) for row in rows] == [
        ("Quầy 1", "H108", False),
        ("Quầy 2", "Sẵn sàng", False),
        ("Quầy 3", "A015", True),
        ("Quầy 4", "Chưa mở", False),
        ("Quầy 5", "Tạm dừng", False),
    ]


@given(
    counters=st.integers(min_value=1, max_value=99),
    closed=st.sets(st.integers(min_value=1, max_value=99)),
    missed=st.integers(min_value=0, max_value=12),
    now_s=st.floats(min_value=0, max_value=1e6),
)
def test_never_more_than_the_screen_holds(
    texts: Texts, counters: int, closed: set[int], missed: int, now_s: float
) -> None:
    """However large the center, what has room is shown, in the order of counters, open ones before closed ones."""
    shown = board(2, counters=counters, closed=tuple(closed), missed=tuple(f"A{n:03}" for n in range(missed)))
    picture = draw(after(welcome(), shown), texts, now_s)
    numbers = [number_of(row) for row in rows_of(picture)]
    left_out = set(range(1, counters + 1)) - set(numbers)
    assert numbers == sorted(numbers)
    assert all(len(column) <= ROWS_IN_COLUMN for column in picture.columns)
    assert len(picture.columns) <= 2
    assert len(picture.missed) == min(missed, MISSED_SHOWN)
    assert len(picture.latest) <= LATEST_SHOWN
    assert left_out <= closed or not closed & set(numbers)


@given(counters=st.integers(min_value=1, max_value=99), closed=st.sets(st.integers(min_value=1, max_value=99)))
def test_every_working_counter_is_seen_within_a_round(texts: Texts, counters: int, closed: set[int]) -> None:
    """A counter that works and never stands on the board has people walk past it."""
    state = after(welcome(), board(2, counters=counters, closed=tuple(closed)))
    working = set(range(1, counters + 1)) - closed
    turns = range(-(-99 // ROWS_SHOWN))
    seen = {number_of(row) for turn in turns for row in rows_of(draw(state, texts, NOW_S + turn * TURN_S))}
    assert working <= seen


@given(counters=st.integers(min_value=4, max_value=99), called=st.integers(min_value=1, max_value=99))
def test_the_called_counter_has_a_row_whosever_turn_it_is(texts: Texts, counters: int, called: int) -> None:
    """Who looks from the panel to the rows finds the own number there."""
    call = announce(2, counter=min(called, counters))
    state = after(welcome(), board(2, call, counters=counters), call)
    for turn in range(-(-counters // ROWS_SHOWN)):
        rows = rows_of(draw(state, texts, NOW_S + turn * TURN_S))
        assert [row.number for row in rows if row.calling] == ["A015"]


def test_a_board_in_turns_says_which_part_it_shows(texts: Texts) -> None:
    """Who does not find the own counter knows that more are to come."""
    state = after(welcome(), board(2, counters=45))
    headings = [draw(state, texts, turn * TURN_S).rows_heading for turn in range(4)]
    assert headings == [f"Đang phục vụ (phần {part}/3)" for part in (1, 2, 3, 1)]


def test_the_missed_are_told_what_to_do(texts: Texts) -> None:
    """Who missed the call needs no new number."""
    picture = draw(after(welcome(), board(2, missed=("A009", "H104"))), texts, NOW_S)
    assert picture.missed == ("A009", "H104")
    assert picture.missed_heading == "Số đã gọi, chưa đến quầy"
    assert "không cần lấy số mới" in picture.missed_help


def test_after_a_restore_people_are_asked_to_show_their_slips(texts: Texts) -> None:
    """With the span in the time of the hall, in place of the line that says how to wait."""
    span = SlipsToCheck(since=MORNING, until=MORNING + timedelta(minutes=35))
    shown = after(welcome(), structs.replace(board(3), slips_to_check=span))
    notice = draw(shown, texts, NOW_S).notice
    assert notice == "Lấy phiếu từ 08:12 đến 08:47: mời ông/bà đưa phiếu cho cán bộ kiểm tra."
    assert "ngồi chờ" in draw(after(welcome(), board(3)), texts, NOW_S).notice


def test_without_the_server_the_board_says_since_when_it_is_old(texts: Texts) -> None:
    """Old data are dimmed under a banner, do not flash, and the notice no longer sends people to the screen."""
    state = after(welcome(), board(2, announce(2)), announce(2))
    picture = draw(rules.change_link(state, "connecting", NOW_S).state, texts, NOW_S)
    assert picture.banner == "Màn hình tạm chưa cập nhật (từ 08 giờ 12). Mời ông/bà nghe cán bộ gọi số."
    assert picture.dimmed
    assert [badge.icon for badge in picture.badges] == ["wifi_off"]
    assert picture.notice == ""
    assert picture.large is not None
    assert not picture.large.inverted
    assert picture.large.caption == ""


def test_on_return_everything_is_current_again(texts: Texts) -> None:
    """The banner goes with the first board of the new connection."""
    state = rules.change_link(after(welcome(), board(2)), "connecting", NOW_S).state
    state = rules.change_link(state, "live", NOW_S).state
    later = MORNING + timedelta(minutes=5)
    for message in (welcome(later), board(3, announce(3), now=later)):
        state = rules.hear(state, message, NOW_S).state
    picture = draw(state, texts, NOW_S)
    assert (picture.banner, picture.dimmed, picture.clock) == ("", False, "08:17")


def test_before_the_first_connection_the_board_says_what_it_waits_for(texts: Texts) -> None:
    """A display that was switched on first is not broken."""
    picture = draw(State(DISPLAY), texts, NOW_S)
    assert picture.banner.startswith("Đang kết nối")
    assert not picture.dimmed
    assert picture.clock == ""


@pytest.mark.parametrize("code", ["unknown_key", "wrong_protocol", "not_allowed", "bad_origin", "malformed", "busy"])
def test_why_the_server_refuses_stands_on_the_screen(texts: Texts, code: RefusalCode) -> None:
    """Each refusal that a connection can end with is a sentence for the person who can help."""
    state = replace(State(DISPLAY), refusal=code, link="refused")
    assert draw(state, texts, NOW_S).banner == texts.say(f"refused_{code}")


def test_a_broken_loudspeaker_shows_with_icon_and_word(texts: Texts) -> None:
    """Nobody waits to hear what cannot be heard."""
    state = rules.change_speaker(after(welcome(), board(1)), "failed", "no_sound", NOW_S).state
    picture = draw(state, texts, NOW_S)
    assert [(badge.icon, badge.words) for badge in picture.badges] == [("volume_off", "Mất âm thanh")]
    assert "loa" not in picture.notice


def test_a_silent_display_beside_one_that_speaks_has_no_badge(texts: Texts) -> None:
    """A second screen without loudspeaker is as it should be."""
    assert draw(after(welcome(), board(1), speaks=False), texts, NOW_S).badges == ()
    nobody = draw(after(welcome(), board(1, speaker=None), speaks=False), texts, NOW_S)
    assert [badge.icon for badge in nobody.badges] == ["volume_off"]


def test_a_loudspeaker_that_is_being_opened_is_not_called_broken(texts: Texts) -> None:
    """No badge flickers at each start."""
    state = replace(after(welcome(), board(1, speaker=None)), speaker="unknown")
    assert draw(state, texts, NOW_S).badges == ()


def test_an_empty_picture_is_empty() -> None:
    """The screen before its first picture shows nothing at all."""
    assert not any(getattr(Picture(), name) for name in Picture.__slots__)


def test_the_call_that_is_large_is_the_one_the_frame_reports(texts: Texts) -> None:
    """A picture names the call that its frame will prove."""
    large = draw(after(welcome(), board(1), announce(2)), texts, NOW_S).large
    assert large is not None
    assert large.call == at(2)
