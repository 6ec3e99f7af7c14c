"""A finish that is taken back: the visit goes on as if nobody had finished it, and a call made since is withdrawn."""

from datetime import timedelta

import pytest

from queue_protocol.answers import Done, RefusalCode
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CloseCounter,
    FinishService,
    HoldTicket,
    PauseCounter,
    RecallTicket,
    TakeBackFinish,
    TakeOverCounter,
)
from queue_protocol.ids import TicketId
from queue_server.core.alarms import Surroundings
from queue_server.core.catalogue import Interleave
from queue_server.core.decision import Actor
from queue_server.core.events import CallWithdrawn, FinishTakenBack, TicketHeld
from queue_server.core.staff_views import desk
from queue_server.core.views import board
from tests.core.center import DISPLAY, HOA, LAN, MANAGER, MORNING, Center, account, called, with_policy

A001, A002, A003 = (called(number) for number in ("A001", "A002", "A003"))


def center_at_work() -> Center:
    """Return a center in which A001 has been served at counter 1 for five minutes and two more wait."""
    center = Center().open()
    for _ in range(3):
        center.take()
    center.serve()
    return center.wait(minutes=5)


def pressed_once_too_often() -> Center:
    """Return that center just after its clerk pressed the key that finishes A001 and calls A002."""
    center = center_at_work()
    center.done(CallNext(counter=1, after=A001), LAN)
    return center.wait(8)


def back(ticket: TicketId = A001, after: TicketId | None = A002) -> TakeBackFinish:
    """Return the command of a clerk who sees this ticket at the counter."""
    return TakeBackFinish(ticket=ticket, after=after)


def test_the_visit_goes_on_and_the_call_is_withdrawn() -> None:
    """The ticket is served since its own start; the one that was called waits first, as if it had not been called."""
    center = pressed_once_too_often()
    before = center_at_work()
    decision = center.when(back(), LAN)
    assert decision.result == Done()
    assert decision.events == (
        CallWithdrawn(ticket=A002, counter=1, calls=1, first=True),
        FinishTakenBack(ticket=A001, counter=1, started_at=MORNING),
    )
    center.done(back(), LAN)
    assert center.hall.tickets == before.hall.tickets
    assert center.hall.lines == before.hall.lines
    assert center.hall.counter_state(1) == before.hall.counter_state(1)


def test_a_finish_without_a_call_is_taken_back_too() -> None:
    """Also at a counter that pauses: the ticket is simply there again."""
    center = center_at_work()
    center.done(FinishService(ticket=A001), LAN)
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    (event,) = center.done(back(after=None), LAN)
    assert isinstance(event, FinishTakenBack)
    assert center.ticket(A001).status == "serving"
    assert center.hall.counter_state(1).paused == "break"


def test_the_board_shows_the_withdrawn_call_no_more() -> None:
    """The calls before it stand as they stood, five of them, and the counter shows whom it serves."""
    center = Center().open()
    for _ in range(8):
        center.take()
    for _ in range(6):
        center.serve()
    before = board(center.hall, center.revision, center.now, None)
    center.done(CallNext(counter=1, after=called("A006")), LAN)
    assert board(center.hall, center.revision, center.now, None).calls[0].number == "A007"
    center.done(back(called("A006"), called("A007")), LAN)
    after = board(center.hall, center.revision, center.now, None)
    assert (after.calls, after.counters) == (before.calls, before.counters)
    assert len(after.calls) == 5


def test_whoever_was_on_hold_is_on_hold_again() -> None:
    """A ticket that was called from hold by choice goes back there, with its reason."""
    center = center_at_work()
    center.done(HoldTicket(ticket=A003, reason="fetching_papers"), LAN)
    center.done(CallTicket(counter=1, after=A001, ticket=A003), LAN)
    events = center.done(back(after=A003), LAN)
    assert events[1] == TicketHeld(ticket=A003, reason="fetching_papers", counter=None)
    assert center.ticket(A003).status == "held"


def test_a_second_call_of_a_ticket_leaves_its_first_one() -> None:
    """Somebody who was missed, came back and was called once more has waited until the first call."""
    center = Center().open()
    for _ in range(2):
        center.take()
    first_call = center.now
    center.call()
    center.done(CallNext(counter=1, after=A001, current="held"), LAN)
    center.begin()
    center.wait(minutes=3).done(CallTicket(counter=1, after=A002, ticket=A001), LAN)
    withdrawn, *_ = center.wait(5).done(back(A002, A001), LAN)
    assert withdrawn == CallWithdrawn(ticket=A001, counter=1, calls=1, first=False)
    assert center.ticket(A001).first_called_at == first_call


def test_the_turns_of_a_counter_are_as_before() -> None:
    """With interleaving, a withdrawn priority call does not count: the same person is called again."""
    center = Center(with_policy(interleave=Interleave(priority=1, normal=1))).open()
    center.take()
    center.serve()
    center.take()
    center.wait(30).take(priority=True)
    before = center.hall.counter_state(1)
    center.done(CallNext(counter=1, after=A001), LAN)
    center.done(back(after=A003), LAN)
    assert center.hall.counter_state(1).normal_owed == before.normal_owed
    assert center.call() == A003


@pytest.mark.parametrize(
    ("seconds", "by", "command", "code"),
    [
        (60, LAN, back(), "too_late_to_take_back"),
        (0, HOA, back(), "counter_taken"),
        (0, MANAGER, back(), "counter_taken"),
        (0, DISPLAY, back(), "not_allowed"),
        (0, LAN, back(after=None), "desk_moved_on"),
        (0, LAN, back(A002), "wrong_status"),
        (0, LAN, back(called("A009")), "unknown_ticket"),
    ],
)
def test_it_is_refused_by_code(seconds: float, by: Actor, command: TakeBackFinish, code: RefusalCode) -> None:
    """Too late, somebody else, a screen that has not seen the call, and a ticket that was not finished."""
    assert pressed_once_too_often().wait(seconds).refusal(command, by).code == code


def test_it_is_too_late_when_the_next_person_has_come() -> None:
    """Whoever is served keeps the counter."""
    center = pressed_once_too_often()
    center.begin()
    assert center.refusal(back(), LAN).code == "too_late_to_take_back"


@pytest.mark.parametrize("left", [CloseCounter(counter=1), TakeOverCounter(counter=1)])
def test_a_counter_that_was_left_takes_nothing_back(left: CloseCounter | TakeOverCounter) -> None:
    """Whoever sits there now has not finished that visit."""
    center = center_at_work()
    center.done(FinishService(ticket=A001), LAN)
    center.done(left, LAN if isinstance(left, CloseCounter) else HOA)
    if isinstance(left, CloseCounter):
        center.open(1, HOA)
    assert center.refusal(back(after=None), HOA).code == "too_late_to_take_back"


def test_a_withdrawn_call_may_have_been_recalled() -> None:
    """Both calls are taken back; the ticket counts as not called."""
    center = center_at_work()
    center.done(CallNext(counter=1, after=A001), LAN)
    center.wait(45).done(RecallTicket(ticket=A002), LAN)
    withdrawn, *_ = center.wait(10).done(back(), LAN)
    assert withdrawn == CallWithdrawn(ticket=A002, counter=1, calls=2, first=True)


def test_the_desk_offers_it_for_a_minute() -> None:
    """The desk names the ticket and until when; nothing once it is too late."""
    center = pressed_once_too_often()
    finished = desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings()).finished
    assert finished is not None
    assert (finished.ticket, finished.number) == (A001, "A001")
    assert finished.until == MORNING + timedelta(minutes=6)
    center.wait(60)
    assert desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings()).finished is None
