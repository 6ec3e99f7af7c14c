"""What staff are shown: the desk of a clerk and the office of the manager, as functions of the hall."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Literal

from queue_protocol.desk_tickets import AwayRow, CarriedRow, CurrentTicket, FinishedTicket, Note, QueueRow
from queue_protocol.ids import AccountId, DeviceId, Revision, TicketId, ticket_day, ticket_number
from queue_protocol.snapshots import (
    CounterState,
    Desk,
    DeviceState,
    Hours,
    LineState,
    Office,
    PartState,
    SlipTrouble,
    Unserved,
)
from queue_server.core.alarms import Surroundings, alarms, is_seen, waiting_for
from queue_server.core.announcements import SLIP_OVERDUE
from queue_server.core.calls import TAKE_BACK, calls_left, finish_to_take_back, long_from, recall_from
from queue_server.core.dispatch import queue_of
from queue_server.core.hall import (
    Hall,
    Ticket,
    catalogue_of,
    hall_of,
    lines_at,
    services_at,
    shares_number,
    slips_left,
    unserved,
)
from queue_server.core.lifecycle import IN_HALL, SlipStatus, Status
from queue_server.core.views import service_cards

LINE_SHOWN = 50
"""Rows of a line on a desk: more than anybody reads, bounded so that a snapshot stays small."""

UNSERVED_SHOWN = 200
"""People listed at the end of a day: more than any hall holds."""

TROUBLE_SHOWN = 20
"""Slips in trouble that are listed: a printer that failed longer than this is an alarm, not a list."""

_NEEDS_PAPER: frozenset[Status] = IN_HALL | {"carried_over"}
"""The person holds a slip, or should; who is carried over has nothing else to show on the next day."""

_TROUBLE_OF: Mapping[SlipStatus, Literal["failed", "uncertain"]] = {"failed": "failed", "uncertain": "uncertain"}
_UNSERVED_STATUS: Mapping[str, Literal["waiting", "called", "held"]] = {
    "waiting": "waiting",
    "called": "called",
    "held": "held",
}


def desk(
    hall: Hall,
    revision: Revision,
    now: datetime,
    account: AccountId,
    number: int | None,
    around: Surroundings,
) -> Desk:
    """Return what the page of a desk shows; without a counter, as a greeter's, who waits for any of them."""
    catalogue = catalogue_of(hall)
    counter = None if number is None or catalogue.counter(number) is None else number
    lines = tuple(hall.lines) if counter is None else lines_at(hall, counter)
    serves, preferred = ((), ()) if counter is None else services_at(hall, counter)
    current = None if counter is None else _current(hall, counter, now)
    line = tuple(_queue_row(hall, hall.tickets[each.ticket]) for each in islice(queue_of(hall, lines), LINE_SHOWN))
    away, last = _away(hall), unserved_rows(hall, LINE_SHOWN) if hall.ended else ()
    return Desk(
        revision=revision,
        now=now,
        account=account,
        counter=counter,
        counters=counter_states(hall),
        current=current,
        line=line,
        waiting=sum(len(hall.line(line)) for line in lines),
        services=service_cards(hall, now),
        one_key=catalogue.policy.one_key,
        printers=around.printing,
        slips=slips_in_trouble(hall, now),
        speaker=_speaker_state(hall, around),
        serves=serves,
        preferred=preferred,
        paused=None if counter is None else hall.counter_state(counter).paused,
        away=away,
        carried=_carried(hall),
        dossiers_per_turn=catalogue.policy.dossiers_per_turn,
        ended=hall.ended is not None,
        unserved=last,
        alarms=tuple(each for each in alarms(hall, around, now) if each.facts.get("counter", counter) == counter),
        notes=_notes_on(around.notes, (*([] if current is None else [current]), *line, *away, *last)),
        finished=None if counter is None else _finished(hall, counter, now),
    )


def office(hall: Hall, revision: Revision, now: datetime, around: Surroundings) -> Office:
    """Return what the manager's first screen shows."""
    return Office(
        revision=revision,
        now=now,
        day=hall.day or now.date(),
        lines=_line_states(hall),
        counters=counter_states(hall),
        devices=device_states(hall, around),
        slips=slips_in_trouble(hall, now),
        clock=around.clock,
        sessions=None
        if hall.sessions is None
        else tuple(Hours(opens_at=each.opens_at, closes_at=each.closes_at) for each in hall.sessions),
        ended=hall.ended is not None,
        ended_because=hall.ended,
        unserved=unserved_rows(hall, UNSERVED_SHOWN),
        alarms=alarms(hall, around, now),
    )


def counter_states(hall: Hall) -> tuple[CounterState, ...]:
    """Return every counter as staff see it."""
    return tuple(_counter_state(hall, counter.number) for counter in catalogue_of(hall).counters)


def device_states(hall: Hall, around: Surroundings) -> tuple[DeviceState, ...]:
    """Return what is known of every box that was ever heard of today or is here now."""
    connected = {*around.printing, *around.displays, *around.connected}
    known = sorted(connected | around.expected.keys() | {device for device, _ in hall.devices})
    return tuple(
        _device_state(hall, device, connected=device in connected, seen=is_seen(hall, around, device))
        for device in known
    )


def slips_in_trouble(hall: Hall, now: datetime) -> tuple[SlipTrouble, ...]:
    """Return the tickets whose holder may stand there without paper, or go home without it, the newest first.

    After them come the latest slips sent to printers that never answer.
    """
    tickets = sorted((hall.tickets[each] for each in hall.slips), key=lambda each: -each.sequence)
    return (*islice(_troubles(tickets, now), TROUBLE_SHOWN), *_accepted(hall))


def unserved_rows(hall: Hall, limit: int) -> tuple[Unserved, ...]:
    """Return the first who are still to be served, in the order of issue."""
    return tuple(
        Unserved(
            ticket=ticket.id,
            number=ticket_number(ticket.id),
            service=ticket.service,
            priority=ticket.priority,
            status=_UNSERVED_STATUS[ticket.status],
            issued_at=ticket.issued_at,
        )
        for ticket in unserved(hall)[:limit]
    )


def _line_states(hall: Hall) -> tuple[LineState, ...]:
    """Return the lines of the services, with those who wait for a service at one counter."""
    states = []
    for place, service in enumerate(catalogue_of(hall).services):
        tickets = waiting_for(hall, service.id, (service.id, *hall.counters_waited_for))
        states.append(
            LineState(
                service=service.id,
                names=service.names,
                prefix=service.prefix,
                hue=place,
                waiting=len(tickets),
                longest_since=min((each.issued_at for each in tickets), default=None),
                expected_minutes=service.expected_minutes,
            )
        )
    return tuple(states)


def _current(hall: Hall, counter: int, now: datetime) -> CurrentTicket | None:
    at_counter = hall.counter_state(counter).ticket
    if at_counter is None:
        return None
    ticket = hall.tickets[at_counter]
    called_at, call = ticket.last_called_at or ticket.issued_at, hall.latest_call(ticket)
    return CurrentTicket(
        ticket=ticket.id,
        number=ticket_number(ticket.id),
        service=ticket.service,
        priority=ticket.priority,
        status="serving" if ticket.status == "serving" else "called",
        issued_at=ticket.issued_at,
        called_at=ticket.first_called_at or called_at,
        started_at=ticket.started_at if ticket.status == "serving" else None,
        calls=ticket.calls,
        calls_left=calls_left(hall, ticket),
        recall_from=recall_from(hall, ticket, now),
        shown=call is not None and call.shown,
        spoken=call is not None and call.spoken,
        rule="due_time" if ticket.reason is None else ticket.reason.rule,
        passed=() if ticket.reason is None else tuple(ticket_number(each) for each in ticket.reason.passed),
        dossiers=ticket.dossiers,
        long_from=long_from(hall, ticket, now),
        shares_number=shares_number(hall, ticket.id),
        recovered=ticket.recovered,
    )


def _finished(hall: Hall, counter: int, now: datetime) -> FinishedTicket | None:
    ticket = finish_to_take_back(hall, counter, now)
    if ticket is None or ticket.ended_at is None:
        return None
    return FinishedTicket(ticket=ticket.id, number=ticket_number(ticket.id), until=ticket.ended_at + TAKE_BACK)


def _queue_row(hall: Hall, ticket: Ticket) -> QueueRow:
    return QueueRow(
        ticket=ticket.id,
        number=ticket_number(ticket.id),
        service=ticket.service,
        priority=ticket.priority,
        issued_at=ticket.issued_at,
        dossiers=ticket.dossiers,
        shares_number=shares_number(hall, ticket.id),
        recovered=ticket.recovered,
    )


def _away(hall: Hall) -> tuple[AwayRow, ...]:
    allowed = catalogue_of(hall).policy.returns_allowed
    tickets = sorted((hall.tickets[each] for each in hall.away), key=_away_since, reverse=True)
    return tuple(
        AwayRow(
            ticket=ticket.id,
            number=ticket_number(ticket.id),
            service=ticket.service,
            priority=ticket.priority,
            since=_away_since(ticket),
            reason=ticket.hold_reason if ticket.status == "held" else None,
            may_return=ticket.status == "held" or ticket.returns < allowed,
        )
        for ticket in tickets[:LINE_SHOWN]
    )


def _carried(hall: Hall) -> tuple[CarriedRow, ...]:
    slips = sorted(hall.carried.values(), key=lambda each: each.ticket)
    return tuple(
        CarriedRow(
            token=each.token, number=ticket_number(each.ticket), day=ticket_day(each.ticket), service=each.service
        )
        for each in slips[:LINE_SHOWN]
    )


def _notes_on(
    notes: Mapping[TicketId, tuple[Note, ...]], shown: Sequence[CurrentTicket | QueueRow | AwayRow | Unserved]
) -> dict[TicketId, tuple[Note, ...]]:
    return {row.ticket: notes[row.ticket] for row in shown if row.ticket in notes}


def _away_since(ticket: Ticket) -> datetime:
    return ticket.away_since or ticket.issued_at


def _counter_state(hall: Hall, number: int) -> CounterState:
    state = hall.counter_state(number)
    ticket = hall.tickets[state.ticket] if state.ticket is not None else None
    serving = ticket is not None and ticket.status == "serving"
    since = None if ticket is None else ticket.started_at if serving else ticket.last_called_at
    return CounterState(
        counter=number,
        services=services_at(hall, number)[0],
        clerk=state.clerk,
        number=None if ticket is None else ticket_number(ticket.id),
        status=None if ticket is None else "serving" if serving else "called",
        since=since,
        paused=state.paused,
        hall=hall_of(hall, number),
    )


def _device_state(hall: Hall, device: DeviceId, *, connected: bool, seen: bool) -> DeviceState:
    printer = hall.devices.get((device, "printer"))
    speaker = hall.devices.get((device, "speaker"))
    reasons = [report.reason for report in (printer, speaker) if report is not None and report.reason is not None]
    return DeviceState(
        device=device,
        connected=connected,
        seen=seen,
        printer=None if printer is None else (printer.state if connected else "unknown"),
        speaker=None if speaker is None else (speaker.state if connected else "unknown"),
        reason=reasons[0] if reasons and connected else None,
        slips_left=None if device not in hall.paper else slips_left(hall.paper[device]),
    )


def _speaker_state(hall: Hall, around: Surroundings) -> PartState:
    if around.speaker is not None:
        return "ready"
    reports = [hall.devices.get((device, "speaker")) for device in around.displays]
    return "failed" if any(report is not None and report.state == "failed" for report in reports) else "unknown"


def _accepted(hall: Hall) -> Iterator[SlipTrouble]:
    for ticket in (hall.tickets[each] for each in hall.accepted_slips):
        if ticket.slip == "accepted" and ticket.status in _NEEDS_PAPER:
            yield SlipTrouble(ticket=ticket.id, number=ticket_number(ticket.id), state="accepted")


def _troubles(tickets: Sequence[Ticket], now: datetime) -> Iterator[SlipTrouble]:
    for ticket in tickets:
        if ticket.status not in _NEEDS_PAPER:
            continue
        number = ticket_number(ticket.id)
        state = _TROUBLE_OF.get(ticket.slip)
        if state is not None:
            yield SlipTrouble(ticket=ticket.id, number=number, state=state)
        elif now - ticket.slip_asked_at > SLIP_OVERDUE:
            yield SlipTrouble(ticket=ticket.id, number=number, state="unknown")
