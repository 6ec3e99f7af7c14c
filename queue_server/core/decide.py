"""What a command does: given the hall, events; or a refusal. Pure: the same hall and command give the same decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from queue_protocol.answers import Done, NextCalled, RefusalCode, Refused, Result, TicketTaken
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    Command,
    FinishService,
    MarkNoShow,
    OpenCounter,
    RecallTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    StartService,
    TakeTicket,
)
from queue_protocol.ids import AccountId, DeviceId, TicketId, ticket_id, ticket_number
from queue_server.core.catalogue import Catalogue
from queue_server.core.dispatch import call_reason, due_time, next_ticket
from queue_server.core.estimate import outlook
from queue_server.core.events import (
    CallShown,
    CallSpoken,
    CatalogueChanged,
    CounterClosed,
    CounterOpened,
    DayClosed,
    DayOpened,
    DeviceReported,
    Event,
    KnownPart,
    OpenedCounter,
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
from queue_server.core.hall import Hall, Ticket
from queue_server.core.lifecycle import AT_COUNTER, IN_HALL, SLIP_AFTER, STATUS_AFTER

Role = Literal["kiosk", "display", "clerk", "manager"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    name: str
    """Account or device id."""
    role: Role

    @property
    def id(self) -> str:
        """The name as events keep it."""
        return f"{'device' if self.role in DEVICES else 'account'}:{self.name}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, and what is answered once it is durable."""

    events: tuple[Event, ...]
    result: Result


DEVICES: frozenset[Role] = frozenset({"kiosk", "display"})
PEOPLE: frozenset[Role] = frozenset({"clerk", "manager"})

MAY_ASK: Mapping[type, frozenset[Role]] = {
    TakeTicket: PEOPLE | {"kiosk"},
    OpenCounter: PEOPLE,
    CloseCounter: PEOPLE,
    CallNext: PEOPLE,
    RecallTicket: PEOPLE,
    StartService: PEOPLE,
    FinishService: PEOPLE,
    MarkNoShow: PEOPLE,
    ReportSlip: frozenset({"kiosk"}),
    ReportCall: frozenset({"display"}),
    ReportDevice: DEVICES,
}

_DESK_LIMIT_MS = 10_000
AGE_LIMIT_MS: Mapping[type, int | None] = {
    # Nobody stands at a kiosk for longer than this without a number.
    TakeTicket: 30_000,
    # A clerk who waited longer has done something else by now.
    OpenCounter: _DESK_LIMIT_MS,
    CloseCounter: _DESK_LIMIT_MS,
    CallNext: _DESK_LIMIT_MS,
    RecallTicket: _DESK_LIMIT_MS,
    StartService: _DESK_LIMIT_MS,
    FinishService: _DESK_LIMIT_MS,
    MarkNoShow: _DESK_LIMIT_MS,
    # What has happened has happened, however late it is told.
    ReportSlip: None,
    ReportCall: None,
    ReportDevice: None,
}


def decide(hall: Hall, command: Command, actor: Actor, now: datetime, age_ms: int) -> Decision:
    """Return what the command does to the hall.

    The hall must have an open day (`open_day` gives it one). A refusal has no events.
    """
    if actor.role not in MAY_ASK[type(command)]:
        return _refuse("not_allowed")
    limit = AGE_LIMIT_MS[type(command)]
    if limit is not None and age_ms > limit:
        return _refuse("too_late")
    return _BY_COMMAND[type(command)](hall, command, actor, now)


def open_day(hall: Hall, day: date) -> tuple[Event, ...]:
    """Return what makes `day` the open day: nothing when it is, or when a later one is."""
    if hall.catalogue is None or (hall.day is not None and hall.day >= day):
        return ()
    held = tuple(
        OpenedCounter(counter=number, clerk=state.clerk) for number, state in hall.counters.items() if state.clerk
    )
    parts = tuple(
        KnownPart(device=device, part=part, state=report.state, reason=report.reason)
        for (device, part), report in sorted(hall.devices.items())
    )
    opened = DayOpened(day=day, catalogue=hall.catalogue, counters=held, parts=parts)
    if hall.day is None:
        return (opened,)
    left = tuple(sorted(ticket.id for ticket in hall.tickets.values() if ticket.status in IN_HALL))
    return (DayClosed(day=hall.day, left=left), opened)


def change_catalogue(hall: Hall, catalogue: Catalogue) -> tuple[Event, ...]:
    """Return what makes this the catalogue: nothing when it is already."""
    return () if hall.catalogue == catalogue else (CatalogueChanged(catalogue=catalogue),)


def _take(hall: Hall, command: TakeTicket, actor: Actor, now: datetime) -> Decision:
    catalogue = _catalogue(hall)
    service = catalogue.service(command.service)
    if service is None or hall.day is None:
        return _refuse("unknown_service")
    if command.token in hall.tokens:
        return _refuse("command_id_reused")
    number = hall.issued.get(service.id, 0) + 1
    digits = catalogue.policy.number_digits
    if number >= 10**digits:
        return _refuse("no_numbers_left")
    ticket = ticket_id(hall.day, f"{service.prefix}{number:0{digits}d}")
    due_at = due_time(catalogue.policy, now, priority=command.priority)
    expected = outlook(hall, catalogue, service.id, due_at, hall.sequence + 1)
    issued = TicketIssued(
        ticket=ticket,
        service=service.id,
        priority=command.priority,
        token=command.token,
        origin="kiosk" if actor.role == "kiosk" else "desk",
        print_at=command.print_at,
        due_at=due_at,
        people_ahead=expected.people_ahead,
        wait=expected.wait,
    )
    taken = TicketTaken(
        ticket=ticket,
        number=ticket_number(ticket),
        service=service.id,
        priority=command.priority,
        issued_at=now,
        people_ahead=expected.people_ahead,
        wait=expected.wait,
        counters=tuple(counter.number for counter in catalogue.counters_of(service.id)),
        print_at=command.print_at,
    )
    return Decision((issued,), taken)


def _open_counter(hall: Hall, command: OpenCounter, actor: Actor, _now: datetime) -> Decision:
    if _catalogue(hall).counter(command.counter) is None:
        return _refuse("unknown_counter", counter=command.counter)
    clerk = hall.counter_state(command.counter).clerk
    if clerk == actor.name:
        return Decision((), Done())
    if clerk is not None:
        return _refuse("counter_taken", counter=command.counter, clerk=clerk)
    events: list[Event] = []
    for number, state in sorted(hall.counters.items()):
        if state.clerk == actor.name:
            if state.ticket is not None:
                return _refuse("ticket_at_counter", number=ticket_number(state.ticket), counter=number)
            events.append(CounterClosed(counter=number, clerk=AccountId(actor.name)))
    events.append(CounterOpened(counter=command.counter, clerk=AccountId(actor.name)))
    return Decision(tuple(events), Done())


def _close_counter(hall: Hall, command: CloseCounter, actor: Actor, now: datetime) -> Decision:
    clerk = hall.counter_state(command.counter).clerk
    if actor.role == "manager" and clerk not in {None, actor.name}:
        return _close_abandoned(hall, command.counter, now)
    refusal = _not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    ticket = hall.counter_state(command.counter).ticket
    if ticket is not None:
        return _refuse("ticket_at_counter", number=ticket_number(ticket), counter=command.counter)
    return Decision((CounterClosed(counter=command.counter, clerk=AccountId(actor.name)),), Done())


def _close_abandoned(hall: Hall, number: int, now: datetime) -> Decision:
    """Close a counter that its clerk has left: who was only called counts as no-show, who was served as finished."""
    state = hall.counter_state(number)
    ending: tuple[Event, ...] = ()
    if state.ticket is not None:
        ticket = hall.tickets[state.ticket]
        missed = TicketMissed(ticket=ticket.id, counter=number)
        ending = (missed,) if ticket.status == "called" else _finish_events(ticket, number, now)
    closed = CounterClosed(counter=number, clerk=state.clerk or AccountId("nobody"))
    return Decision((*ending, closed), Done())


def _call_next(hall: Hall, command: CallNext, actor: Actor, now: datetime) -> Decision:
    refusal = _not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    current = hall.counter_state(command.counter).ticket
    if current != command.after:
        return _refuse("desk_moved_on", counter=command.counter)
    ending: tuple[Event, ...] = ()
    if current is not None:
        ticket = hall.tickets[current]
        if ticket.status == "called" and not _catalogue(hall).policy.one_key:
            return _refuse("decide_current_first", number=ticket_number(current))
        ending = _finish_events(ticket, command.counter, now)
    calling = _calling_events(hall, command.counter)
    if not ending and not calling:
        return _refuse("nobody_waiting", counter=command.counter)
    called = calling[0].ticket if calling else None
    return Decision((*ending, *calling), NextCalled(counter=command.counter, ticket=called))


def _calling_events(hall: Hall, number: int) -> tuple[TicketCalled, ...]:
    counter = _catalogue(hall).counter(number)
    services = counter.services if counter is not None else ()
    chosen = next_ticket(hall, services)
    if chosen is None:
        return ()
    return (TicketCalled(ticket=chosen.ticket, counter=number, reason=call_reason(hall, chosen, services)),)


def _recall(hall: Hall, command: RecallTicket, actor: Actor, now: datetime) -> Decision:
    ticket = _at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    policy = _catalogue(hall).policy
    if (ticket.status, TicketRecalled) not in STATUS_AFTER or ticket.last_called_at is None or ticket.counter is None:
        return _wrong_status(ticket)
    left_s = policy.recall_gap_s - (now - ticket.last_called_at).total_seconds()
    if left_s > 0:
        return _refuse("recall_too_soon", number=ticket_number(ticket.id), seconds=-int(-left_s // 1))
    kind: Literal["recall", "last"] = "last" if ticket.calls + 1 >= policy.calls_before_no_show else "recall"
    return Decision((TicketRecalled(ticket=ticket.id, counter=ticket.counter, kind=kind),), Done())


def _start(hall: Hall, command: StartService, actor: Actor, now: datetime) -> Decision:
    ticket = _at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if (ticket.status, ServiceStarted) not in STATUS_AFTER or ticket.counter is None:
        return _wrong_status(ticket)
    started = ServiceStarted(ticket=ticket.id, counter=ticket.counter, started_at=now, implied=False)
    return Decision((started,), Done())


def _finish(hall: Hall, command: FinishService, actor: Actor, now: datetime) -> Decision:
    ticket = _at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.counter is None or ticket.status not in AT_COUNTER:
        return _wrong_status(ticket)
    return Decision(_finish_events(ticket, ticket.counter, now), Done())


def _mark_no_show(hall: Hall, command: MarkNoShow, actor: Actor, _now: datetime) -> Decision:
    ticket = _at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if (ticket.status, TicketMissed) not in STATUS_AFTER or ticket.counter is None:
        return _wrong_status(ticket)
    return Decision((TicketMissed(ticket=ticket.id, counter=ticket.counter),), Done())


def _report_slip(hall: Hall, command: ReportSlip, actor: Actor, _now: datetime) -> Decision:
    ticket = hall.tickets.get(command.ticket)
    if ticket is None or ticket.print_at != actor.name:
        return _refuse("unknown_ticket")
    device, reason = DeviceId(actor.name), command.reason or "unknown"
    events: Mapping[str, Event] = {
        "printed": SlipPrinted(ticket=ticket.id, device=device),
        "failed": SlipFailed(ticket=ticket.id, device=device, reason=reason),
        "uncertain": SlipUncertain(ticket=ticket.id, device=device, reason=reason),
    }
    event = events[command.outcome]
    known_already = (ticket.slip, type(event)) not in SLIP_AFTER
    return Decision(() if known_already else (event,), Done())


def _report_call(hall: Hall, command: ReportCall, actor: Actor, _now: datetime) -> Decision:
    call = hall.calls.get(command.call.sequence)
    if call is None:
        return _refuse("unknown_call")
    known_already = call.shown if command.outcome == "shown" else call.spoken
    event_type = CallShown if command.outcome == "shown" else CallSpoken
    event = event_type(call=command.call.sequence, ticket=call.ticket, device=DeviceId(actor.name))
    return Decision(() if known_already else (event,), Done())


def _report_device(hall: Hall, command: ReportDevice, actor: Actor, _now: datetime) -> Decision:
    before = hall.devices.get((DeviceId(actor.name), command.part))
    if before is not None and (before.state, before.reason) == (command.state, command.reason):
        return Decision((), Done())
    event = DeviceReported(device=DeviceId(actor.name), part=command.part, state=command.state, reason=command.reason)
    return Decision((event,), Done())


def _finish_events(ticket: Ticket, counter: int, now: datetime) -> tuple[Event, ...]:
    finished = ServiceFinished(ticket=ticket.id, counter=counter)
    if ticket.status == "serving":
        return (finished,)
    started_at = ticket.last_called_at or now
    return (ServiceStarted(ticket=ticket.id, counter=counter, started_at=started_at, implied=True), finished)


def _at_my_counter(hall: Hall, ticket_asked: TicketId, actor: Actor) -> Ticket | Decision:
    ticket = hall.tickets.get(ticket_asked)
    if ticket is None:
        return _refuse("unknown_ticket")
    if ticket.counter is None:
        return _wrong_status(ticket)
    refusal = _not_mine(hall, ticket.counter, actor)
    if refusal is not None:
        return refusal
    if hall.counter_state(ticket.counter).ticket != ticket.id:
        return _refuse("desk_moved_on", counter=ticket.counter)
    return ticket


def _not_mine(hall: Hall, number: int, actor: Actor) -> Decision | None:
    if _catalogue(hall).counter(number) is None:
        return _refuse("unknown_counter", counter=number)
    clerk = hall.counter_state(number).clerk
    if clerk is None:
        return _refuse("counter_closed", counter=number)
    if clerk != actor.name:
        return _refuse("counter_taken", counter=number, clerk=clerk)
    return None


def _wrong_status(ticket: Ticket) -> Decision:
    return _refuse("wrong_status", number=ticket_number(ticket.id), status=ticket.status)


def _refuse(code: RefusalCode, **facts: str | int) -> Decision:
    return Decision((), Refused(code=code, facts=facts))


def _catalogue(hall: Hall) -> Catalogue:
    if hall.catalogue is None:
        raise LookupError("a hall without a catalogue decides nothing; the first start imports one")
    return hall.catalogue


_BY_COMMAND: Mapping[type, Callable[[Hall, Any, Actor, datetime], Decision]] = {
    TakeTicket: _take,
    OpenCounter: _open_counter,
    CloseCounter: _close_counter,
    CallNext: _call_next,
    RecallTicket: _recall,
    StartService: _start,
    FinishService: _finish,
    MarkNoShow: _mark_no_show,
    ReportSlip: _report_slip,
    ReportCall: _report_call,
    ReportDevice: _report_device,
}
