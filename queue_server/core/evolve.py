"""State from events: `evolve` adds one entry of the journal to the hall, and depends on nothing but the two."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from immutables import Map
from msgspec.structs import replace

from queue_protocol.ids import TicketId, ticket_number
from queue_server.core.events import (
    CallShown,
    CallSpoken,
    CatalogueChanged,
    CounterClosed,
    CounterOpened,
    DayClosed,
    DayOpened,
    DeviceReported,
    Entry,
    ServiceFinished,
    ServiceStarted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
    TicketCalled,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
)
from queue_server.core.hall import Call, CounterState, Hall, PartReport, Ticket, Waiting
from queue_server.core.lifecycle import SLIP_AFTER, STATUS_AFTER

LATEST_CALLS = 5
"""The call and the four before it: what a board has room for."""

MISSED_SHOWN = 12
"""What the quiet strip of a board has room for."""


def evolve(hall: Hall, entry: Entry) -> Hall:
    """Return the hall after this entry.

    Raises `KeyError` for an event that the tables of `lifecycle` do not allow here: the journal was not written by
    `decide`.
    """
    after = _BY_EVENT[type(entry.event)](hall, entry, entry.event)
    return replace(after, sequence=entry.sequence, at=entry.at)


def _open_day(_hall: Hall, _entry: Entry, event: DayOpened) -> Hall:
    return Hall(
        catalogue=event.catalogue,
        day=event.day,
        counters=Map({each.counter: CounterState(clerk=each.clerk) for each in event.counters}),
        devices=Map(
            {(each.device, each.part): PartReport(state=each.state, reason=each.reason) for each in event.parts}
        ),
    )


def _close_day(hall: Hall, _entry: Entry, event: DayClosed) -> Hall:
    tickets = hall.tickets
    for ticket_id in event.left:
        ticket = tickets[ticket_id]
        tickets = tickets.set(ticket_id, replace(ticket, status=STATUS_AFTER[ticket.status, DayClosed]))
    counters = Map({number: replace(state, ticket=None) for number, state in hall.counters.items()})
    return replace(hall, tickets=tickets, lines=Map(), counters=counters)


def _change_catalogue(hall: Hall, _entry: Entry, event: CatalogueChanged) -> Hall:
    return replace(hall, catalogue=event.catalogue)


def _open_counter(hall: Hall, _entry: Entry, event: CounterOpened) -> Hall:
    state = replace(hall.counter_state(event.counter), clerk=event.clerk)
    return replace(hall, counters=hall.counters.set(event.counter, state))


def _close_counter(hall: Hall, _entry: Entry, event: CounterClosed) -> Hall:
    return replace(hall, counters=hall.counters.set(event.counter, CounterState()))


def _issue(hall: Hall, entry: Entry, event: TicketIssued) -> Hall:
    ticket = Ticket(
        id=event.ticket,
        service=event.service,
        priority=event.priority,
        token=event.token,
        print_at=event.print_at,
        status=STATUS_AFTER[None, TicketIssued],
        slip="none" if event.print_at is None else "pending",
        issued_at=entry.at,
        due_at=event.due_at,
        sequence=entry.sequence,
        people_ahead=event.people_ahead,
        wait_minutes=None if event.wait is None else (event.wait.low_minutes, event.wait.high_minutes),
    )
    line, place = hall.line(event.service), Waiting(event.due_at, entry.sequence, event.ticket)
    ahead = bisect_left(line, place)
    digits = int(ticket_number(event.ticket).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return replace(
        hall,
        tickets=hall.tickets.set(event.ticket, ticket),
        tokens=hall.tokens.set(event.token, event.ticket),
        lines=hall.lines.set(event.service, line[:ahead] + (place,) + line[ahead:]),  # noqa: RUF005 - three times as fast
        issued=hall.issued.set(event.service, max(digits, hall.issued.get(event.service, 0))),
        slips=hall.slips if event.print_at is None else hall.slips.set(event.ticket, None),
    )


def _call(hall: Hall, entry: Entry, event: TicketCalled) -> Hall:
    ticket = hall.tickets[event.ticket]
    line = tuple(each for each in hall.line(ticket.service) if each.ticket != event.ticket)
    state = replace(hall.counter_state(event.counter), ticket=event.ticket)
    waiting_no_more = replace(
        hall, lines=hall.lines.set(ticket.service, line), counters=hall.counters.set(event.counter, state)
    )
    return _sound_call(waiting_no_more, entry, event, replace(ticket, first_called_at=entry.at))


def _recall(hall: Hall, entry: Entry, event: TicketRecalled) -> Hall:
    return _sound_call(hall, entry, event, hall.tickets[event.ticket])


def _sound_call(hall: Hall, entry: Entry, event: TicketCalled | TicketRecalled, ticket: Ticket) -> Hall:
    called = replace(
        ticket,
        status=STATUS_AFTER[ticket.status, type(event)],
        counter=event.counter,
        calls=ticket.calls + 1,
        last_called_at=entry.at,
        last_call=entry.sequence,
    )
    return replace(
        hall,
        tickets=hall.tickets.set(ticket.id, called),
        calls=hall.calls.set(entry.sequence, Call(ticket=ticket.id)),
        latest_calls=_first(ticket.id, hall.latest_calls, LATEST_CALLS),
    )


def _start(hall: Hall, _entry: Entry, event: ServiceStarted) -> Hall:
    ticket = hall.tickets[event.ticket]
    serving = replace(ticket, status=STATUS_AFTER[ticket.status, ServiceStarted], started_at=event.started_at)
    return replace(hall, tickets=hall.tickets.set(event.ticket, serving))


def _end_at_counter(hall: Hall, entry: Entry, event: ServiceFinished | TicketMissed) -> Hall:
    ticket = hall.tickets[event.ticket]
    ended = replace(ticket, status=STATUS_AFTER[ticket.status, type(event)], ended_at=entry.at)
    state = replace(hall.counter_state(event.counter), ticket=None)
    return replace(
        hall, tickets=hall.tickets.set(event.ticket, ended), counters=hall.counters.set(event.counter, state)
    )


def _miss(hall: Hall, entry: Entry, event: TicketMissed) -> Hall:
    ended = _end_at_counter(hall, entry, event)
    return replace(ended, missed=_first(event.ticket, hall.missed, MISSED_SHOWN))


def _end_slip(hall: Hall, _entry: Entry, event: SlipPrinted | SlipFailed | SlipUncertain) -> Hall:
    ticket = hall.tickets[event.ticket]
    status = SLIP_AFTER[ticket.slip, type(event)]
    slips = hall.slips.delete(event.ticket) if status == "printed" else hall.slips
    return replace(hall, tickets=hall.tickets.set(event.ticket, replace(ticket, slip=status)), slips=slips)


def _show(hall: Hall, _entry: Entry, event: CallShown) -> Hall:
    return replace(hall, calls=hall.calls.set(event.call, replace(hall.calls[event.call], shown=True)))


def _speak(hall: Hall, _entry: Entry, event: CallSpoken) -> Hall:
    return replace(hall, calls=hall.calls.set(event.call, replace(hall.calls[event.call], spoken=True)))


def _report_device(hall: Hall, _entry: Entry, event: DeviceReported) -> Hall:
    report = PartReport(state=event.state, reason=event.reason)
    return replace(hall, devices=hall.devices.set((event.device, event.part), report))


def _first(ticket: TicketId, others: tuple[TicketId, ...], limit: int) -> tuple[TicketId, ...]:
    return (ticket, *(each for each in others if each != ticket))[:limit]


_BY_EVENT: Mapping[type, Callable[[Hall, Entry, Any], Hall]] = {
    DayOpened: _open_day,
    DayClosed: _close_day,
    CatalogueChanged: _change_catalogue,
    CounterOpened: _open_counter,
    CounterClosed: _close_counter,
    TicketIssued: _issue,
    TicketCalled: _call,
    TicketRecalled: _recall,
    ServiceStarted: _start,
    ServiceFinished: _end_at_counter,
    TicketMissed: _miss,
    SlipPrinted: _end_slip,
    SlipFailed: _end_slip,
    SlipUncertain: _end_slip,
    CallShown: _show,
    CallSpoken: _speak,
    DeviceReported: _report_device,
}
