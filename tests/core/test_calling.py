"""Who is called next, why, and what a second press of the key does."""

import pytest

from queue_protocol.answers import NextCalled, RefusalCode, Refused
from queue_protocol.commands import CallNext, CallTicket, FinishService, RecallTicket
from queue_protocol.ids import TicketId
from queue_server.core.decision import Actor
from queue_server.core.dispatch import PASSED_LIMIT, next_ticket
from queue_server.core.events import ServiceFinished, ServiceStarted, TicketCalled, TicketHeld, TicketMissed
from queue_server.core.facts import CallReason
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    HOA,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    MORNING,
    Center,
    account,
    called,
    with_policy,
)


def next_after(after: str | None, counter: int = 1) -> CallNext:
    """Return the command of a clerk who sees this number at the counter."""
    return CallNext(counter=counter, after=None if after is None else called(after))


def test_the_first_of_the_line_is_called() -> None:
    """Given two tickets, when a clerk calls next, then the earlier one is called, for its due time."""
    center = Center().open()
    center.take()
    center.take()
    decision = center.when(next_after(None), LAN)
    assert decision.events == (
        TicketCalled(ticket=called("A001"), counter=1, reason=CallReason(rule="due_time"), clerk=account(LAN)),
    )
    assert decision.result == NextCalled(counter=1, ticket=called("A001"))


def test_lines_of_a_counter_are_called_in_order_of_due_time() -> None:
    """A counter that serves two lines takes who came first of both, and nobody of a third line."""
    center = Center().open()
    for service in (CIVIL_STATUS, CERTIFICATION, LAND, CIVIL_STATUS):
        center.take(service)
        center.wait(1)
    assert center.call_all() == ["H001", "A001", "H002"]


def test_two_tickets_of_one_instant_are_called_in_order_of_issue() -> None:
    """The sequence of issue decides where due times are the same."""
    center = Center().open()
    for service in (CERTIFICATION, CIVIL_STATUS, CERTIFICATION):
        center.take(service)
    assert center.call_all() == ["A001", "H001", "A002"]


def test_a_head_start_passes_the_late_and_not_the_early() -> None:
    """A priority ticket passes whoever came within the head start, and the call says whom."""
    center = Center().open()
    center.take()
    center.wait(minutes=31)
    center.take()
    center.wait(minutes=1)
    center.take(priority=True)
    assert center.serve() == called("A001")
    decision = center.when(next_after("A001"), LAN)
    assert decision.events[-1] == TicketCalled(
        ticket=called("A003"),
        counter=1,
        reason=CallReason(rule="head_start", passed=(called("A002"),)),
        clerk=account(LAN),
    )


def test_a_reason_names_ten_at_most() -> None:
    """However many are passed, the reason of a call stays small, and names the first of them."""
    center = Center().open()
    for _ in range(PASSED_LIMIT + 5):
        center.take()
    center.take(priority=True)
    event = center.when(next_after(None), LAN).events[0]
    assert isinstance(event, TicketCalled)
    assert event.reason.passed == tuple(called(f"A{number:03}") for number in range(1, PASSED_LIMIT + 1))


def test_next_finishes_the_ticket_that_is_served() -> None:
    """Given a ticket in service, when next is pressed, then it is finished and the following one called at once."""
    center = Center().open()
    center.take()
    center.take()
    center.call()
    center.given(ServiceStarted(ticket=called("A001"), counter=1, started_at=MORNING, implied=False))
    assert center.when(next_after("A001"), LAN).events == (
        ServiceFinished(ticket=called("A001"), counter=1),
        TicketCalled(ticket=called("A002"), counter=1, reason=CallReason(rule="due_time"), clerk=account(LAN)),
    )


@pytest.mark.parametrize("one_key", [True, False])
def test_nobody_who_was_only_called_counts_as_served(*, one_key: bool) -> None:
    """Whatever the policy, next says which ticket needs a decision, and so does a finish."""
    center = Center(with_policy(one_key=one_key)).open()
    center.take()
    center.take()
    center.call()
    refused = Refused(code="decide_current_first", facts={"number": "A001"})
    assert center.refusal(next_after("A001"), LAN) == refused
    assert center.refusal(FinishService(ticket=called("A001")), LAN) == refused


def test_one_press_marks_a_no_show_and_calls_the_next() -> None:
    """The person was called as often as the policy says: "không đến · gọi tiếp" is one command, and one transaction."""
    center = Center(with_policy(calls_before_no_show=2)).open()
    center.take()
    center.take()
    center.call()
    press = CallNext(counter=1, after=called("A001"), current="no_show")
    assert center.wait(60).refusal(press, LAN).code == "no_show_too_soon"
    center.done(RecallTicket(ticket=called("A001")), LAN)
    missed, call = center.done(press, LAN)
    assert missed == TicketMissed(ticket=called("A001"), counter=1)
    assert isinstance(call, TicketCalled)
    assert call.ticket == called("A002")


def test_a_no_show_of_somebody_who_is_served_is_refused() -> None:
    """Whoever is at the counter has come."""
    center = Center().open()
    center.take()
    center.serve()
    press = CallNext(counter=1, after=called("A001"), current="no_show")
    assert center.refusal(press, LAN).code == "wrong_status"


@pytest.mark.parametrize("serving", [True, False])
def test_a_chosen_call_may_put_the_current_ticket_on_hold(*, serving: bool) -> None:
    """The clerk who calls somebody out of turn says what becomes of whoever was there."""
    center = Center().open()
    center.take()
    center.take()
    center.call()
    if serving:
        center.begin()
    chosen = CallTicket(counter=1, after=called("A001"), ticket=called("A002"), current="held")
    held, call = center.done(chosen, LAN)
    assert held == TicketHeld(ticket=called("A001"), reason="stepped_out", counter=1)
    assert isinstance(call, TicketCalled)
    assert center.ticket(called("A001")).status == "held"


@pytest.mark.parametrize(
    ("called_s", "served_s", "counted"), [(121, 20, True), (121, 21, False), (100, 20, False), (99, 21, False)]
)
def test_a_start_that_was_forgotten_counts_from_the_call(called_s: int, served_s: int, *, counted: bool) -> None:
    """Start and finish within twenty seconds, over two minutes after the call: the person was there since the call."""
    center = Center().open()
    center.take()
    center.call()
    center.wait(called_s).begin()
    (finished,) = center.wait(served_s).done(FinishService(ticket=called("A001")), LAN)
    assert finished == ServiceFinished(
        ticket=called("A001"), counter=1, counted_from=MORNING if counted else None, estimated=False
    )


def test_two_presses_of_a_key_call_one_person() -> None:
    """The second press still names what the clerk saw before the first, so it calls nobody."""
    center = Center().open()
    center.take()
    center.take()
    press = next_after(None)
    assert isinstance(center.do(press, LAN), NextCalled)
    assert center.refusal(press, LAN) == Refused(code="desk_moved_on", facts={"counter": 1})


@pytest.mark.parametrize(
    ("counter", "by", "after", "code"),
    [
        (1, LAN, None, "nobody_waiting"),
        (1, LAN, called("A009"), "desk_moved_on"),
        (1, HOA, None, "counter_taken"),
        (2, LAN, None, "counter_closed"),
        (9, LAN, None, "unknown_counter"),
        (1, KIOSK, None, "not_allowed"),
        (1, MANAGER, None, "counter_taken"),
    ],
)
def test_next_is_refused_by_code(counter: int, by: Actor, after: TicketId | None, code: RefusalCode) -> None:
    """Nobody waiting, a counter that is not one's own, closed or unknown, and a box: each has its code."""
    assert Center().open(1, LAN).refusal(CallNext(counter=counter, after=after), by).code == code


def test_a_press_that_took_ten_seconds_calls_nobody() -> None:
    """A desk command older than ten seconds is too late."""
    center = Center().open()
    center.take()
    assert center.when(next_after(None), LAN, 10_000).events
    assert center.refusal(next_after(None), LAN, 10_001).code == "too_late"


def test_an_empty_hall_has_nobody_to_call() -> None:
    """At a counter that is not there, or with lines that are empty, nobody is next."""
    center = Center()
    assert next_ticket(center.hall, 99, center.now) is None
    assert next_ticket(center.hall, 1, center.now) is None
