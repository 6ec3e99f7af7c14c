"""Nobody waits unseen where no counter calls from: a counter that closes, a service that no counter serves."""

from collections.abc import Callable

import msgspec
import pytest

from queue_protocol.answers import Done
from queue_protocol.commands import (
    CloseCounter,
    Command,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    ResumeTicket,
    ReturnTicket,
    SetCounterServices,
    TakeTicket,
    TransferTicket,
)
from queue_protocol.day_commands import EndDay
from queue_protocol.ids import HallId
from queue_protocol.snapshots import Alarm, LineState
from queue_server.core.alarms import Surroundings, alarms
from queue_server.core.catalogue import HallPlan
from queue_server.core.decision import Actor
from queue_server.core.events import CounterClosed, ServiceChanged
from queue_server.core.staff_views import office
from queue_server.core.views import menu
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    MORNING,
    Center,
    account,
    called,
    token,
    with_hours,
)

A001 = called("A001")
TAKE_LAND = TakeTicket(service=LAND, token=token(1))


def sent_to_counter_2(center: Center | None = None) -> Center:
    """Return a center in which A001 was sent from counter 1 to counter 2, and both are open."""
    center = (center or Center()).open(1, LAN).open(2, HOA)
    center.take()
    center.serve()
    center.done(TransferTicket(ticket=A001, counter=2), LAN)
    return center


def unattended(center: Center) -> list[Alarm]:
    """Return what staff are told of lines that nobody calls from."""
    return [each for each in alarms(center.hall, Surroundings(), center.now) if each.kind == "unattended_line"]


def line_of(center: Center) -> LineState:
    """Return the line of certification as the office sees it."""
    return office(center.hall, center.revision, center.now, Surroundings()).lines[0]


# ---------------------------------------------------------------- a counter that closes


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (CloseCounter(counter=2), HOA),
        (CloseCounter(counter=2), MANAGER),
        (OpenCounter(counter=3), HOA),
    ],
)
def test_who_waits_for_a_counter_that_closes_waits_for_its_service(command: Command, by: Actor) -> None:
    """Closed by its clerk or the manager, or left for another one: the place in time is the same, any counter calls."""
    center = sent_to_counter_2()
    place = center.ticket(A001).place
    center.wait(minutes=1).take()
    back = ServiceChanged(ticket=A001, service=CERTIFICATION, place=msgspec.structs.replace(place, line=CERTIFICATION))
    assert back in center.done(command, by)
    assert CounterClosed(counter=2, clerk=account(HOA)) in [entry.event for entry in center.entries]
    assert center.call_all() == ["A001", "A002"]


def hold_and_resume(center: Center) -> None:
    """Let A001 be away while counter 2 closes, and come back."""
    center.done(HoldTicket(ticket=A001, reason="other"), GREETER)
    center.done(CloseCounter(counter=2), HOA)
    center.done(ResumeTicket(ticket=A001), GREETER)


def miss_and_return(center: Center) -> None:
    """Let A001 not hear counter 2 before it closes, and come back."""
    center.call(2, HOA)
    center.done(MarkNoShow(ticket=A001), HOA)
    center.done(CloseCounter(counter=2), HOA)
    center.done(ReturnTicket(ticket=A001), GREETER)


@pytest.mark.parametrize("away", [hold_and_resume, miss_and_return])
def test_who_comes_back_to_a_counter_that_has_closed_waits_for_its_service(away: Callable[[Center], None]) -> None:
    """The line that was left is nobody's any more."""
    center = sent_to_counter_2()
    away(center)
    assert center.call() == A001


# ---------------------------------------------------------------- what the office sees


def test_the_office_counts_those_who_were_sent_to_one_counter() -> None:
    """They wait for the service too, and maybe for longest."""
    center = sent_to_counter_2()
    center.wait(minutes=1).take()
    assert (line_of(center).waiting, line_of(center).longest_since) == (2, MORNING)
    assert center.call(2, HOA) == A001
    assert line_of(center).waiting == 1


def test_a_line_that_no_open_counter_calls_from_is_an_alarm() -> None:
    """Of its service, with all who stand there; it does not move as time passes, and goes when a counter opens."""
    center = Center()
    for _ in range(2):
        center.take(LAND)
        center.wait(minutes=1)
    alarm = Alarm(kind="unattended_line", at=MORNING, facts={"service": LAND, "count": 2})
    assert unattended(center) == [alarm]
    assert unattended(center.wait(minutes=30)) == [alarm]
    assert unattended(center.open(3, KIEN)) == []


def test_who_is_sent_to_a_counter_that_nobody_opened_is_seen() -> None:
    """The transfer is taken: its clerk may be on the way. Other people of the service have their counter."""
    center = Center().open(1, LAN)
    center.take()
    center.take()
    center.serve()
    assert center.do(TransferTicket(ticket=A001, counter=2), LAN) == Done()
    assert [each.facts for each in unattended(center)] == [{"service": CERTIFICATION, "count": 1}]
    assert unattended(center.open(2, HOA)) == []


@pytest.mark.parametrize(("clock", "is_raised"), [("07:15", False), ("08:00", True), ("12:00", False)])
def test_nobody_is_expected_at_a_counter_outside_of_the_sessions(clock: str, *, is_raised: bool) -> None:
    """Before the door opens and at lunch people wait and no clerk is missing."""
    center = Center(with_hours()).at("07:10")
    center.take()
    assert bool(unattended(center.at(clock))) == is_raised


def test_after_the_end_of_the_day_the_unserved_are_listed_instead() -> None:
    """What is to be done with each stands in a list of its own."""
    center = Center()
    center.take()
    center.done(EndDay(reason="no_staff"), MANAGER)
    assert unattended(center) == []


# ---------------------------------------------------------------- a service that no counter serves


def test_kiosks_give_no_ticket_of_a_service_that_no_counter_serves_today() -> None:
    """Whoever waits already is told of to staff, who may still issue; with the counter comes the service back."""
    center = Center().open(3, KIEN)
    center.take(LAND)
    center.done(SetCounterServices(counter=3, services=(CERTIFICATION,)), KIEN)
    assert center.refusal(TAKE_LAND, KIOSK).code == "no_counter"
    shown = menu(center.hall, center.revision, center.now)
    assert shown is not None
    assert {card.service: card.closed_because for card in shown.services if not card.open} == {LAND: "no_counter"}
    assert [each.facts for each in unattended(center)] == [{"service": LAND, "count": 1}]
    assert center.when(TAKE_LAND, GREETER).events
    center.done(SetCounterServices(counter=3, services=()), KIEN)
    assert center.when(TAKE_LAND, KIOSK).events


def test_a_service_that_no_counter_serves_today_stays_visible_in_its_hall() -> None:
    """A tile that is gone says nothing; one that is grey says whom to ask."""
    ground, upper = HallId("ground"), HallId("upper")
    counters = tuple(
        msgspec.structs.replace(each, hall=upper if each.number == 3 else ground) for each in CATALOGUE.counters
    )
    halls = tuple(HallPlan(id=each, names={"vi": each}) for each in (ground, upper))
    center = Center(msgspec.structs.replace(CATALOGUE, counters=counters, halls=halls))
    center.done(SetCounterServices(counter=3, services=(CERTIFICATION,)), MANAGER)
    shown = {}
    for room in (ground, upper):
        view = menu(center.hall, center.revision, center.now, room)
        shown[room] = LAND in [card.service for card in view.services] if view else None
    assert shown == {ground: False, upper: True}
