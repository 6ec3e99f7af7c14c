"""What signs show and what keys ask, without a device: the rules of the counters."""

from dataclasses import replace

import pytest

from display.counter.counters import (
    QUIET_S,
    REFUSAL_S,
    Ask,
    Decline,
    State,
    change_link,
    face_of,
    hear,
    hello,
    press,
    take_answer,
)
from display.counter.devices import BLANK, PAUSED, REFUSAL, Face, Key
from queue_protocol import PROTOCOL
from queue_protocol.answers import Done, NextCalled, Refused
from queue_protocol.commands import (
    CallNext,
    Command,
    FinishService,
    MarkNoShow,
    PauseCounter,
    RecallTicket,
    ResumeCounter,
    StartService,
)
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import DeviceId, TicketId
from queue_protocol.snapshots import BoardCounter
from tests.counter.hall import BOX, board, counter, welcome

TICKET = TicketId("20261123-A015")


def live(*counters: BoardCounter) -> State:
    """Return a box whose board shows these counters."""
    return hear(hear(change_link(State(BOX), "live"), welcome()), board(1, *counters))


SERVING = live(counter(1, "A015"))
FREE = live(counter(1))


def test_it_introduces_itself_as_a_display_without_sound() -> None:
    """It gets the board, and is never chosen as the one that speaks."""
    assert hello(State(BOX), "k" * 16) == DisplayHello(
        protocol=PROTOCOL, device=DeviceId(BOX), key="k" * 16, sound=False
    )


@pytest.mark.parametrize(
    ("there", "face"),
    [
        (counter(1, "A015"), Face("number", "A015")),
        (counter(1), BLANK),
        (counter(1, paused=True), PAUSED),
        (counter(1, "A015", paused=True), Face("number", "A015")),
        (counter(1, is_open=False), BLANK),
        (counter(1, is_open=False, paused=True), BLANK),
        (counter(2, "A015"), BLANK),
    ],
)
def test_a_sign_follows_the_board(there: BoardCounter, face: Face) -> None:
    """Who is there is shown, also in a pause that has begun; a counter that the center does not have is blank."""
    assert face_of(live(there), 1, 0.0) == face


def test_an_old_number_is_not_shown_as_if_it_were_live() -> None:
    """Without the link the sign is blank at once, and stays so until a new board has come."""
    gone = change_link(SERVING, "connecting")
    assert face_of(gone, 1, 0.0) == BLANK
    back = hear(change_link(gone, "live"), welcome())
    assert face_of(back, 1, 0.0) == BLANK
    assert face_of(hear(back, board(2, counter(1, "A016"))), 1, 0.0) == Face("number", "A016")


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("next", CallNext(counter=1, after=TICKET, long_service="forgotten")),
        ("recall", RecallTicket(ticket=TICKET)),
        ("start", StartService(ticket=TICKET)),
        ("finish", FinishService(ticket=TICKET, long_service="forgotten")),
        ("no_show", MarkNoShow(ticket=TICKET)),
        ("pause", PauseCounter(counter=1, reason="break")),
    ],
)
def test_a_key_asks_about_what_the_board_shows(key: Key, command: Command) -> None:
    """Commands name the ticket of the board, and answer the question that a pad cannot be asked."""
    assert press(SERVING, 1, key, 0.0).deeds == (Ask(1, key, command),)


def test_keys_at_a_free_counter() -> None:
    """The next one comes after nobody, and the pause key ends a pause."""
    assert press(FREE, 1, "next", 0.0).deeds == (
        Ask(1, "next", CallNext(counter=1, after=None, long_service="forgotten")),
    )
    paused = live(counter(1, paused=True))
    assert press(paused, 1, "pause", 0.0).deeds == (Ask(1, "pause", ResumeCounter(counter=1)),)


def test_next_starts_whoever_was_only_called() -> None:
    """As on the desk's page: the one key says that the person has come, and never files a call as served."""
    called = live(counter(1, "A015", serving=False))
    assert press(called, 1, "next", 0.0).deeds == (Ask(1, "next", StartService(ticket=TICKET)),)


def test_with_one_key_a_no_show_calls_the_next() -> None:
    """Where the center's rule says so, and not while the counter pauses."""
    called, paused = counter(1, "A015", serving=False), counter(1, "A015", serving=False, paused=True)
    asked = CallNext(counter=1, after=TICKET, current="no_show")
    assert press(hear(SERVING, board(2, called, one_key=True)), 1, "no_show", 0.0).deeds == (Ask(1, "no_show", asked),)
    missed = MarkNoShow(ticket=TICKET)
    assert press(hear(SERVING, board(2, paused, one_key=True)), 1, "no_show", 0.0).deeds == (Ask(1, "no_show", missed),)


@pytest.mark.parametrize("key", ["recall", "start", "finish", "no_show"])
def test_a_key_about_nobody_is_declined(key: Key) -> None:
    """Nothing is sent; the sign says that the key had no effect, for a moment."""
    step = press(FREE, 1, key, 10.0)
    assert step.deeds == (Decline(1, key, "nobody_there"),)
    assert face_of(step.state, 1, 10.0) == REFUSAL
    assert face_of(step.state, 1, 10.0 + REFUSAL_S) == BLANK


def test_keys_without_a_server_are_declined_and_not_kept_for_later() -> None:
    """What cannot be asked now is not asked when the person has turned to something else."""
    gone = change_link(SERVING, "connecting")
    step = press(gone, 1, "next", 0.0)
    assert step.deeds == (Decline(1, "next", "no_link"),)
    assert face_of(step.state, 1, 0.1) == REFUSAL


def test_a_counter_that_the_center_does_not_have_is_declined() -> None:
    """A pad whose table names a wrong counter says so in the log."""
    assert press(SERVING, 7, "next", 0.0).deeds == (Decline(7, "next", "unknown_counter"),)


def test_two_presses_ask_once() -> None:
    """While the answer is on its way nothing else is asked for this counter, with any key, however long it takes."""
    asked = press(FREE, 1, "next", 0.0).state
    again: list[tuple[Key, float]] = [("next", 0.1), ("recall", 0.2), ("next", 5.0)]
    assert [press(asked, 1, key, at_s).deeds for key, at_s in again] == [(), (), ()]


def test_a_second_press_just_after_the_answer_calls_nobody() -> None:
    """A server that answers in 20 ms does not turn a bouncing contact into two calls."""
    asked = press(FREE, 1, "next", 0.0).state
    answered = take_answer(asked, 1, NextCalled(counter=1, ticket=TICKET), 0.02)
    called = hear(answered, board(2, counter(1, "A015")))
    assert press(called, 1, "next", 0.3).deeds == ()
    assert press(called, 1, "next", QUIET_S).deeds != ()


def test_another_key_waits_for_the_new_board() -> None:
    """Between the answer and its board a key would speak of the ticket before."""
    asked = press(SERVING, 1, "next", 0.0).state
    answered = take_answer(asked, 1, NextCalled(counter=1, ticket=TICKET), 0.02)
    assert press(answered, 1, "finish", 0.05).deeds == ()
    called = hear(answered, board(2, counter(1, "A016")))
    assert press(called, 1, "no_show", 0.1).deeds == (Ask(1, "no_show", MarkNoShow(ticket=TicketId("20261123-A016"))),)


def test_a_key_that_changes_nothing_on_the_board_lets_go_after_a_while() -> None:
    """A recall leaves the number where it is."""
    answered = take_answer(press(SERVING, 1, "recall", 0.0).state, 1, Done(), 0.02)
    assert press(answered, 1, "finish", 0.5).deeds == ()
    assert press(answered, 1, "finish", QUIET_S).deeds != ()


def test_a_refusal_shows_for_a_moment_and_lets_another_key_through() -> None:
    """The sign goes back to the number by itself."""
    refused = take_answer(press(SERVING, 1, "recall", 0.0).state, 1, Refused(code="recall_too_soon"), 0.1)
    assert face_of(refused, 1, 0.2) == REFUSAL
    assert face_of(refused, 1, 0.1 + REFUSAL_S) == Face("number", "A015")
    assert press(refused, 1, "finish", 0.2).deeds != ()


def test_counters_do_not_wait_for_each_other() -> None:
    """A key at one counter says nothing about another."""
    both = live(counter(1), counter(2))
    asked = press(both, 1, "next", 0.0).state
    assert press(asked, 2, "next", 0.0).deeds != ()


def test_an_answer_that_came_through_an_outage_still_counts() -> None:
    """A key pressed before the link broke is not forgotten by one pressed while it is gone."""
    gone = change_link(press(SERVING, 1, "next", 0.0).state, "connecting")
    pressed = press(gone, 1, "recall", 2.0).state
    back = hear(hear(change_link(pressed, "live"), welcome()), board(2, counter(1, "A015")))
    assert press(back, 1, "finish", 4.0).deeds == ()
    assert press(take_answer(back, 1, Done(), 4.1), 1, "finish", 5.5).deeds != ()


def test_state_is_a_value() -> None:
    """Nothing that happened later is seen in a state kept from before."""
    before = replace(FREE)
    press(FREE, 1, "next", 0.0)
    assert before == FREE
