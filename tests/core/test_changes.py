"""What may be changed about a ticket that waits: cancelled, another service, priority, out of the queue."""

import pytest

from queue_protocol.answers import Done, RefusalCode
from queue_protocol.commands import (
    CancelTicket,
    ChangeService,
    Command,
    HoldTicket,
    ResumeTicket,
    SetPriority,
    StartService,
    VoidTicket,
)
from queue_protocol.ids import ServiceId, TicketId, ticket_number
from queue_server.core.decision import Actor
from queue_server.core.events import PriorityChanged, ServiceChanged, TicketCancelled, TicketVoided
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    OTHER_KIOSK,
    Center,
    called,
    with_policy,
)

A001 = called("A001")


# ---------------------------------------------------------------- "Chọn nhầm?"


def test_a_wrong_choice_is_cancelled_at_the_kiosk() -> None:
    """Given a ticket just taken, when the same kiosk cancels it, then it is out of the line."""
    center = Center()
    ticket = center.take()
    assert center.wait(29).done(CancelTicket(ticket=ticket), KIOSK) == (TicketCancelled(ticket=ticket),)
    assert center.ticket(ticket).status == "cancelled"
    assert center.hall.line(CERTIFICATION) == ()


@pytest.mark.parametrize(("seconds", "code"), [(30, None), (30.001, "too_late_to_cancel")])
def test_half_a_minute_is_time_to_cancel(seconds: float, code: RefusalCode | None) -> None:
    """Until 30 s after the issue the choice may be taken back, and no longer."""
    center = Center()
    command = CancelTicket(ticket=center.take())
    center.wait(seconds)
    assert (center.refusal(command, KIOSK).code if code else center.do(command, KIOSK)) == (code or Done())


def test_the_policy_says_how_long_a_choice_may_be_cancelled() -> None:
    """Where the center gives two minutes, two minutes it is."""
    center = Center(with_policy(cancel_within_s=120))
    command = CancelTicket(ticket=center.take())
    assert center.wait(minutes=2).when(command, KIOSK).result == Done()
    assert center.wait(1).refusal(command, KIOSK).code == "too_late_to_cancel"


def test_only_the_kiosk_that_issued_a_ticket_cancels_it() -> None:
    """A number shouted across the hall is cancelled by nobody else."""
    center = Center()
    command = CancelTicket(ticket=center.take())
    assert center.refusal(command, OTHER_KIOSK).code == "not_this_kiosk"
    assert center.refusal(command, LAN).code == "not_this_kiosk"


def test_a_ticket_that_was_called_is_cancelled_no_more() -> None:
    """Whoever is called goes to the counter."""
    center = Center().open()
    ticket = center.take()
    center.call()
    assert center.refusal(CancelTicket(ticket=ticket), KIOSK).code == "wrong_status"


# ---------------------------------------------------------------- another service


def test_a_changed_service_keeps_number_and_place_in_time() -> None:
    """Given somebody in the line of land, when an earlier A ticket changes to it, then it is first with its number."""
    center = Center().open(3, KIEN)
    wrong = center.take(CERTIFICATION)
    center.wait(minutes=1).take(LAND)
    changed = center.done(ChangeService(ticket=wrong, service=LAND), GREETER)
    assert [type(event) for event in changed] == [ServiceChanged]
    assert center.call_all(3, KIEN) == ["A001", "L001"]


def test_changing_to_the_same_service_changes_nothing() -> None:
    """A second tap on the same service is no error and no event."""
    center = Center()
    ticket = center.take()
    assert center.done(ChangeService(ticket=ticket, service=CERTIFICATION), GREETER) == ()


def test_a_service_is_changed_before_the_call_only() -> None:
    """Given a called ticket, when its service is changed, then it is refused: at the counter it is a transfer."""
    center = Center().open()
    ticket = center.take()
    center.call()
    assert center.refusal(ChangeService(ticket=ticket, service=LAND), LAN).code == "wrong_status"


# ---------------------------------------------------------------- priority


def test_granted_priority_counts_from_the_issue() -> None:
    """Given three in the line, when staff grants the last one priority, then its head start counts from its issue."""
    center = Center().open()
    for _ in range(2):
        center.take()
        center.wait(minutes=20)
    granted = center.take()
    (event,) = center.done(SetPriority(ticket=granted, priority=True), GREETER)
    assert isinstance(event, PriorityChanged)
    assert center.call_all() == ["A001", "A003", "A002"]


def test_removed_priority_gives_the_place_back() -> None:
    """Given a priority ticket that passed another, when priority is removed, then the order is that of the issue."""
    center = Center().open()
    center.take()
    wrong = center.wait(minutes=1).take(priority=True)
    center.done(SetPriority(ticket=wrong, priority=False), LAN)
    assert center.call_all() == ["A001", "A002"]


def test_priority_may_change_on_hold_and_holds_afterwards() -> None:
    """Whoever is away when priority is granted has it when back."""
    center = Center().open()
    center.take()
    away = center.wait(minutes=1).take()
    center.done(HoldTicket(ticket=away, reason="stepped_out"), GREETER)
    center.done(SetPriority(ticket=away, priority=True), GREETER)
    center.done(ResumeTicket(ticket=away), GREETER)
    assert center.call_all() == ["A002", "A001"]


def test_no_reason_of_priority_is_kept() -> None:
    """Priority is yes or no: neither command nor event has room for a reason."""
    assert set(SetPriority.__struct_fields__) == {"ticket", "priority"}
    assert set(PriorityChanged.__struct_fields__) == {"ticket", "priority", "place"}


# ---------------------------------------------------------------- out of the queue


def test_a_void_ticket_keeps_its_number_in_the_ledger() -> None:
    """Given a ticket taken twice, when one is voided, then it is called no more and its number is not given again."""
    center = Center().open()
    double = center.take()
    assert center.done(VoidTicket(ticket=double, reason="double"), GREETER) == (
        TicketVoided(ticket=double, reason="double"),
    )
    assert center.ticket(double).status == "void"
    assert ticket_number(center.take()) == "A002"
    assert center.call_all() == ["A002"]


def test_a_ticket_at_a_counter_is_voided_there_or_by_the_manager() -> None:
    """Another clerk is told whose it is; the clerk of the counter and the manager may, and the counter is free."""
    for by in (LAN, MANAGER):
        center = Center().open(1, LAN)
        ticket = center.take()
        center.call(1, LAN)
        assert center.refusal(VoidTicket(ticket=ticket, reason="left"), HOA).code == "counter_taken"
        center.done(VoidTicket(ticket=ticket, reason="left"), by)
        assert center.hall.counter_state(1).ticket is None


def test_who_is_being_served_is_not_voided() -> None:
    """A service that has begun is finished, not undone."""
    center = Center().open()
    ticket = center.take()
    center.call()
    center.done(StartService(ticket=ticket), LAN)
    assert center.refusal(VoidTicket(ticket=ticket, reason="mistake"), LAN).code == "wrong_status"


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (ChangeService(ticket=A001, service=ServiceId("fishing")), GREETER, "unknown_service"),
        (ChangeService(ticket=A001, service=LAND), KIOSK, "not_allowed"),
        (SetPriority(ticket=A001, priority=True), KIOSK, "not_allowed"),
        (VoidTicket(ticket=A001, reason="other"), KIOSK, "not_allowed"),
        (CancelTicket(ticket=TicketId("20261122-A001")), KIOSK, "unknown_ticket"),
        (ChangeService(ticket=called("A002"), service=CIVIL_STATUS), LAN, "unknown_ticket"),
    ],
)
def test_a_change_is_refused_by_code(command: Command, by: Actor, code: RefusalCode) -> None:
    """What is not there, and what a kiosk may not do."""
    center = Center()
    center.take()
    assert center.refusal(command, by).code == code
