"""A visit that goes on elsewhere: several services with one number, another counter, the rest of many dossiers."""

import pytest

from queue_protocol.answers import RefusalCode
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    Command,
    FinishService,
    RequeueTicket,
    StartService,
    TransferTicket,
)
from queue_protocol.ids import ServiceId
from queue_server.core.decision import Actor
from queue_server.core.events import ServiceFinished, TicketTransferred
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    Center,
    called,
    with_policy,
)

A001 = called("A001")


def center_serving() -> Center:
    """Return a center in which A001 is served at counter 1, and three wait for land since later than it."""
    center = Center().open(1, LAN).open(3, KIEN)
    center.take(CERTIFICATION)
    center.wait(minutes=1)
    for _ in range(3):
        center.take(LAND)
    center.wait(minutes=1).serve()
    return center


def test_one_visit_passes_several_services_with_one_number() -> None:
    """Given a person at certification, when the visit goes on at land, then the same number is called there."""
    center = center_serving()
    center.done(TransferTicket(ticket=A001, service=LAND), LAN)
    assert center.hall.counter_state(1).ticket is None
    assert center.call(3, KIEN) == A001
    center.finish(A001, KIEN)
    ticket = center.ticket(A001)
    assert (ticket.service, ticket.status, ticket.counter) == (LAND, "finished", 3)


def test_a_transferred_ticket_keeps_its_place_in_time() -> None:
    """The first due time of the visit counts in the other line too: behind the earlier, before the later."""
    center = Center().open(1, LAN).open(3, KIEN)
    center.take(LAND)
    center.wait(minutes=1).take(CERTIFICATION)
    center.wait(minutes=1).take(LAND)
    center.serve()
    center.wait(minutes=30).done(TransferTicket(ticket=A001, service=LAND), LAN)
    assert center.call_all(3, KIEN) == ["L001", "A001", "L002"]


def test_a_transferred_ticket_goes_first_where_the_clerk_says_so() -> None:
    """Given three who wait longer, when the visit is put first, then it is called before them, with that reason."""
    center = Center().open(1, LAN).open(3, KIEN)
    for _ in range(3):
        center.take(LAND)
        center.wait(minutes=1)
    center.take(CERTIFICATION)
    center.serve()
    center.done(TransferTicket(ticket=A001, service=LAND, first=True), LAN)
    assert center.call(3, KIEN) == A001
    assert center.reason(A001).rule == "put_first"
    assert center.reason(A001).passed == (called("L001"), called("L002"), called("L003"))


def test_who_is_put_first_later_stands_behind_who_was_put_first_earlier() -> None:
    """Two who go first keep their order among each other."""
    center = Center().open(1, LAN).open(2, HOA).open(3, KIEN)
    center.take(LAND)
    for counter, by in ((1, LAN), (2, HOA)):
        center.take(CERTIFICATION)
        center.serve(counter, by)
    center.done(TransferTicket(ticket=called("A002"), service=LAND, first=True), HOA)
    center.wait(1).done(TransferTicket(ticket=A001, service=LAND, first=True), LAN)
    assert center.call_all(3, KIEN) == ["A002", "A001", "L001"]


def test_a_ticket_sent_to_a_counter_is_called_there_and_nowhere_else() -> None:
    """Given two counters of one line, when a ticket is sent to the second, then the first never calls it."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take()
    center.serve(1, LAN)
    center.done(TransferTicket(ticket=A001, counter=2), LAN)
    assert center.refusal(CallNext(counter=1, after=None), LAN).code == "nobody_waiting"
    assert center.call(2, HOA) == A001


def test_a_counter_may_be_asked_for_what_it_does_not_serve() -> None:
    """A person may be sent to one clerk for a service that this counter does not list."""
    center = Center().open(1, LAN).open(3, KIEN)
    center.take()
    center.serve(1, LAN)
    center.done(TransferTicket(ticket=A001, counter=3), LAN)
    assert center.ticket(A001).service == CERTIFICATION
    assert center.call(3, KIEN) == A001


def test_the_time_at_the_first_counter_is_not_estimated_when_the_clerk_is_quick() -> None:
    """A transfer in good time is an end that is known; one after three times the expected time is not."""
    center = Center().open(1, LAN)
    center.take()
    center.serve()
    quick = center.wait(minutes=18).when(TransferTicket(ticket=A001, service=LAND), LAN).events[0]
    slow = center.wait(minutes=1).when(TransferTicket(ticket=A001, service=LAND), LAN).events[0]
    assert isinstance(quick, TicketTransferred)
    assert isinstance(slow, TicketTransferred)
    assert (quick.estimated, slow.estimated) == (False, True)


def test_further_services_done_in_one_visit_are_noted() -> None:
    """Given a person who also had papers certified, when the visit is finished, then the event says so."""
    center = Center().open()
    center.take(CIVIL_STATUS)
    ticket = center.serve()
    command = FinishService(ticket=ticket, also=(CERTIFICATION,), outcome="more_papers")
    assert center.done(command, LAN) == (
        ServiceFinished(ticket=ticket, counter=1, outcome="more_papers", also=(CERTIFICATION,)),
    )


# ---------------------------------------------------------------- "xếp lại"


def test_the_rest_of_many_dossiers_waits_at_the_end_with_the_same_number() -> None:
    """Given five dossiers where three are a turn, when three are done, then two wait behind everybody."""
    center = Center(with_policy(dossiers_per_turn=3)).open()
    center.take(dossiers=5)
    for _ in range(2):
        center.wait(minutes=1).take()
    center.wait(minutes=1).serve()
    center.done(RequeueTicket(ticket=A001, dossiers_left=2), LAN)
    assert center.ticket(A001).dossiers == 2
    assert center.call_all() == ["A002", "A003", "A001"]


def test_priority_does_not_bring_the_rest_to_the_front_again() -> None:
    """A proxy with priority has used the head start with the first turn."""
    center = Center().open()
    center.take(priority=True, dossiers=9)
    center.wait(minutes=1).take()
    center.serve()
    center.wait(minutes=1).done(RequeueTicket(ticket=A001, dossiers_left=6), LAN)
    assert center.call_all() == ["A002", "A001"]


def test_a_turn_that_nobody_started_is_decided_on_first() -> None:
    """Whoever was only called has brought nothing to the counter yet."""
    center = Center().open()
    center.take(dossiers=5)
    center.call()
    refusal = center.wait(minutes=2).refusal(RequeueTicket(ticket=A001, dossiers_left=2), LAN)
    assert refusal.code == "decide_current_first"


# ---------------------------------------------------------------- the clerk's choice


def test_a_chosen_ticket_is_called_out_of_turn() -> None:
    """Given three in the line, when the clerk chooses the third, then it is called, and it is said who was passed."""
    center = Center().open()
    for _ in range(3):
        center.take()
    center.done(CallTicket(counter=1, after=None, ticket=called("A003")), LAN)
    assert center.reason(called("A003")).rule == "chosen"
    assert center.reason(called("A003")).passed == (called("A001"), called("A002"))
    assert center.hall.counter_state(1).ticket == called("A003")


def test_choosing_finishes_the_current_ticket_too() -> None:
    """One command ends the visit and calls the chosen one."""
    center = Center().open()
    for _ in range(3):
        center.take()
    center.serve()
    center.done(CallTicket(counter=1, after=A001, ticket=called("A003")), LAN)
    assert center.ticket(A001).status == "finished"
    assert center.ticket(called("A003")).status == "called"


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (TransferTicket(ticket=A001, service=ServiceId("fishing")), LAN, "unknown_service"),
        (TransferTicket(ticket=A001, counter=9), LAN, "unknown_counter"),
        (TransferTicket(ticket=A001, service=LAND), HOA, "counter_taken"),
        (TransferTicket(ticket=called("L001"), service=LAND), LAN, "wrong_status"),
        (RequeueTicket(ticket=A001, dossiers_left=1), HOA, "counter_taken"),
        (RequeueTicket(ticket=called("L001"), dossiers_left=1), LAN, "wrong_status"),
        (FinishService(ticket=A001, also=(ServiceId("fishing"),)), LAN, "unknown_service"),
        (CallTicket(counter=1, after=None, ticket=called("L001")), LAN, "desk_moved_on"),
        (CallTicket(counter=1, after=A001, ticket=called("L009")), LAN, "unknown_ticket"),
        (CallTicket(counter=1, after=A001, ticket=A001), LAN, "wrong_status"),
        (CallTicket(counter=1, after=A001, ticket=called("L001")), KIOSK, "not_allowed"),
        (StartService(ticket=A001), LAN, "wrong_status"),
    ],
)
def test_a_move_is_refused_by_code(command: Command, by: Actor, code: RefusalCode) -> None:
    """What is not there, what is somebody else's, and what this status does not allow."""
    assert center_serving().refusal(command, by).code == code
