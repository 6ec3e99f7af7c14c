"""Decisions at a counter: next, a chosen one, recall, start, finish, no-show, transfer, and the call by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from queue_protocol.answers import Done, NextCalled
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    FinishService,
    LongService,
    MarkNoShow,
    Outcome,
    RecallTicket,
    RequeueTicket,
    StartService,
    TransferTicket,
)
from queue_protocol.ids import ServiceId, TicketId, ticket_number
from queue_server.core.calendar import is_open
from queue_server.core.decision import (
    Actor,
    Deciders,
    Decision,
    at_my_counter,
    not_mine,
    refuse,
    ticket_for,
    wrong_status,
)
from queue_server.core.dispatch import Choice, chosen_ticket, next_ticket
from queue_server.core.events import (
    Event,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketMissed,
    TicketRecalled,
    TicketTransferred,
)
from queue_server.core.facts import Line
from queue_server.core.hall import Hall, Ticket, catalogue_of
from queue_server.core.lifecycle import AT_COUNTER, STATUS_AFTER
from queue_server.core.placing import moved, place_at_end, place_in_front


def long_from(hall: Hall, ticket: Ticket, now: datetime) -> datetime:
    """Return the moment from which it is asked whether a ticket at a counter really takes so long."""
    catalogue = catalogue_of(hall)
    service = catalogue.service(ticket.service)
    expected = (1 if service is None else service.expected_minutes) * ticket.dossiers
    return _came_at(ticket, now) + timedelta(minutes=expected * catalogue.policy.long_service_factor)


def is_unheard(hall: Hall, ticket: Ticket) -> bool:
    """Say whether an outage swallowed the latest call: nobody showed or said it, and the server was gone after it."""
    call, called_at = hall.latest_call(ticket), ticket.last_called_at
    if call is None or call.shown or call.spoken or called_at is None:
        return False
    return any(outage.ended_at >= called_at for outage in hall.outages)


def recall_from(hall: Hall, ticket: Ticket, now: datetime) -> datetime:
    """Return the moment before which a recall of this ticket is refused."""
    called_at = ticket.last_called_at or now
    gap = timedelta(seconds=catalogue_of(hall).policy.recall_gap_s)
    return called_at if is_unheard(hall, ticket) else called_at + gap


def calls_left(hall: Hall, ticket: Ticket) -> int:
    """Return how many more calls of a ticket must be made before it may be marked as a no-show."""
    return max(catalogue_of(hall).policy.calls_before_no_show - ticket.calls, 0)


def finishing(
    ticket: Ticket,
    counter: int,
    now: datetime,
    outcome: Outcome = "done",
    also: tuple[ServiceId, ...] = (),
    *,
    estimated: bool = False,
) -> tuple[Event, ...]:
    """Return what finishes the visit of a ticket at a counter; one only called counts as served from the call."""
    finished = ServiceFinished(ticket=ticket.id, counter=counter, outcome=outcome, also=also, estimated=estimated)
    return (*_starting(ticket, counter, now), finished)


def automatic_calls(hall: Hall, now: datetime) -> Iterator[Event]:
    """Yield the calls of counters that have been free for as long as the policy lets them; each person once.

    None outside of the sessions: nobody is called to a desk whose clerk is at lunch.
    """
    after_s = catalogue_of(hall).policy.auto_call_after_s
    if after_s is None or not is_open(hall.sessions, now):
        return
    called: set[TicketId] = set()
    for number, state in sorted(hall.counters.items()):
        if state.clerk is None or state.since is None or now - state.since < timedelta(seconds=after_s):
            continue
        choice = next_ticket(hall, number, now)
        if choice is not None and choice.ticket not in called:
            called.add(choice.ticket)
            yield _calling(hall, number, choice)


def _call_next(hall: Hall, command: CallNext, actor: Actor, now: datetime) -> Decision:
    ending = _ending_current(hall, command, actor, now)
    if isinstance(ending, Decision):
        return ending
    choice = next_ticket(hall, command.counter, now)
    if choice is None and not ending:
        return refuse("nobody_waiting", counter=command.counter)
    return _ended_and_called(hall, command.counter, ending, choice)


def _call_ticket(hall: Hall, command: CallTicket, actor: Actor, now: datetime) -> Decision:
    ending = _ending_current(hall, command, actor, now)
    if isinstance(ending, Decision):
        return ending
    ticket = ticket_for(hall, command.ticket, TicketCalled)
    if isinstance(ticket, Decision):
        return ticket
    return _ended_and_called(hall, command.counter, ending, chosen_ticket(hall, command.counter, ticket.id))


def _ended_and_called(hall: Hall, number: int, ending: tuple[Event, ...], choice: Choice | None) -> Decision:
    calling = () if choice is None else (_calling(hall, number, choice),)
    called = None if choice is None else choice.ticket
    return Decision((*ending, *calling), NextCalled(counter=number, ticket=called))


def _calling(hall: Hall, number: int, choice: Choice) -> TicketCalled:
    clerk = hall.counter_state(number).clerk
    return TicketCalled(ticket=choice.ticket, counter=number, reason=choice.reason, clerk=clerk)


def _ending_current(
    hall: Hall, command: CallNext | CallTicket, actor: Actor, now: datetime
) -> tuple[Event, ...] | Decision:
    """Return what ends the ticket at the counter before another is called, or why that cannot be."""
    number = command.counter
    refusal = not_mine(hall, number, actor)
    if refusal is not None:
        return refusal
    state = hall.counter_state(number)
    if state.ticket != command.after:
        return refuse("desk_moved_on", counter=number)
    if state.paused is not None:
        return refuse("counter_paused", counter=number)
    if state.ticket is None:
        return ()
    ticket = hall.tickets[state.ticket]
    if ticket.status == "called" and not catalogue_of(hall).policy.one_key:
        return refuse("decide_current_first", number=ticket_number(ticket.id))
    return _finishing_in_time(hall, ticket, number, now, command.long_service)


def _finishing_in_time(
    hall: Hall,
    ticket: Ticket,
    counter: int,
    now: datetime,
    answer: LongService,
    outcome: Outcome = "done",
    also: tuple[ServiceId, ...] = (),
) -> tuple[Event, ...] | Decision:
    """Return what finishes a visit; one that is open for suspiciously long is asked about first."""
    if now <= long_from(hall, ticket, now):
        return finishing(ticket, counter, now, outcome, also)
    if answer == "ask":
        minutes = int((now - _came_at(ticket, now)).total_seconds() // 60)
        return refuse("long_service", number=ticket_number(ticket.id), minutes=minutes)
    return finishing(ticket, counter, now, outcome, also, estimated=answer == "forgotten")


def _recall(hall: Hall, command: RecallTicket, actor: Actor, now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if (ticket.status, TicketRecalled) not in STATUS_AFTER or ticket.counter is None:
        return wrong_status(ticket)
    left_s = (recall_from(hall, ticket, now) - now).total_seconds()
    if left_s > 0:
        return refuse("recall_too_soon", number=ticket_number(ticket.id), seconds=-int(-left_s // 1))
    last = ticket.calls + 1 >= catalogue_of(hall).policy.calls_before_no_show
    kind: Literal["recall", "last"] = "last" if last else "recall"
    return Decision((TicketRecalled(ticket=ticket.id, counter=ticket.counter, kind=kind),), Done())


def _start(hall: Hall, command: StartService, actor: Actor, now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if (ticket.status, ServiceStarted) not in STATUS_AFTER or ticket.counter is None:
        return wrong_status(ticket)
    started = ServiceStarted(ticket=ticket.id, counter=ticket.counter, started_at=now, implied=False)
    return Decision((started,), Done())


def _finish(hall: Hall, command: FinishService, actor: Actor, now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.counter is None or ticket.status not in AT_COUNTER:
        return wrong_status(ticket)
    if any(catalogue_of(hall).service(each) is None for each in command.also):
        return refuse("unknown_service")
    events = _finishing_in_time(hall, ticket, ticket.counter, now, command.long_service, command.outcome, command.also)
    return events if isinstance(events, Decision) else Decision(events, Done())


def _mark_no_show(hall: Hall, command: MarkNoShow, actor: Actor, _now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if (ticket.status, TicketMissed) not in STATUS_AFTER or ticket.counter is None:
        return wrong_status(ticket)
    left = calls_left(hall, ticket)
    if left:
        return refuse("no_show_too_soon", number=ticket_number(ticket.id), calls=left)
    return Decision((TicketMissed(ticket=ticket.id, counter=ticket.counter),), Done())


def _transfer(hall: Hall, command: TransferTicket, actor: Actor, now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.counter is None or (ticket.status, TicketTransferred) not in STATUS_AFTER:
        return wrong_status(ticket)
    catalogue, service = catalogue_of(hall), command.service or ticket.service
    if catalogue.service(service) is None:
        return refuse("unknown_service")
    if command.counter is not None and catalogue.counter(command.counter) is None:
        return refuse("unknown_counter", counter=command.counter)
    line: Line = service if command.counter is None else command.counter
    transferred = TicketTransferred(
        ticket=ticket.id,
        counter=ticket.counter,
        service=service,
        place=place_in_front(line, now) if command.first else moved(ticket, line),
        estimated=now > long_from(hall, ticket, now),
    )
    return Decision((transferred,), Done())


def _requeue(hall: Hall, command: RequeueTicket, actor: Actor, now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.counter is None or ticket.status not in AT_COUNTER:
        return wrong_status(ticket)
    requeued = TicketTransferred(
        ticket=ticket.id,
        counter=ticket.counter,
        service=ticket.service,
        place=place_at_end(hall, ticket.service, now),
        dossiers=command.dossiers_left,
        estimated=now > long_from(hall, ticket, now),
    )
    return Decision((*_starting(ticket, ticket.counter, now), requeued), Done())


def _starting(ticket: Ticket, counter: int, now: datetime) -> tuple[Event, ...]:
    """Return the start that nobody pressed: the person came when called."""
    if ticket.status == "serving":
        return ()
    started_at = ticket.last_called_at or now
    return (ServiceStarted(ticket=ticket.id, counter=counter, started_at=started_at, implied=True),)


def _came_at(ticket: Ticket, now: datetime) -> datetime:
    started_at = ticket.started_at if ticket.status == "serving" else None
    return started_at or ticket.last_called_at or now


DECIDERS: Deciders = {
    CallNext: _call_next,
    CallTicket: _call_ticket,
    RecallTicket: _recall,
    StartService: _start,
    FinishService: _finish,
    MarkNoShow: _mark_no_show,
    TransferTicket: _transfer,
    RequeueTicket: _requeue,
}
