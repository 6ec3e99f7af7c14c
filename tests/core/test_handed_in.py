"""Tickets that were given elsewhere: printed, lost and told again; and numbers that two people hold."""

from datetime import timedelta

import pytest

from queue_protocol.answers import RefusalCode, Refused
from queue_protocol.commands import RecordPrinted
from queue_protocol.ids import (
    MOST_HOLDERS,
    AccountId,
    DeviceId,
    Revision,
    ServiceId,
    TicketId,
    ticket_holder,
    ticket_id,
    ticket_number,
)
from queue_server.core.alarms import Surroundings
from queue_server.core.events import TicketIssued
from queue_server.core.staff_views import desk
from tests.core.center import CERTIFICATION, DAY, KIOSK, LAN, LAND, MORNING, Center, called, token, with_policy
from tests.core.test_numbers import offline, offline_center


def printed(number: str, minutes_ago: float = 0, chance: int = 80, wanted: ServiceId = CERTIFICATION) -> RecordPrinted:
    """Return what a kiosk tells of a slip that it printed so long before nine o'clock."""
    issued_at = MORNING + timedelta(minutes=60 - minutes_ago)
    return RecordPrinted(ticket=called(number), service=wanted, token=token(chance), issued_at=issued_at)


def line(center: Center) -> list[tuple[TicketId, bool, bool]]:
    """Return the line of counter 1 with its marks: shares its number, was recovered."""
    hall, revision = center.hall, Revision(epoch=1, sequence=center.hall.sequence)
    shown = desk(hall, revision, center.now, AccountId(LAN.name), 1, Surroundings())
    return [(row.ticket, row.shares_number, row.recovered) for row in shown.line]


def test_a_lost_ticket_stands_in_its_order_and_is_marked() -> None:
    """Given a restored journal with a later ticket, when a kiosk tells of an earlier one, then that comes first."""
    center = offline_center().open().wait(minutes=50)
    center.take()
    center.wait(minutes=10)
    event = center.done(printed("A007", minutes_ago=15), KIOSK)[0]
    assert isinstance(event, TicketIssued)
    assert event.issued_at == MORNING + timedelta(minutes=45)
    assert line(center) == [(called("A007"), False, True), (called("A001"), False, False)]
    assert center.call_all() == ["A007", "A001"]


def test_the_series_goes_on_above_what_was_printed() -> None:
    """Numbers on paper are given, whoever remembers them."""
    center = offline_center().wait(minutes=60)
    center.done(printed("A007"), KIOSK)
    center.done(printed("AK03", chance=81), KIOSK)
    assert ticket_number(center.take()) == "A008"
    assert center.hall.issued["AK"] == 3


def test_two_people_with_one_number_both_stand_in_the_line() -> None:
    """Given A001 given anew after a restore, when its kiosk tells of the first one, then both wait, told apart."""
    center = offline_center().open().wait(minutes=60)
    center.take()
    center.done(printed("A001", minutes_ago=5), KIOSK)
    second = ticket_id(DAY, "A001", 2)
    assert line(center) == [(second, True, True), (called("A001"), True, False)]
    assert (ticket_number(second), ticket_holder(second), ticket_holder(called("A001"))) == ("A001", 2, 1)
    assert center.call_all() == ["A001", "A001"]


def test_a_reserve_that_was_copied_back_loses_nobody() -> None:
    """The same number of a kiosk's own series with another token is another person."""
    center = offline_center().open().wait(minutes=60)
    center.done(offline("AK01", minutes_ago=30), KIOSK)
    center.done(offline("AK01", minutes_ago=10, chance=71), KIOSK)
    assert line(center) == [(called("AK01"), True, False), (ticket_id(DAY, "AK01", 2), True, False)]


def test_a_ticket_that_is_known_is_told_without_effect() -> None:
    """The token tells: what the journal has, and what was told before."""
    center = offline_center().wait(minutes=60)
    known = center.take()
    again = RecordPrinted(
        ticket=known, service=CERTIFICATION, token=center.hall.tickets[known].token, issued_at=center.now
    )
    assert center.refusal(again, KIOSK).code == "command_id_reused"
    center.done(printed("A007"), KIOSK)
    assert center.refusal(printed("A007"), KIOSK).code == "command_id_reused"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (printed("L001"), "number_not_granted"),
        (printed("AM01"), "number_not_granted"),
        (printed("A000"), "number_not_granted"),
        (printed("A007", minutes_ago=9 * 60 + 1), "number_not_granted"),
        (printed("A007", wanted=ServiceId("fishing")), "unknown_service"),
        (printed("A007", wanted=LAND), "number_not_granted"),
    ],
)
def test_only_what_can_have_been_printed_is_taken_in(command: RecordPrinted, code: RefusalCode) -> None:
    """Another service's series, another kiosk's, no number of a series, another day's, a service that is not there."""
    assert offline_center().wait(minutes=60).refusal(command, KIOSK).code == code


@pytest.mark.parametrize(("widens", "refused"), [(True, False), (False, True)])
def test_a_number_with_more_digits_is_taken_in_where_numbers_widen(*, widens: bool, refused: bool) -> None:
    """A999 is followed by A1000 unless the center has said otherwise."""
    center = offline_center(with_policy(number_digits=3, number_widens=widens)).wait(minutes=60)
    answer = center.do(printed("A1000"), KIOSK)
    assert (isinstance(answer, Refused) and answer.code == "number_not_granted") is refused


def test_a_slip_of_yesterday_is_not_taken_in() -> None:
    """Its ticket has ended with its day."""
    center = offline_center().wait(minutes=60)
    yesterday = RecordPrinted(
        ticket=ticket_id(DAY - timedelta(days=1), "A007"),
        service=CERTIFICATION,
        token=token(80),
        issued_at=center.now,
    )
    assert center.refusal(yesterday, KIOSK).code == "number_not_granted"


def test_only_kiosks_tell_of_slips() -> None:
    """A person's word makes no ticket."""
    assert offline_center().wait(minutes=60).refusal(printed("A007"), LAN).code == "not_allowed"


def test_a_number_cannot_be_held_by_ever_more_people() -> None:
    """Nine ids are enough for any accident; what comes then is refused, not lost over another ticket."""
    center = offline_center().wait(minutes=60)
    for place in range(MOST_HOLDERS):
        center.done(printed("A007", chance=90 + place), KIOSK)
    assert center.refusal(printed("A007", chance=120), KIOSK).code == "number_not_granted"
    assert len(center.hall.tickets) == MOST_HOLDERS


def test_the_kiosk_of_a_device_without_a_mark_tells_of_the_centers_numbers() -> None:
    """Every kiosk prints the center's own series."""
    center = Center().wait(minutes=60)
    center.done(printed("A007"), KIOSK)
    assert DeviceId(KIOSK.name) in {key[0] for key in center.hall.takes}
