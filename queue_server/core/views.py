"""What each screen is shown: snapshots as functions of the hall. Nothing here changes anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from queue_protocol.ids import AccountId, DeviceId, Revision, ServiceId, TicketId, Token, ticket_number
from queue_protocol.snapshots import (
    Board,
    BoardCall,
    BoardCounter,
    CounterState,
    CurrentTicket,
    Desk,
    DeviceState,
    LineState,
    Menu,
    Office,
    PartState,
    QueueRow,
    ServiceCard,
    SlipTrouble,
)
from queue_server.core.announcements import SLIP_OVERDUE, call_kind
from queue_server.core.catalogue import Catalogue
from queue_server.core.dispatch import due_time, queue_of
from queue_server.core.estimate import Outlook, outlook
from queue_server.core.hall import Hall, Ticket
from queue_server.core.lifecycle import AT_COUNTER, IN_HALL, SlipStatus, Status

LINE_SHOWN = 50
"""Rows of a line on a desk: more than anybody reads, bounded so that a snapshot stays small."""

TROUBLE_SHOWN = 20
"""Slips in trouble that are listed: a printer that failed longer than this is an alarm, not a list."""

_TROUBLE_OF: Mapping[SlipStatus, Literal["failed", "uncertain"]] = {"failed": "failed", "uncertain": "uncertain"}


@dataclass(frozen=True, slots=True)
class Presence:
    """Which boxes are connected at this moment, and which of them speaks."""

    printing: tuple[DeviceId, ...] = ()
    """Kiosks that print."""
    displays: tuple[DeviceId, ...] = ()
    speaker: DeviceId | None = None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """What the holder of a ticket sees on a phone."""

    number: str
    service: ServiceId
    status: Status
    priority: bool
    issued_at: datetime
    counter: int | None
    counters: tuple[int, ...]
    outlook: Outlook | None
    """`None`: it does not wait any more."""


def menu(hall: Hall, catalogue: Catalogue, revision: Revision, now: datetime) -> Menu | None:
    """Return what kiosks show; `None` while no day is open."""
    if hall.day is None:
        return None
    return Menu(revision=revision, now=now, day=hall.day, services=service_cards(hall, catalogue, now))


def service_cards(hall: Hall, catalogue: Catalogue, now: datetime) -> tuple[ServiceCard, ...]:
    """Return the services as they are chosen, in the order of the catalogue."""
    due_at = due_time(catalogue.policy, now, priority=False)
    return tuple(
        ServiceCard(
            service=service.id,
            prefix=service.prefix,
            names=service.names,
            hints=service.hints,
            icon=service.icon,
            hue=place,
            waiting=len(hall.line(service.id)),
            wait=outlook(hall, catalogue, service.id, due_at, hall.sequence + 1).wait,
            counters=tuple(counter.number for counter in catalogue.counters_of(service.id)),
            open=hall.day is not None,
        )
        for place, service in enumerate(catalogue.services)
    )


def board(hall: Hall, catalogue: Catalogue, revision: Revision, now: datetime, speaker: DeviceId | None) -> Board:
    """Return what displays show."""
    return Board(
        revision=revision,
        now=now,
        calls=tuple(_board_call(hall.tickets[each], catalogue, revision.epoch) for each in hall.latest_calls),
        counters=tuple(
            BoardCounter(
                counter=counter.number,
                open=hall.counter_state(counter.number).clerk is not None,
                number=_number(hall.counter_state(counter.number).ticket),
                services=counter.services,
            )
            for counter in catalogue.counters
        ),
        missed=tuple(ticket_number(each) for each in hall.missed),
        speaker=speaker,
    )


def desk(
    hall: Hall,
    catalogue: Catalogue,
    revision: Revision,
    now: datetime,
    account: AccountId,
    number: int | None,
    presence: Presence,
) -> Desk:
    """Return what a clerk's page shows; without a counter, or with one that is not there, only the choice."""
    counter = None if number is None else catalogue.counter(number)
    services = counter.services if counter is not None else ()
    return Desk(
        revision=revision,
        now=now,
        account=account,
        counter=counter.number if counter is not None else None,
        counters=counter_states(hall, catalogue),
        current=_current(hall, catalogue, counter.number) if counter is not None else None,
        line=tuple(_queue_row(hall.tickets[each.ticket]) for each in islice(queue_of(hall, services), LINE_SHOWN)),
        waiting=sum(len(hall.line(service)) for service in services),
        services=service_cards(hall, catalogue, now),
        one_key=catalogue.policy.one_key,
        printers=presence.printing,
        slips=slips_in_trouble(hall, now),
        speaker=_speaker_state(hall, presence),
    )


def office(
    hall: Hall, catalogue: Catalogue, revision: Revision, now: datetime, presence: Presence, *, clock_suspect: bool
) -> Office:
    """Return what the manager's first screen shows."""
    return Office(
        revision=revision,
        now=now,
        day=hall.day or now.date(),
        lines=tuple(
            LineState(
                service=service.id,
                names=service.names,
                prefix=service.prefix,
                hue=place,
                waiting=len(hall.line(service.id)),
                longest_since=min(
                    (hall.tickets[each.ticket].issued_at for each in hall.line(service.id)), default=None
                ),
                expected_minutes=service.expected_minutes,
            )
            for place, service in enumerate(catalogue.services)
        ),
        counters=counter_states(hall, catalogue),
        devices=device_states(hall, presence),
        slips=slips_in_trouble(hall, now),
        clock_suspect=clock_suspect,
    )


def counter_states(hall: Hall, catalogue: Catalogue) -> tuple[CounterState, ...]:
    """Return every counter as staff see it."""
    return tuple(_counter_state(hall, counter.number, counter.services) for counter in catalogue.counters)


def device_states(hall: Hall, presence: Presence) -> tuple[DeviceState, ...]:
    """Return what is known of every box that was ever heard of today or is here now."""
    connected = {*presence.printing, *presence.displays}
    known = sorted(connected | {device for device, _ in hall.devices})
    return tuple(_device_state(hall, device, connected=device in connected) for device in known)


def slips_in_trouble(hall: Hall, now: datetime) -> tuple[SlipTrouble, ...]:
    """Return the tickets still in the hall whose holder may stand there without paper, the newest first."""
    tickets = sorted((hall.tickets[each] for each in hall.slips), key=lambda each: -each.sequence)
    return tuple(islice(_troubles(tickets, now), TROUBLE_SHOWN))


def ticket_page(hall: Hall, catalogue: Catalogue, token: Token) -> TicketPage | None:
    """Return what the page of a ticket of the open day says; `None`: no such ticket today."""
    ticket_of_token = hall.tokens.get(token)
    if ticket_of_token is None:
        return None
    ticket = hall.tickets[ticket_of_token]
    waits = ticket.status == "waiting"
    return TicketPage(
        number=ticket_number(ticket.id),
        service=ticket.service,
        status=ticket.status,
        priority=ticket.priority,
        issued_at=ticket.issued_at,
        counter=ticket.counter if ticket.status in AT_COUNTER else None,
        counters=tuple(counter.number for counter in catalogue.counters_of(ticket.service)),
        outlook=outlook(hall, catalogue, ticket.service, ticket.due_at, ticket.sequence) if waits else None,
    )


def _board_call(ticket: Ticket, catalogue: Catalogue, epoch: int) -> BoardCall:
    return BoardCall(
        call=Revision(epoch=epoch, sequence=ticket.last_call),
        number=ticket_number(ticket.id),
        counter=ticket.counter or 0,
        kind=call_kind(ticket, catalogue),
        priority=ticket.priority,
        called_at=ticket.last_called_at or ticket.issued_at,
    )


def _current(hall: Hall, catalogue: Catalogue, counter: int) -> CurrentTicket | None:
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
        started_at=ticket.started_at,
        calls=ticket.calls,
        recall_from=called_at + timedelta(seconds=catalogue.policy.recall_gap_s),
        shown=call is not None and call.shown,
        spoken=call is not None and call.spoken,
    )


def _queue_row(ticket: Ticket) -> QueueRow:
    return QueueRow(
        ticket=ticket.id,
        number=ticket_number(ticket.id),
        service=ticket.service,
        priority=ticket.priority,
        issued_at=ticket.issued_at,
    )


def _counter_state(hall: Hall, number: int, services: tuple[ServiceId, ...]) -> CounterState:
    state = hall.counter_state(number)
    ticket = hall.tickets[state.ticket] if state.ticket is not None else None
    status: Literal["called", "serving"] | None = None
    if ticket is not None:
        status = "serving" if ticket.status == "serving" else "called"
    return CounterState(
        counter=number,
        services=services,
        clerk=state.clerk,
        number=_number(state.ticket),
        status=status,
        since=None if ticket is None else (ticket.started_at or ticket.last_called_at),
    )


def _device_state(hall: Hall, device: DeviceId, *, connected: bool) -> DeviceState:
    printer = hall.devices.get((device, "printer"))
    speaker = hall.devices.get((device, "speaker"))
    reasons = [report.reason for report in (printer, speaker) if report is not None and report.reason is not None]
    return DeviceState(
        device=device,
        connected=connected,
        printer=None if printer is None else (printer.state if connected else "unknown"),
        speaker=None if speaker is None else (speaker.state if connected else "unknown"),
        reason=reasons[0] if reasons and connected else None,
    )


def _speaker_state(hall: Hall, presence: Presence) -> PartState:
    if presence.speaker is not None:
        return "ready"
    reports = [hall.devices.get((device, "speaker")) for device in presence.displays]
    return "failed" if any(report is not None and report.state == "failed" for report in reports) else "unknown"


def _troubles(tickets: Sequence[Ticket], now: datetime) -> Iterator[SlipTrouble]:
    for ticket in tickets:
        if ticket.status not in IN_HALL:
            continue
        number = ticket_number(ticket.id)
        state = _TROUBLE_OF.get(ticket.slip)
        if state is not None:
            yield SlipTrouble(ticket=ticket.id, number=number, state=state)
        elif now - ticket.issued_at > SLIP_OVERDUE:
            yield SlipTrouble(ticket=ticket.id, number=number, state="unknown")


def _number(ticket: TicketId | None) -> str | None:
    return None if ticket is None else ticket_number(ticket)
