"""Whoever goes away for a while, and whoever is called and does not come: on hold, back, no-show, returned."""

from datetime import timedelta

import pytest

from queue_protocol.answers import RefusalCode, Refused
from queue_protocol.commands import (
    CallTicket,
    HoldReason,
    HoldTicket,
    MarkNoShow,
    ResumeTicket,
    ReturnTicket,
    StartService,
    TransferTicket,
)
from queue_protocol.ids import TicketId, ticket_number
from queue_server.core.events import TicketHeld, TicketReturned
from tests.core.center import CERTIFICATION, CIVIL_STATUS, GREETER, HOA, KIOSK, LAN, Center, called, with_policy

A001 = called("A001")


def hold(ticket: TicketId, reason: HoldReason = "stepped_out") -> HoldTicket:
    """Return the command of staff whom somebody told to be away for a few minutes."""
    return HoldTicket(ticket=ticket, reason=reason)


def center_with_line(people: int, **policy: object) -> Center:
    """Return a center whose counter 1 is open, with so many in the line of certification, a minute apart."""
    center = Center(with_policy(**policy)).open()
    for _ in range(people):
        center.take()
        center.wait(minutes=1)
    return center


def missed(center: Center) -> TicketId:
    """Call the next ticket, wait for nobody, and return it."""
    ticket = center.call()
    assert ticket is not None
    center.done(MarkNoShow(ticket=ticket), LAN)
    return ticket


# ---------------------------------------------------------------- hold and resume


def test_who_is_on_hold_is_not_called() -> None:
    """Given the first of the line on hold ("ra ngoài ít phút"), when next is pressed, then the second is called."""
    center = center_with_line(2)
    center.done(hold(A001), GREETER)
    assert center.call() == called("A002")


def test_who_comes_back_from_hold_has_the_same_place() -> None:
    """Given the first of three on hold, when it is resumed, then it is before those who came later."""
    center = center_with_line(3)
    center.done(hold(A001), GREETER)
    center.wait(minutes=10).done(ResumeTicket(ticket=A001), GREETER)
    assert center.call_all() == ["A001", "A002", "A003"]


def test_the_policy_may_send_who_comes_back_to_the_end() -> None:
    """Where a place is not kept, the ticket joins the line anew."""
    center = center_with_line(3, resume_keeps_place=False)
    center.done(hold(A001), GREETER)
    center.done(ResumeTicket(ticket=A001), GREETER)
    assert center.call_all() == ["A002", "A003", "A001"]


@pytest.mark.parametrize("started", [False, True])
def test_a_ticket_on_hold_frees_its_counter(started: bool) -> None:
    """Given a person who fetches papers, when the ticket is put on hold, then the counter calls the next one."""
    center = center_with_line(2)
    center.call()
    if started:
        center.done(StartService(ticket=A001), LAN)
    (event,) = center.done(hold(A001, "fetching_papers"), LAN)
    assert event == TicketHeld(ticket=A001, reason="fetching_papers", counter=1)
    assert center.call() == called("A002")


def test_the_calls_of_a_held_ticket_count_anew() -> None:
    """Whoever was called twice and then put on hold has a first call when it is called again."""
    center = center_with_line(1)
    center.call()
    center.done(hold(A001), LAN)
    center.done(CallTicket(counter=1, after=None, ticket=A001), LAN)
    assert (center.ticket(A001).calls, center.ticket(A001).hold_reason) == (1, None)
    assert A001 not in center.hall.away


def test_only_their_clerk_puts_a_ticket_at_a_counter_on_hold() -> None:
    """Neither a greeter nor another clerk takes somebody from a counter."""
    center = center_with_line(1)
    center.call()
    assert center.refusal(hold(A001), GREETER) == Refused(code="counter_taken", facts={"counter": 1, "clerk": "lan"})
    assert center.refusal(hold(A001), HOA).code == "counter_taken"
    assert center.refusal(hold(A001), KIOSK).code == "not_allowed"


def test_a_ticket_is_resumed_once() -> None:
    """Two people at two desks who bring the same ticket back bring it back once."""
    center = center_with_line(1)
    center.done(hold(A001), GREETER)
    center.done(ResumeTicket(ticket=A001), GREETER)
    assert center.refusal(ResumeTicket(ticket=A001), LAN).code == "wrong_status"


# ---------------------------------------------------------------- no-show and return


def test_who_returns_soon_is_next_but_one() -> None:
    """Given four in the line, when the one who missed the call is back within 20 minutes, then one goes before."""
    center = center_with_line(5)
    ticket = missed(center)
    center.wait(minutes=20)
    assert [type(event) for event in center.done(ReturnTicket(ticket=ticket), GREETER)] == [TicketReturned]
    assert center.call_all() == ["A002", "A001", "A003", "A004", "A005"]


def test_who_returns_late_is_at_the_end() -> None:
    """After more than 20 minutes the person waits like somebody who comes now."""
    center = center_with_line(3)
    ticket = missed(center)
    center.wait(minutes=20, seconds=1).done(ReturnTicket(ticket=ticket), GREETER)
    assert center.call_all() == ["A002", "A003", "A001"]


def test_next_but_one_counts_all_lines_of_the_counter() -> None:
    """Given a counter of two lines, when an A ticket returns, then it stands behind an H ticket that is next."""
    center = Center().open()
    center.take(CERTIFICATION)
    ticket = missed(center)
    center.take(CIVIL_STATUS)
    center.wait(minutes=1).take(CERTIFICATION)
    center.done(ReturnTicket(ticket=ticket), LAN)
    assert center.call_all() == ["H001", "A001", "A002"]


def test_next_but_one_stays_so_when_the_next_has_a_head_start() -> None:
    """Behind a priority ticket the returned one is before everybody else, priority or not."""
    center = center_with_line(2)
    ticket = missed(center)
    for _ in range(2):
        center.take(priority=True)
        center.wait(1)
    center.done(ReturnTicket(ticket=ticket), LAN)
    assert center.call_all() == ["A003", "A001", "A004", "A002"]


def test_next_but_one_is_before_the_second_who_was_put_first() -> None:
    """Behind the one who was put first, the returned one is before the next one who was, and before all others."""
    center = center_with_line(4).open(2, HOA)
    ticket = missed(center)
    moved = [(center.call(), LAN), (center.call(2, HOA), HOA)]
    for each, clerk in moved:
        assert each is not None
        center.wait(1).done(TransferTicket(ticket=each, first=True), clerk)
    center.done(ReturnTicket(ticket=ticket), GREETER)
    assert center.call_all() == ["A002", "A001", "A003", "A004"]


def test_with_nobody_else_there_who_returns_is_next() -> None:
    """An empty line has no next but one."""
    center = center_with_line(1)
    ticket = missed(center)
    center.done(ReturnTicket(ticket=ticket), LAN)
    assert center.call() == ticket


def test_two_returns_are_allowed() -> None:
    """Given a ticket that came back twice, when it misses its call once more, then it may not return."""
    center = center_with_line(1)
    for _ in range(2):
        center.done(ReturnTicket(ticket=missed(center)), LAN)
    missed(center)
    assert center.refusal(ReturnTicket(ticket=A001), LAN) == Refused(
        code="returned_too_often", facts={"number": "A001", "times": 2}
    )


@pytest.mark.parametrize(("policy", "code"), [({"returns_allowed": 0}, "returned_too_often"), ({}, None)])
def test_the_policy_says_how_often_one_may_return(policy: dict[str, object], code: RefusalCode | None) -> None:
    """Where nobody may return, nobody does."""
    center = center_with_line(1, **policy)
    result = center.when(ReturnTicket(ticket=missed(center)), LAN).result
    assert (result.code if isinstance(result, Refused) else None) == code


def test_the_policy_says_how_soon_is_soon() -> None:
    """Where five minutes are soon, six are late."""
    center = center_with_line(3, return_within_minutes=5)
    ticket = missed(center)
    center.wait(minutes=6).done(ReturnTicket(ticket=ticket), LAN)
    assert center.call_all()[-1] == "A001"


def test_who_returned_is_called_for_the_first_time_again() -> None:
    """Calls count from the return on; the wait still ends at the very first call."""
    center = center_with_line(1)
    ticket = missed(center)
    first = center.ticket(ticket).first_called_at
    center.wait(minutes=1).done(ReturnTicket(ticket=ticket), LAN)
    center.call()
    after = center.ticket(ticket)
    assert (after.calls, after.returns, after.first_called_at) == (1, 1, first)
    assert after.last_called_at == center.now
    assert center.now - timedelta(minutes=1) == first


def test_who_returned_stands_on_the_missed_strip_no_more() -> None:
    """The board lists who did not come until they come."""
    center = center_with_line(1)
    ticket = missed(center)
    assert list(center.hall.missed) == [ticket]
    center.done(ReturnTicket(ticket=ticket), LAN)
    assert list(center.hall.missed) == []
    assert ticket_number(ticket) == "A001"
