"""The end of the day: nobody new, all in the hall served on or given a slip that goes first on a later day, once."""

from datetime import date

import pytest

from queue_protocol.answers import Done, Refused, TicketTaken
from queue_protocol.commands import CarryOver, HoldTicket, MarkNoShow, StartService, TakeTicket
from queue_protocol.day_commands import ChangeToday, EndDay, OpeningTime
from queue_protocol.ids import DeviceId, TicketId, Token
from queue_server.core.alarms import Surroundings
from queue_server.core.announcements import slip, slips_to_offer
from queue_server.core.decision import Actor
from queue_server.core.events import DayClosed, DayEnded, DayOpened, TicketCarriedOver, TicketIssued
from queue_server.core.facts import CarriedSlip
from queue_server.core.staff_views import desk, office
from queue_server.core.views import service_cards
from tests.core.center import (
    CERTIFICATION,
    DAY,
    GREETER,
    HOA,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    Center,
    account,
    called,
    token,
    with_hours,
)

A001, A002, A003, A004 = (called(f"A00{number}") for number in (1, 2, 3, 4))
TAKE = TakeTicket(service=CERTIFICATION, token=token(1))


def carry(ticket: TicketId, chance: int = 90) -> CarryOver:
    """Return the command of staff that cannot serve a person today."""
    return CarryOver(ticket=ticket, token=token(chance), reason="no_staff")


def evening(people: int = 4) -> Center:
    """Return a center with hours shortly before closing, with so many in the line of certification."""
    center = Center(with_hours()).open().at("14:00")
    for _ in range(people):
        center.take()
        center.wait(minutes=1)
    return center.at("16:50")


def carried_over(people: int = 1) -> tuple[Center, Token]:
    """Return the center on the next morning, with a slip of yesterday, and its token."""
    center = evening(people)
    center.done(carry(called(f"A00{people}")), GREETER)
    return next_working_day(center), token(90)


def next_working_day(center: Center) -> Center:
    """Go to the next day on which the center is open, through the nights of those on which it is not."""
    center.midnight()
    while not center.hall.sessions:
        center.midnight()
    return center


def take_with(slip_token: Token, chance: int = 80) -> TakeTicket:
    """Return the command of staff who are shown a slip that was carried over."""
    return TakeTicket(service=CERTIFICATION, token=token(chance), carried_over=slip_token)


# ---------------------------------------------------------------- ending the day


def test_the_end_of_the_day_lists_the_unserved() -> None:
    """Given one called, one on hold, two waiting, one served and one gone, the first four are still to be served."""
    center = evening(6)
    center.call()
    center.done(MarkNoShow(ticket=A001), LAN)
    center.serve()
    center.call()
    center.done(HoldTicket(ticket=A004, reason="stepped_out"), GREETER)
    (ended,) = center.done(EndDay(reason="closing_time"), MANAGER)
    assert ended == DayEnded(
        reason="closing_time", unserved=(called("A003"), called("A004"), called("A005"), called("A006"))
    )
    shown = office(center.hall, center.revision, center.now, Surroundings())
    assert [(each.number, each.status) for each in shown.unserved] == [
        ("A003", "called"),
        ("A004", "held"),
        ("A005", "waiting"),
        ("A006", "waiting"),
    ]


def test_an_ended_day_gives_no_numbers_at_kiosks() -> None:
    """The kiosk says that the day was ended; staff may still take somebody in."""
    center = evening()
    center.done(EndDay(reason="power_cut"), MANAGER)
    assert center.refusal(TAKE, KIOSK) == Refused(code="hall_closed", facts={"service": "certification"})
    assert {card.closed_because for card in service_cards(center.hall, center.now)} == {"ended"}
    assert isinstance(center.when(TAKE, GREETER).result, TicketTaken)


def test_who_is_in_the_hall_is_served_on() -> None:
    """Ending the day takes nobody out of the line."""
    center = evening(2)
    center.done(EndDay(reason="closing_time"), MANAGER)
    assert center.call_all() == ["A001", "A002"]


def test_a_day_is_ended_once_and_begins_again_when_hours_are_set() -> None:
    """A second press is no event; opening today again by hand lets kiosks give numbers again."""
    center = evening()
    center.done(EndDay(reason="system_down"), MANAGER)
    assert center.done(EndDay(reason="other"), MANAGER) == ()
    center.done(ChangeToday(sessions=(OpeningTime(opens="13:00", closes="20:00"),)), MANAGER)
    assert isinstance(center.when(TAKE, KIOSK).result, TicketTaken)


def test_the_desk_lists_the_unserved_once_the_day_was_ended() -> None:
    """Before the end a clerk sees the line; after it also who still has to be told something."""
    center = evening(2)
    before = desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings())
    center.done(EndDay(reason="closing_time"), MANAGER)
    after = desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings())
    assert (before.ended, before.unserved) == (False, ())
    assert (after.ended, [each.number for each in after.unserved]) == (True, ["A001", "A002"])


# ---------------------------------------------------------------- a slip for the next working day


def test_a_priority_slip_is_printed_with_a_reason() -> None:
    """Given a person who cannot be served, the event says why, by a token and no name, and paper is asked for."""
    center = evening()
    command = CarryOver(ticket=A004, token=token(90), reason="system_down", print_at=DeviceId("kiosk-1"))
    assert center.done(command, GREETER) == (
        TicketCarriedOver(
            ticket=A004, service=CERTIFICATION, token=token(90), reason="system_down", print_at=DeviceId("kiosk-1")
        ),
    )
    assert center.ticket(A004).status == "carried_over"
    assert slips_to_offer(center.hall, center.ticket(A004).issued_at, DeviceId("kiosk-1"), ()) == (A004,)
    paper = slip(center.ticket(A004), center.hall, "vi")
    assert (paper.kind, paper.valid_on, paper.slip.number) == ("carried_over", "2026-11-25", "A004")


def test_a_carried_ticket_is_called_no_more_today() -> None:
    """The person has gone home."""
    center = evening(3)
    center.done(carry(A001), GREETER)
    assert center.call_all() == ["A002", "A003"]


def test_a_carried_slip_goes_first_on_the_next_day() -> None:
    """Given people there since the door opened, when the slip of yesterday is shown, then it is next, and says why."""
    center, slip_token = carried_over()
    center.take(priority=True)
    center.wait(minutes=40).take(by=GREETER, carried_over=slip_token)
    today = [entry.event for entry in center.entries if isinstance(entry.event, TicketIssued)][-1]
    assert today.carried_over == slip_token
    assert center.call() == today.ticket
    assert center.reason(today.ticket).rule == "put_first"


def test_a_carried_slip_goes_before_the_morning_also_after_lunch() -> None:
    """First is first: those who waited over lunch come after it."""
    center, slip_token = carried_over()
    center.at("11:00").take()
    center.at("13:30").take(by=GREETER, carried_over=slip_token)
    assert center.call_all() == ["A002", "A001"]


def test_a_carried_slip_is_honoured_once() -> None:
    """The second person who shows the same slip is told that it was used."""
    center, slip_token = carried_over()
    center.done(take_with(slip_token), GREETER)
    assert center.refusal(take_with(slip_token, 81), LAN).code == "carried_over_used"


def test_a_carried_slip_is_not_good_on_the_same_day() -> None:
    """Nobody carries a ticket over to be first at once."""
    center = evening()
    center.done(carry(A004), GREETER)
    assert center.refusal(take_with(token(90)), GREETER).code == "carried_over_used"


def test_a_carried_slip_is_good_on_the_next_working_day_only() -> None:
    """Unused on its day, it is as old as any other paper of yesterday on the day after."""
    center, slip_token = carried_over()
    next_working_day(center)
    assert center.refusal(take_with(slip_token), GREETER).code == "carried_over_used"


def test_a_slip_of_friday_is_good_on_monday() -> None:
    """Given a weekend with the server on, the slip names Monday and is honoured on Monday."""
    center = evening(0).midnight(days=4).at("14:00")
    ticket = center.take()
    center.done(carry(ticket), GREETER)
    assert slip(center.ticket(ticket), center.hall, "vi").valid_on == "2026-11-30"
    assert next_working_day(center).hall.day == date(2026, 11, 30)
    assert isinstance(center.when(take_with(token(90)), GREETER).result, TicketTaken)


@pytest.mark.parametrize("by_hand", ["opened", "closed"])
def test_a_day_changed_by_hand_uses_no_slip_up(by_hand: str) -> None:
    """A Saturday opened for a morning, and a Monday closed for a storm: the slip is good on the working day after."""
    center = evening(0).midnight(days=4 if by_hand == "opened" else 2).at("14:00")
    center.done(carry(center.take()), GREETER)
    center.midnight()
    sessions = (OpeningTime(opens="07:30", closes="11:30"),) if by_hand == "opened" else ()
    center.done(ChangeToday(sessions=sessions), MANAGER)
    next_working_day(center)
    assert isinstance(center.when(take_with(token(90)), GREETER).result, TicketTaken)


def test_what_is_carried_stands_in_the_opening_of_the_day() -> None:
    """A day replays from its opening alone, slips of yesterday too."""
    center, slip_token = carried_over()
    opened = center.entries[-1].event
    assert isinstance(opened, DayOpened)
    assert opened.carried == (CarriedSlip(token=slip_token, ticket=A001, service=CERTIFICATION),)


@pytest.mark.parametrize("by", [HOA, KIOSK])
def test_only_their_clerk_sends_home_who_stands_at_a_counter(by: Actor) -> None:
    """Somebody called to Lan is carried over by Lan, or by the manager."""
    center = evening()
    center.call()
    refused = center.refusal(carry(A001), by)
    assert refused.code == ("counter_taken" if by is HOA else "not_allowed")
    assert center.when(carry(A001), MANAGER).result == Done()


def test_who_is_being_served_is_not_carried_over() -> None:
    """A service that has begun is finished."""
    center = evening()
    center.call()
    center.done(StartService(ticket=A001), LAN)
    assert center.refusal(carry(A001), LAN).code == "wrong_status"


def test_a_token_carries_one_ticket_over() -> None:
    """A token that is known already is not given to a second person."""
    center = evening()
    center.done(carry(A003), GREETER)
    assert center.when(carry(A004, 91), GREETER).result == Done()
    assert center.refusal(CarryOver(ticket=A004, token=center.ticket(A001).token, reason="other"), GREETER).code == (
        "command_id_reused"
    )


# ---------------------------------------------------------------- midnight


def test_what_is_left_at_midnight_is_closed_and_reported() -> None:
    """Given three in the hall, when the day ends, then they expire, and the manager of the next day sees how many."""
    center = evening(3)
    center.done(HoldTicket(ticket=A003, reason="stepped_out"), GREETER)
    center.call()
    next_working_day(center)
    closed = next(entry.event for entry in center.entries if isinstance(entry.event, DayClosed))
    assert closed == DayClosed(day=DAY, left=(A001, A002, A003))
    alarms = office(center.hall, center.revision, center.now, Surroundings()).alarms
    assert [(alarm.kind, alarm.facts) for alarm in alarms] == [("left_yesterday", {"count": 3})]


def test_no_ticket_of_yesterday_is_called_today() -> None:
    """Neither from the line, nor by choice, nor from hold: it is unknown."""
    center = evening(2)
    center.done(HoldTicket(ticket=A002, reason="stepped_out"), GREETER)
    center.midnight()
    assert (center.hall.line(CERTIFICATION), center.hall.line(LAND), len(center.hall.tickets)) == ((), (), 0)
    assert center.refusal(carry(A001), MANAGER).code == "unknown_ticket"


def test_numbers_and_quotas_of_a_day_are_of_that_day() -> None:
    """The ended day, the numbers and the alarms of yesterday are not those of today."""
    center = evening()
    center.done(EndDay(reason="closing_time"), MANAGER)
    next_working_day(center)
    assert center.take() == TicketId("20261125-A001")
    assert not center.hall.ended
