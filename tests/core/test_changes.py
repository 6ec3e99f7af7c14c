"""What may be changed about a ticket that waits: cancelled, another service, priority, out of the queue."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_protocol.answers import Done, RefusalCode
from queue_protocol.commands import (
    CallNext,
    CancelTicket,
    ChangeService,
    Command,
    HoldTicket,
    MarkNoShow,
    ResumeTicket,
    ReturnTicket,
    SetPriority,
    StartService,
    VoidTicket,
)
from queue_protocol.ids import ServiceId, TicketId, ticket_number
from queue_server.core.decision import Actor
from queue_server.core.events import PriorityChanged, ServiceChanged, TicketCancelled, TicketVoided
from queue_server.core.placing import with_priority
from tests.core.center import (
    CATALOGUE,
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


def test_priority_puts_nobody_behind() -> None:
    """Given a no-show who is back at the front, when priority is granted and taken, the place at the front is kept."""
    center = Center().open()
    for _ in range(4):
        center.take()
        center.wait(minutes=1)
    center.wait(minutes=90).call()
    center.done(MarkNoShow(ticket=A001), LAN)
    center.wait(minutes=1).done(ReturnTicket(ticket=A001), LAN)
    for priority in (True, False):
        center.done(SetPriority(ticket=A001, priority=priority), GREETER)
        assert [ticket_number(each.ticket) for each in center.hall.line(CERTIFICATION)][:2] == ["A002", "A001"]


def test_priority_that_is_removed_leaves_no_head_start_of_another_service() -> None:
    """A ticket that came from a service with a larger head start waits from its issue."""
    services = (msgspec.structs.replace(CATALOGUE.services[0], head_start_minutes=60), *CATALOGUE.services[1:])
    center = Center(msgspec.structs.replace(CATALOGUE, services=services))
    ticket = center.take(priority=True)
    center.done(ChangeService(ticket=ticket, service=LAND), GREETER)
    center.done(SetPriority(ticket=ticket, priority=False), GREETER)
    assert center.ticket(ticket).place.due_at == center.ticket(ticket).issued_at


acts = st.lists(
    st.sampled_from(["take", "take_with_priority", "call", "miss", "return", "hold", "resume", "move", "wait"]),
    max_size=30,
)


@given(acts=acts, policy=st.sampled_from([{}, {"priority_strict": True}, {"resume_keeps_place": False}]))
def test_granted_priority_never_adds_people_ahead(acts: list[str], policy: dict[str, bool]) -> None:
    """Whatever a ticket has been through, with priority nobody is before it who was not before."""
    center = Center(with_policy(**policy)).open()
    for act in ["take", "take", "take", "wait", *acts]:
        center.wait(minutes=50 if act == "wait" else 3)
        _let(center, act)
    for waiting in center.hall.line(CERTIFICATION):
        ticket = center.ticket(waiting.ticket)
        granted = with_priority(center.hall, ticket, priority=True)
        for place in (granted, with_priority(center.hall, replace(ticket, place=granted), priority=True)):
            assert (place.session, place.rank, place.due_at) <= (waiting.session, waiting.rank, waiting.due_at)


def _let(center: Center, act: str) -> None:
    """Let something happen to somebody, if there is anybody to whom it may."""
    hall, there = center.hall, center.hall.counter_state(1).ticket
    line, away = hall.line(CERTIFICATION), [center.ticket(each) for each in hall.away]
    commands: dict[str, Command | None] = {
        "call": CallNext(counter=1, after=there, long_service="true"),
        "miss": CallNext(counter=1, after=None) if there is None else MarkNoShow(ticket=there),
        "return": next((ReturnTicket(ticket=each.id) for each in away), None),
        "hold": HoldTicket(ticket=line[0].ticket, reason="other") if line else None,
        "resume": next((ResumeTicket(ticket=each.id) for each in away), None),
        "move": ChangeService(ticket=line[-1].ticket, service=CIVIL_STATUS) if line else None,
    }
    command = commands.get(act)
    if act.startswith("take"):
        center.take(priority=act == "take_with_priority")
    elif command is not None:
        center.do(command, LAN)


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
