"""Decisions about tickets that were given without this server: by a kiosk alone, or before the journal lost them.

A number that is there already with another token is held by two people: both tickets stand in the line, the second
under an id of its own, and staff are told to look at the slips. The same token again is the same ticket.
"""

from collections.abc import Iterable
from datetime import date, datetime

from queue_protocol.commands import RecordOffline, RecordPrinted
from queue_protocol.ids import MOST_HOLDERS, DeviceId, TicketId, is_of, ticket_id, ticket_number
from queue_server.core.calendar import is_on
from queue_server.core.catalogue import Service
from queue_server.core.decision import Actor, Deciders, Decision, refuse
from queue_server.core.estimate import outlook
from queue_server.core.events import TicketIssued
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.placing import place_of_walk_in
from queue_server.core.series import is_granted, most_count, split_number
from queue_server.core.visits import taken

Handed = RecordOffline | RecordPrinted


def unknown_slips(hall: Hall, started: Iterable[TicketId]) -> tuple[TicketId, ...]:
    """Return the slips of today, of those that a kiosk has started, of which the journal may not know the ticket.

    Where the journal has lost entries, a number that was given since may be on an earlier slip too.
    """
    if hall.day is None:
        return ()
    after, day = min((each.after for each in hall.missing), default=hall.sequence), hall.day
    today = (each for each in started if is_of(each, day))
    return tuple(each for each in today if each not in hall.tickets or hall.tickets[each].sequence > after)


def _record_offline(hall: Hall, command: RecordOffline, actor: Actor, now: datetime) -> Decision:
    """Take in a number of the kiosk's own series, of today, not handed in before."""
    service = catalogue_of(hall).service(command.service)
    if service is None or hall.day is None:
        return refuse("unknown_service")
    if not is_granted(hall, service, DeviceId(actor.name), command.number):
        return refuse("number_not_granted", number=command.number)
    return _take_in(hall, hall.day, service, command.number, command, now)


def _record_printed(hall: Hall, command: RecordPrinted, actor: Actor, now: datetime) -> Decision:
    """Take in a ticket of today that this kiosk has printed."""
    service = catalogue_of(hall).service(command.service)
    if service is None or hall.day is None:
        return refuse("unknown_service")
    number = ticket_number(command.ticket)
    series, count = split_number(number)
    is_of_center = series == service.prefix and 0 < count <= most_count(catalogue_of(hall).policy)
    is_known = is_of_center or is_granted(hall, service, DeviceId(actor.name), number)
    if not is_of(command.ticket, hall.day) or not is_known:
        return refuse("number_not_granted", number=number)
    return _take_in(hall, hall.day, service, number, command, now)


def _take_in(hall: Hall, day: date, service: Service, number: str, command: Handed, now: datetime) -> Decision:
    """Let a ticket stand in the line from the moment of its issue on."""
    if command.token in hall.tokens:
        return refuse("command_id_reused")
    issued_at = min(command.issued_at, now)
    ticket = _free_id(hall, day, number)
    if ticket is None or not is_on(catalogue_of(hall), issued_at, day):
        return refuse("number_not_granted", number=number)
    place = place_of_walk_in(hall, service.id, issued_at, priority=command.priority)
    expected = outlook(hall, service.id, place, hall.sequence + 1, now)
    issued = TicketIssued(
        ticket=ticket,
        service=service.id,
        priority=command.priority,
        token=command.token,
        origin="kiosk",
        print_at=None,
        place=place,
        people_ahead=expected.people_ahead,
        wait=expected.wait,
        after_break=expected.after_break,
        dossiers=command.dossiers,
        issued_at=issued_at,
        recovered=isinstance(command, RecordPrinted),
    )
    return Decision((issued,), taken(hall, issued, expected, now))


def _free_id(hall: Hall, day: date, number: str) -> TicketId | None:
    """Return an id for one more ticket with this number; `None`: it was given too often."""
    ids = (ticket_id(day, number, holder) for holder in range(1, MOST_HOLDERS + 1))
    return next((each for each in ids if each not in hall.tickets), None)


DECIDERS: Deciders = {
    RecordOffline: _record_offline,
    RecordPrinted: _record_printed,
}
