"""Taking a ticket: numbers, due time, people ahead, the wait that is promised."""

from datetime import timedelta

import msgspec
import pytest

from queue_protocol.answers import RefusalCode, Refused, TicketTaken, WaitRange
from queue_protocol.commands import TakeTicket
from queue_protocol.ids import DeviceId, ServiceId, ticket_number
from queue_server.core.decision import Actor
from queue_server.core.events import CatalogueChanged, TicketIssued
from queue_server.core.facts import Place
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    DISPLAY,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MORNING,
    Center,
    called,
    issued,
    token,
    with_policy,
)

TAKE = TakeTicket(service=CERTIFICATION, token=token(1), print_at=DeviceId("kiosk-1"))


def test_a_ticket_is_issued_once_with_all_that_its_slip_says() -> None:
    """Given an empty hall, when a kiosk takes a ticket, then it is issued and the answer says the same."""
    center = Center()
    decision = center.when(TAKE, KIOSK)
    assert decision.events == (
        TicketIssued(
            ticket=called("A001"),
            service=CERTIFICATION,
            priority=False,
            token=token(1),
            origin="kiosk",
            print_at=DeviceId("kiosk-1"),
            place=Place(line=CERTIFICATION, due_at=MORNING, joined_at=MORNING),
            people_ahead=0,
            wait=None,
        ),
    )
    assert decision.result == TicketTaken(
        ticket=called("A001"),
        number="A001",
        service=CERTIFICATION,
        priority=False,
        issued_at=MORNING,
        people_ahead=0,
        wait=None,
        counters=(1, 2),
        print_at=DeviceId("kiosk-1"),
    )


def test_each_service_counts_on_its_own() -> None:
    """Numbers run on per service, whichever box asks."""
    center = Center()
    numbers = [
        ticket_number(center.take(service, by=by))
        for service, by in [(CERTIFICATION, KIOSK), (CIVIL_STATUS, LAN), (CERTIFICATION, LAN), (LAND, KIOSK)]
    ]
    assert numbers == ["A001", "H001", "A002", "L001"]


def test_a_ticket_taken_at_the_desk_says_so() -> None:
    """The origin of a ticket is the kind of box that asked."""
    event = Center().when(TAKE, LAN).events[0]
    assert isinstance(event, TicketIssued)
    assert event.origin == "desk"


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (msgspec.structs.replace(TAKE, service=ServiceId("fishing")), KIOSK, "unknown_service"),
        (TAKE, DISPLAY, "not_allowed"),
    ],
)
def test_a_ticket_that_cannot_be_is_refused(command: TakeTicket, by: Actor, code: RefusalCode) -> None:
    """An unknown service and a box that may not ask are refused by code."""
    assert Center().refusal(command, by) == Refused(code=code)


def test_a_token_opens_one_ticket_only() -> None:
    """A token that a ticket of the day has is not given to a second one."""
    center = Center()
    center.do(TAKE, KIOSK)
    assert center.refusal(TAKE, KIOSK).code == "command_id_reused"


@pytest.mark.parametrize(("digits", "last", "first"), [(2, "A99", "L01"), (3, "A999", "L001"), (4, "A9999", "L0001")])
def test_the_numbers_of_a_service_end_with_its_digits(digits: int, last: str, first: str) -> None:
    """After the last number nobody gets one with a digit more, and the other lines go on."""
    center = Center(with_policy(number_digits=digits, number_widens=False)).given(issued(last))
    assert center.refusal(TAKE, KIOSK).code == "no_numbers_left"
    assert ticket_number(center.take(LAND)) == first


@pytest.mark.parametrize(("age_ms", "refused"), [(30_000, False), (30_001, True)])
def test_a_tap_half_a_minute_old_is_too_late(age_ms: int, *, refused: bool) -> None:
    """Whoever tapped over 30 s ago has gone: no ticket is taken for them."""
    result = Center().when(TAKE, KIOSK, age_ms).result
    assert isinstance(result, Refused) == refused
    assert not refused or result == Refused(code="too_late")


def test_priority_counts_as_taken_half_an_hour_earlier() -> None:
    """The due time of a priority ticket is its issue minus the head start of the policy."""
    center = Center(with_policy(priority_head_start_minutes=20))
    urgent = center.take(priority=True)
    usual = center.take()
    assert center.ticket(urgent).place.due_at == MORNING - timedelta(minutes=20)
    assert center.ticket(usual).place.due_at == MORNING


def test_people_ahead_are_those_called_before_at_the_counters_of_the_line() -> None:
    """With no counter open, all lines of the counters that could serve the ticket count, and no other."""
    center = Center()
    center.take(CERTIFICATION)
    center.take(CIVIL_STATUS)
    center.take(LAND)
    ticket = center.ticket(center.take(CERTIFICATION))
    assert (ticket.people_ahead, ticket.wait_minutes) == (2, None)


def test_only_open_counters_compete() -> None:
    """When only counter 2 is open, the line of civil status is not ahead of a certification."""
    center = Center()
    center.take(CERTIFICATION)
    center.take(CIVIL_STATUS)
    center.open(2, HOA)
    assert center.ticket(center.take(CERTIFICATION)).people_ahead == 1


def test_a_priority_ticket_is_told_only_of_those_before_it() -> None:
    """A head start of 30 minutes passes who came 10 minutes ago, and not who came 40 minutes ago."""
    center = Center()
    center.take()
    center.wait(minutes=30)
    center.take()
    center.wait(minutes=10)
    assert center.ticket(center.take(priority=True)).people_ahead == 1


def test_the_wait_is_a_range_of_five_minutes_that_counters_share() -> None:
    """Five people of 6 minutes at two counters: 15 minutes, told as a range around it."""
    center = Center().open(1, LAN).open(2, HOA)
    for _ in range(5):
        center.take()
    answer = center.do(TAKE, KIOSK)
    assert isinstance(answer, TicketTaken)
    assert answer.wait == WaitRange(low_minutes=10, high_minutes=25)


def test_nobody_ahead_still_promises_no_zero() -> None:
    """The first in a line is told up to five minutes."""
    center = Center().open(3, KIEN)
    assert center.ticket(center.take(LAND)).wait_minutes == (0, 5)


def test_numbers_go_on_after_the_catalogue_changes() -> None:
    """A new catalogue in the middle of the day starts no line anew."""
    center = Center()
    center.take()
    center.given(CatalogueChanged(catalogue=with_policy(one_key=False)))
    assert ticket_number(center.take()) == "A002"
