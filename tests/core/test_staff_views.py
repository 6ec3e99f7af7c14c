"""What staff see of the rules: who is away and why, who is carried over, why a ticket was called, what needs a look."""

from datetime import timedelta

import pytest

from queue_protocol.commands import (
    CarryOver,
    HoldTicket,
    MarkNoShow,
    PauseCounter,
    ReturnTicket,
    SetCounterServices,
    TransferTicket,
)
from queue_protocol.day_commands import ChangeToday, EndDay
from queue_protocol.desk_tickets import AwayRow, CarriedRow
from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import ClockState, Desk, Office
from queue_server.core.alarms import Surroundings
from queue_server.core.days import note_outage
from queue_server.core.staff_views import LINE_SHOWN, UNSERVED_SHOWN, desk, office, unserved_rows
from queue_server.core.views import board
from tests.core.center import (
    CERTIFICATION,
    DAY,
    GREETER,
    HOA,
    LAN,
    LAND,
    MANAGER,
    MORNING,
    Center,
    account,
    called,
    token,
    with_hours,
    with_policy,
)

A001, A002 = called("A001"), called("A002")


def desk_of(center: Center, counter: int | None = 1) -> Desk:
    """Return Lan's page of this moment."""
    return desk(center.hall, center.revision, center.now, account(LAN), counter, Surroundings())


def office_of(center: Center, around: Surroundings | None = None) -> Office:
    """Return the manager's screen of this moment."""
    return office(center.hall, center.revision, center.now, around or Surroundings())


# ---------------------------------------------------------------- the desk


def test_the_desk_lists_who_is_away_the_latest_first() -> None:
    """On hold with the reason, missed without one, since when, and whether they may wait again."""
    center = Center(with_policy(returns_allowed=0)).open()
    held, missed = center.take(), center.take(priority=True)
    center.wait(minutes=1).done(HoldTicket(ticket=held, reason="fetching_papers"), GREETER)
    held_at = center.now
    center.wait(minutes=1).call()
    center.wait(minutes=1).done(MarkNoShow(ticket=missed), LAN)
    away = {"service": CERTIFICATION}
    assert desk_of(center).away == (
        AwayRow(ticket=missed, number="A002", priority=True, since=center.now, reason=None, may_return=False, **away),
        AwayRow(
            ticket=held,
            number="A001",
            priority=False,
            since=held_at,
            reason="fetching_papers",
            may_return=True,
            **away,
        ),
    )


def test_who_is_back_is_away_no_more() -> None:
    """Called again, returned or out of the queue: the list has only those who are not there."""
    center = Center().open()
    center.take()
    center.call()
    center.done(MarkNoShow(ticket=A001), LAN)
    center.done(ReturnTicket(ticket=A001), LAN)
    assert desk_of(center).away == ()


def test_the_desk_says_why_the_ticket_was_called_and_whom_it_passed() -> None:
    """All that the sentence needs: the rule, the numbers passed, issue and call."""
    center = Center().open()
    center.take()
    center.wait(minutes=1).take(priority=True)
    center.wait(minutes=31).call()
    current = desk_of(center).current
    assert current is not None
    assert (current.number, current.rule, current.passed) == ("A002", "head_start", ("A001",))
    assert current.called_at - current.issued_at == timedelta(minutes=31)


def test_the_desk_offers_slips_of_earlier_days() -> None:
    """Number, day and token of each slip that goes first and was not used."""
    center = Center().open()
    center.take()
    center.done(CarryOver(ticket=A001, token=token(1), reason="no_staff"), GREETER)
    center.midnight()
    row = CarriedRow(token=token(1), number="A001", day=DAY, service=CERTIFICATION)
    assert desk_of(center).carried == (row,)
    center.take(by=GREETER, carried_over=token(1))
    assert desk_of(center).carried == ()


def test_the_desk_shows_what_its_counter_does_today() -> None:
    """Services and preferences of the day, and that it is paused; the board shows the pause too."""
    center = Center().open()
    center.done(SetCounterServices(counter=1, services=(LAND, CERTIFICATION), preferred=(LAND,)), LAN)
    center.done(PauseCounter(counter=1, reason="meeting"), LAN)
    shown = desk_of(center)
    assert (shown.serves, shown.preferred, shown.paused) == ((LAND, CERTIFICATION), (LAND,), "meeting")
    assert shown.counters[0].paused == "meeting"
    assert board(center.hall, center.revision, center.now, None).counters[0].paused


def test_a_greeter_without_a_counter_sees_who_waits_anywhere_and_who_is_away() -> None:
    """Whoever calls nobody still helps: all lines, lists, services and alarms."""
    center = Center()
    center.done(HoldTicket(ticket=center.take(), reason="other"), GREETER)
    center.take(LAND)
    center.take()
    shown = desk_of(center, None)
    assert (shown.counter, shown.current, shown.serves, shown.waiting) == (None, None, (), 2)
    assert [row.number for row in shown.line] == ["L001", "A002"]
    assert [row.number for row in shown.away] == ["A001"]
    assert len(shown.services) == 3


def test_a_ticket_sent_to_a_counter_stands_in_its_line_only() -> None:
    """The desk of the other counter of the service does not list it."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take()
    center.serve(2, HOA)
    center.done(TransferTicket(ticket=A001, counter=1), HOA)
    assert [row.number for row in desk_of(center, 1).line] == ["A001"]
    assert (desk_of(center, 2).line, desk_of(center, 2).waiting) == ((), 0)


# ---------------------------------------------------------------- the office


def test_the_office_sees_the_sessions_of_the_day() -> None:
    """As by the calendar, as set by hand, or none at all for a center that is always open."""
    center = Center(with_hours())
    hours = office_of(center).sessions
    assert hours is not None
    assert [each.closes_at - each.opens_at for each in hours] == [timedelta(hours=4), timedelta(hours=3.5)]
    center.done(ChangeToday(sessions=()), MANAGER)
    assert office_of(center).sessions == ()
    assert office_of(Center()).sessions is None


def test_the_unserved_are_listed_in_order_of_issue_and_bounded() -> None:
    """However large the hall, the list stays one that can be read."""
    center = Center()
    for _ in range(UNSERVED_SHOWN + 1):
        center.take()
    center.done(EndDay(reason="system_down"), MANAGER)
    numbers = [row.number for row in office_of(center).unserved]
    assert numbers == [f"A{number:03}" for number in range(1, UNSERVED_SHOWN + 1)]
    assert len(desk_of(center).unserved) == LINE_SHOWN
    assert office_of(center).ended


def test_a_hall_without_people_has_nobody_unserved() -> None:
    """An empty list, not an error."""
    assert unserved_rows(Center().hall, 10) == ()


@pytest.mark.parametrize("clock", ["fine", "behind", "ahead"])
def test_the_office_says_how_the_clock_is(clock: ClockState) -> None:
    """What the shell knows of the clock stands on the first screen."""
    assert office_of(Center(), Surroundings(clock=clock)).clock == clock


def test_alarms_are_shown_the_latest_first() -> None:
    """A damaged journal of now before the outage of the morning; both on the desk too."""
    center = Center().wait(minutes=10)
    center.given(*note_outage(center.hall, MORNING, center.now))
    damaged_at = center.wait(minutes=5).now
    shown = office_of(center, Surroundings(journal_damaged_at=damaged_at)).alarms
    assert [(alarm.kind, alarm.at) for alarm in shown] == [
        ("journal_damaged", damaged_at),
        ("outage", damaged_at - timedelta(minutes=5)),
    ]
    assert [alarm.kind for alarm in desk_of(center).alarms] == ["outage"]


def test_a_box_that_was_never_heard_of_is_in_no_list() -> None:
    """Only boxes that reported or are here now."""
    assert office_of(Center(parts=())).devices == ()
    here = office_of(Center(parts=()), Surroundings(printing=(DeviceId("kiosk-1"),))).devices
    assert [(device.device, device.connected, device.printer) for device in here] == [("kiosk-1", True, None)]
