"""Decisions about counters: who works there, what they serve, whether they call."""

from datetime import datetime

from queue_protocol.answers import Done
from queue_protocol.commands import (
    CloseCounter,
    OpenCounter,
    PauseCounter,
    ResumeCounter,
    SetCounterServices,
    TakeOverCounter,
)
from queue_protocol.ids import AccountId, ticket_number
from queue_server.core.calls import finishing, long_from
from queue_server.core.decision import Actor, Deciders, Decision, not_mine, refuse
from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterServicesSet,
    CounterTakenOver,
    Event,
    ServiceChanged,
    TicketMissed,
)
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.placing import moved


def _open(hall: Hall, command: OpenCounter, actor: Actor, _now: datetime) -> Decision:
    if catalogue_of(hall).counter(command.counter) is None:
        return refuse("unknown_counter", counter=command.counter)
    clerk = hall.counter_state(command.counter).clerk
    if clerk == actor.name:
        return Decision((), Done())
    if clerk is not None:
        return refuse("counter_taken", counter=command.counter, clerk=clerk)
    leaving = _leaving_others(hall, actor)
    if isinstance(leaving, Decision):
        return leaving
    opened = CounterOpened(counter=command.counter, clerk=AccountId(actor.name))
    return Decision((*leaving, opened), Done())


def _take_over(hall: Hall, command: TakeOverCounter, actor: Actor, now: datetime) -> Decision:
    state = hall.counter_state(command.counter)
    if state.clerk is None or state.clerk == actor.name:
        return _open(hall, OpenCounter(counter=command.counter), actor, now)
    leaving = _leaving_others(hall, actor)
    if isinstance(leaving, Decision):
        return leaving
    taken = CounterTakenOver(counter=command.counter, clerk=AccountId(actor.name), before=state.clerk)
    return Decision((*leaving, taken), Done())


def _leaving_others(hall: Hall, actor: Actor) -> tuple[Event, ...] | Decision:
    """Return what closes the counters that a clerk leaves for another one, or why the clerk cannot leave."""
    events: list[Event] = []
    for number, state in sorted(hall.counters.items()):
        if state.clerk == actor.name:
            if state.ticket is not None:
                return refuse("ticket_at_counter", number=ticket_number(state.ticket), counter=number)
            events.extend(_closing(hall, number, AccountId(actor.name)))
    return tuple(events)


def _closing(hall: Hall, number: int, clerk: AccountId) -> tuple[Event, ...]:
    """Return what closes a counter: who waited for it alone waits for any counter of the service, in the same place."""
    left = [hall.tickets[each.ticket] for each in hall.line(number)]
    back = (
        ServiceChanged(ticket=ticket.id, service=ticket.service, place=moved(ticket, ticket.service)) for ticket in left
    )
    return (CounterClosed(counter=number, clerk=clerk), *back)


def _close(hall: Hall, command: CloseCounter, actor: Actor, now: datetime) -> Decision:
    clerk = hall.counter_state(command.counter).clerk
    if "manager" in actor.roles and clerk is not None and clerk != actor.name:
        return _close_abandoned(hall, command.counter, clerk, now)
    refusal = not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    ticket = hall.counter_state(command.counter).ticket
    if ticket is not None:
        return refuse("ticket_at_counter", number=ticket_number(ticket), counter=command.counter)
    return Decision(_closing(hall, command.counter, AccountId(actor.name)), Done())


def _close_abandoned(hall: Hall, number: int, clerk: AccountId, now: datetime) -> Decision:
    """Close a counter that its clerk has left: who was only called counts as no-show, who was served as finished."""
    state = hall.counter_state(number)
    ending: tuple[Event, ...] = ()
    if state.ticket is not None:
        ticket = hall.tickets[state.ticket]
        missed = TicketMissed(ticket=ticket.id, counter=number)
        estimated = now > long_from(hall, ticket, now)
        ending = (missed,) if ticket.status == "called" else finishing(ticket, number, now, estimated=estimated)
    return Decision((*ending, *_closing(hall, number, clerk)), Done())


def _pause(hall: Hall, command: PauseCounter, actor: Actor, _now: datetime) -> Decision:
    refusal = not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    if hall.counter_state(command.counter).paused == command.reason:
        return Decision((), Done())
    return Decision((CounterPaused(counter=command.counter, reason=command.reason),), Done())


def _resume(hall: Hall, command: ResumeCounter, actor: Actor, _now: datetime) -> Decision:
    refusal = not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    if hall.counter_state(command.counter).paused is None:
        return Decision((), Done())
    return Decision((CounterResumed(counter=command.counter),), Done())


def _set_services(hall: Hall, command: SetCounterServices, actor: Actor, _now: datetime) -> Decision:
    refusal = None if "manager" in actor.roles else not_mine(hall, command.counter, actor)
    if refusal is not None:
        return refusal
    catalogue = catalogue_of(hall)
    if catalogue.counter(command.counter) is None:
        return refuse("unknown_counter", counter=command.counter)
    wanted = {*command.services, *command.preferred}
    if any(catalogue.service(each) is None for each in wanted) or not set(command.preferred) <= set(command.services):
        return refuse("unknown_service")
    services = tuple(dict.fromkeys(command.services))
    preferred = tuple(dict.fromkeys(command.preferred))
    return Decision((CounterServicesSet(counter=command.counter, services=services, preferred=preferred),), Done())


DECIDERS: Deciders = {
    OpenCounter: _open,
    TakeOverCounter: _take_over,
    CloseCounter: _close,
    PauseCounter: _pause,
    ResumeCounter: _resume,
    SetCounterServices: _set_services,
}
