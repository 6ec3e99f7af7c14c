"""Decisions at a counter: next, a chosen one, recall, start, finish and back, no-show, transfer, automatic calls."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from queue_protocol.answers import Done, NextCalled
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    FinishService,
    Leaving,
    LongService,
    MarkNoShow,
    Outcome,
    RecallTicket,
    RequeueTicket,
    StartService,
    TakeBackFinish,
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
    CallWithdrawn,
    Event,
    FinishTakenBack,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketHeld,
    TicketMissed,
    TicketRecalled,
    TicketTransferred,
)
from queue_server.core.facts import Line
from queue_server.core.hall import Hall, Ticket, catalogue_of
from queue_server.core.lifecycle import STATUS_AFTER
from queue_server.core.placing import moved, place_at_end, place_in_front

Leave = Callable[[Hall, Ticket, int, datetime, LongService], "tuple[Event, ...] | Decision"]
"""Returns what ends a ticket at a counter before another one is called, or why that cannot be."""

TAKE_BACK = timedelta(minutes=1)
"""How long a finish may be taken back: a wrong key is noticed at once, and the person is still at the counter."""

PRESSED_TOGETHER = timedelta(seconds=20)
"""Nobody is served in less: a clerk who presses start and finish within this had forgotten to press start."""

CALL_OLD = timedelta(minutes=2)
"""By then whoever was called is at the counter: between a call and a coming lie seconds to a minute of walking."""


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
    """Return what finishes the visit of a ticket that is served at a counter."""
    finished = ServiceFinished(
        ticket=ticket.id,
        counter=counter,
        outcome=outcome,
        also=also,
        estimated=estimated,
        counted_from=_counted_from(ticket, now),
    )
    return (finished,)


def finish_to_take_back(hall: Hall, number: int, now: datetime) -> Ticket | None:
    """Return the ticket whose finish at this counter may be taken back now; `None`: there is none."""
    state = hall.counter_state(number)
    ticket = None if state.finished is None else hall.tickets[state.finished]
    if ticket is None or ticket.status != "finished" or ticket.ended_at is None or now - ticket.ended_at > TAKE_BACK:
        return None
    return ticket if state.ticket is None or hall.tickets[state.ticket].status == "called" else None


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
    return _LEAVING[command.current](hall, hall.tickets[state.ticket], number, now, command.long_service)


def _leaving_finished(
    hall: Hall, ticket: Ticket, number: int, now: datetime, answer: LongService
) -> tuple[Event, ...] | Decision:
    return _not_begun(ticket) or _finishing_in_time(hall, ticket, number, now, answer)


def _leaving_missed(
    hall: Hall, ticket: Ticket, number: int, _now: datetime, _answer: LongService
) -> tuple[Event, ...] | Decision:
    return _missing(hall, ticket, number)


def _leaving_held(
    _hall: Hall, ticket: Ticket, number: int, _now: datetime, _answer: LongService
) -> tuple[Event, ...] | Decision:
    return (TicketHeld(ticket=ticket.id, reason="stepped_out", counter=number),)


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
    not_begun = _not_begun(ticket)
    if not_begun is not None:
        return not_begun
    if any(catalogue_of(hall).service(each) is None for each in command.also):
        return refuse("unknown_service")
    events = _finishing_in_time(
        hall, ticket, ticket.counter or 0, now, command.long_service, command.outcome, command.also
    )
    return events if isinstance(events, Decision) else Decision(events, Done())


def _mark_no_show(hall: Hall, command: MarkNoShow, actor: Actor, _now: datetime) -> Decision:
    ticket = at_my_counter(hall, command.ticket, actor)
    if isinstance(ticket, Decision):
        return ticket
    events = _missing(hall, ticket, ticket.counter or 0)
    return events if isinstance(events, Decision) else Decision(events, Done())


def _missing(hall: Hall, ticket: Ticket, number: int) -> tuple[Event, ...] | Decision:
    """Return what marks a ticket at a counter as a no-show; nobody has missed a call that was not made often enough."""
    if (ticket.status, TicketMissed) not in STATUS_AFTER:
        return wrong_status(ticket)
    left = calls_left(hall, ticket)
    if left:
        return refuse("no_show_too_soon", number=ticket_number(ticket.id), calls=left)
    return (TicketMissed(ticket=ticket.id, counter=number),)


def _take_back_finish(hall: Hall, command: TakeBackFinish, actor: Actor, now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, FinishTakenBack)
    if isinstance(ticket, Decision):
        return ticket
    number = ticket.counter or 0
    refusal = not_mine(hall, number, actor)
    if refusal is not None:
        return refusal
    called = hall.counter_state(number).ticket
    if called != command.after:
        return refuse("desk_moved_on", counter=number)
    if finish_to_take_back(hall, number, now) != ticket:
        return refuse("too_late_to_take_back", number=ticket_number(ticket.id))
    withdrawn = () if called is None else _withdrawing(hall.tickets[called], ticket, number)
    back = FinishTakenBack(
        ticket=ticket.id, counter=number, started_at=ticket.started_at or now, counted_from=ticket.counted_from
    )
    return Decision((*withdrawn, back), Done())


def _withdrawing(called: Ticket, finished: Ticket, number: int) -> tuple[Event, ...]:
    """Return what puts a ticket back that was called after this finish."""
    is_first = (called.first_called_at or called.issued_at) >= (finished.ended_at or called.issued_at)
    withdrawn = CallWithdrawn(ticket=called.id, counter=number, calls=called.calls, first=is_first)
    if called.held_before is None:
        return (withdrawn,)
    return (withdrawn, TicketHeld(ticket=called.id, reason=called.held_before, counter=None))


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
    not_begun = _not_begun(ticket)
    if not_begun is not None:
        return not_begun
    requeued = TicketTransferred(
        ticket=ticket.id,
        counter=ticket.counter or 0,
        service=ticket.service,
        place=place_at_end(hall, ticket.service, now),
        dossiers=command.dossiers_left,
        estimated=now > long_from(hall, ticket, now),
    )
    return Decision((requeued,), Done())


def _not_begun(ticket: Ticket) -> Decision | None:
    """Return why a visit cannot end in service; `None`: it has begun. Nobody who was only called counts as served."""
    if ticket.status == "called":
        return refuse("decide_current_first", number=ticket_number(ticket.id))
    return None if ticket.status == "serving" else wrong_status(ticket)


def _counted_from(ticket: Ticket, now: datetime) -> datetime | None:
    """Return the call from which a service counts that ends now; `None`: it counts from its start."""
    if ticket.status != "serving" or ticket.started_at is None or ticket.last_called_at is None:
        return None
    together = now - ticket.started_at <= PRESSED_TOGETHER
    return ticket.last_called_at if together and now - ticket.last_called_at > CALL_OLD else None


def _came_at(ticket: Ticket, now: datetime) -> datetime:
    started_at = ticket.started_at if ticket.status == "serving" else None
    return _counted_from(ticket, now) or started_at or ticket.last_called_at or now


_LEAVING: Mapping[Leaving, Leave] = {"finished": _leaving_finished, "no_show": _leaving_missed, "held": _leaving_held}
"""What each way of leaving does to the ticket at the counter, before another one is called."""

DECIDERS: Deciders = {
    CallNext: _call_next,
    CallTicket: _call_ticket,
    RecallTicket: _recall,
    StartService: _start,
    FinishService: _finish,
    TakeBackFinish: _take_back_finish,
    MarkNoShow: _mark_no_show,
    TransferTicket: _transfer,
    RequeueTicket: _requeue,
}
