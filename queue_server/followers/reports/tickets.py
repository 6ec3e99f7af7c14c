"""What each event of a ticket changes: its row, its periods, and the counter where it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from queue_protocol.ids import ticket_number
from queue_server.core.box_events import SlipAccepted, SlipFailed, SlipPrinted, SlipUncertain
from queue_server.core.events import (
    CallWithdrawn,
    Entry,
    Event,
    FinishTakenBack,
    PriorityChanged,
    ServiceChanged,
    ServiceFinished,
    ServiceStarted,
    SlipReprinted,
    TicketCalled,
    TicketCancelled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReissued,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
    TicketVoided,
    VisitRated,
)
from queue_server.followers.reports.instants import milliseconds, who
from queue_server.followers.reports.rows import CounterPeriod, CounterSoFar, TicketSoFar
from queue_server.followers.reports.state import Step

Record = Callable[[Step, Entry, Any], None]
"""Puts what an event changes into a step."""

Leaving = TicketCancelled | TicketVoided | TicketMissed | TicketCarriedOver


class IssuedTwice(Exception):
    """An entry issues a ticket whose id was given before: the journal was not written by `decide`."""


def _issue(step: Step, entry: Entry, event: TicketIssued) -> None:
    if event.ticket in step.visits:
        raise IssuedTwice(f"entry {entry.sequence} issues {event.ticket}, which was issued before")
    issued_at = milliseconds(event.issued_at or entry.at)
    step.put_ticket(
        TicketSoFar(
            ticket=event.ticket,
            day=entry.day.isoformat(),
            sequence=entry.sequence,
            number=ticket_number(event.ticket),
            service=event.service,
            priority=int(event.priority),
            origin=event.origin,
            status="waiting",
            slip="none" if event.print_at is None else "pending",
            issued_at=issued_at,
            since=issued_at,
            dossiers=event.dossiers,
        )
    )


def _call(step: Step, entry: Entry, event: TicketCalled) -> None:
    at, ticket = milliseconds(entry.at), _ticket(step, event)
    if ticket is not None:
        step.put_ticket(
            replace(
                ticket,
                status="called",
                counter=event.counter,
                clerk=event.clerk or who(entry),
                calls=ticket.calls + 1,
                estimated=0,
                start_estimated=0,
                called_at=at if ticket.called_at is None else ticket.called_at,
                since=at,
            )
        )
    counter = step.counters.get(event.counter)
    if counter is not None:
        step.put_counter(replace(counter, status="called", ticket=event.ticket, since=at, estimated=0))


def _start(step: Step, _entry: Entry, event: ServiceStarted) -> None:
    at, ticket = milliseconds(event.started_at), _ticket(step, event)
    if ticket is not None:
        since = max(at, ticket.since)
        started_at = since if ticket.started_at is None else ticket.started_at
        step.put_ticket(
            replace(ticket, status="serving", started_at=started_at, since=since, start_estimated=int(event.implied))
        )
    for counter in _counters_with(step, event.ticket):
        step.put_counter(replace(counter, status="serving", since=max(at, counter.since)))


def _finish(step: Step, entry: Entry, event: ServiceFinished) -> None:
    if event.counted_from is not None:
        _count_from(step, event.ticket, milliseconds(event.counted_from))
    at, ticket = milliseconds(entry.at), _ticket(step, event)
    if ticket is not None:
        step.put_ticket(
            replace(
                ticket,
                status="finished",
                ended_at=at,
                since=at,
                ended_by=who(entry),
                outcome=event.outcome,
                also=msgspec.json.encode(event.also).decode(),
                estimated=int(event.estimated),
            )
        )
    _free(step, event.ticket, at, int(event.estimated))


def _count_from(step: Step, name: str, call: int) -> None:
    """Let a service count from its call: nobody pressed "start" until the end."""
    visit, counters = step.visits.get(name), list(_counters_with(step, name))
    if visit is not None:
        ended_at = visit.ticket.since
        _end_calls(step, name, ended_at, lambda began_at: max(call, began_at))
        ticket = visit.ticket
        started_at = call if ticket.started_at == ticket.since else ticket.started_at
        step.put_ticket(replace(ticket, started_at=started_at, since=call, start_estimated=1))
    for counter in counters:
        _end_counter_calls(step, name, counter.since, lambda began_at: max(call, began_at))
        step.put_counter(replace(counter, since=call))


def _take_back_finish(step: Step, _entry: Entry, event: FinishTakenBack) -> None:
    """Write what would stand there had nobody pressed "finish": one service, and nothing at the counter since."""
    ticket = _ticket(step, event)
    if ticket is None:
        return
    started_at, ended_at = milliseconds(event.started_at), ticket.ended_at
    if event.counted_from is not None:
        call = milliseconds(event.counted_from)
        _end_calls(step, event.ticket, call, lambda _began_at: started_at)
        _end_counter_calls(step, event.ticket, call, lambda _began_at: started_at)
        since = started_at
        first_start = started_at if ticket.started_at == call else ticket.started_at
    else:
        services = [
            each.began_at
            for each in step.visits[event.ticket].periods
            if each.status == "serving" and each.ended_at == ended_at
        ]
        since, first_start = max(services, default=ticket.since), ticket.started_at
    visit = step.visits[event.ticket]
    step.put_ticket_periods(
        visit, [each for each in visit.periods if (each.status, each.ended_at) != ("serving", ended_at)]
    )
    counter = step.counters.get(event.counter)
    if counter is not None:
        since_there = min(counter.since, since)
        step.put_counter(replace(counter, status="serving", ticket=event.ticket, estimated=0, since=since_there))
    if ended_at is not None:
        _forget_since(step, (ticket.day, event.counter), event.ticket, ended_at)
    step.put_ticket(
        replace(
            ticket,
            status="serving",
            since=since,
            started_at=first_start,
            ended_at=None,
            ended_by=None,
            outcome=None,
            also="[]",
            estimated=0,
            start_estimated=0,
        )
    )


def _forget_since(step: Step, key: tuple[str, int], ticket: str, ended_at: int) -> None:
    """Let a counter have no period of a day since a finish, but for the call of the ticket that was finished."""

    def is_kept(each: CounterPeriod) -> bool:
        return each.ended_at < ended_at or (each.ticket == ticket and each.status == "called")

    periods = step.counter_periods.get(key, ())
    if not all(map(is_kept, periods)):
        step.put_counter_periods(key, filter(is_kept, periods))


def _withdraw_call(step: Step, entry: Entry, event: CallWithdrawn) -> None:
    visit = step.visits.get(event.ticket)
    if visit is not None:
        ticket = visit.ticket
        before = [each for each in visit.periods if each.ended_at == ticket.since]
        since = max((each.began_at for each in before), default=ticket.since)
        status = max((each.status for each in before), default="waiting")
        step.put_ticket_periods(visit, [each for each in visit.periods if each.began_at < since])
        again = replace(ticket, status=status, since=since, calls=ticket.calls - event.calls)
        step.put_ticket(replace(again, called_at=None, counter=None, clerk=None) if event.first else again)
    _free(step, event.ticket, milliseconds(entry.at), 0)


def _leave(status: str) -> Record:
    """Return what an event changes that takes a ticket out of the queue."""

    def leave(step: Step, entry: Entry, event: Leaving) -> None:
        at, ticket = milliseconds(entry.at), _ticket(step, event)
        reason = event.reason if isinstance(event, TicketVoided | TicketCarriedOver) else None
        if ticket is not None:
            left = replace(ticket, status=status, ended_at=at, since=at, ended_by=who(entry), void_reason=reason)
            if isinstance(event, TicketCarriedOver):
                left = replace(left, slip="pending" if event.print_at else "none")
            step.put_ticket(left)
        _free(step, event.ticket, at, 0)

    return leave


def _wait_again(status: str, returns: int = 0) -> Record:
    """Return what an event changes after which a ticket waits or is away for a while."""

    def wait_again(step: Step, entry: Entry, event: TicketHeld | TicketResumed | TicketReturned) -> None:
        at, ticket = milliseconds(entry.at), _ticket(step, event)
        if ticket is not None:
            returned = ticket.returns + returns
            step.put_ticket(replace(ticket, status=status, since=at, ended_at=None, ended_by=None, returns=returned))
        if isinstance(event, TicketHeld):
            _free(step, event.ticket, at, 0)

    return wait_again


def _transfer(step: Step, entry: Entry, event: TicketTransferred) -> None:
    at, estimated, ticket = milliseconds(entry.at), int(event.estimated), _ticket(step, event)
    if ticket is not None:
        step.put_ticket(
            replace(
                ticket,
                status="waiting",
                since=at,
                first_service=ticket.service if ticket.first_service is None else ticket.first_service,
                service=event.service,
                transfers=ticket.transfers + (event.dossiers is None),
                estimated=estimated,
            )
        )
    _free(step, event.ticket, at, estimated)


def _change(change: Callable[[TicketSoFar, Entry, Any], TicketSoFar]) -> Record:
    """Return what an event changes that changes a ticket's row alone."""

    def record(step: Step, entry: Entry, event: Any) -> None:
        ticket = _ticket(step, event)
        if ticket is not None:
            step.put_ticket(change(ticket, entry, event))

    return record


def _slip(slip: str, copies: int = 0) -> Record:
    return _change(lambda ticket, _entry, _event: replace(ticket, slip=slip, copies=ticket.copies + copies))


def _ticket(step: Step, event: Any) -> TicketSoFar | None:
    """Return the row of the ticket that an event is about; `None`: it is of a closed day, and its row stays."""
    visit = step.visits.get(event.ticket)
    return None if visit is None else visit.ticket


def _counters_with(step: Step, ticket: str) -> Iterator[CounterSoFar]:
    return (each for each in step.counters.values() if each.ticket == ticket)


def _free(step: Step, ticket: str, at: int, estimated: int) -> None:
    """Let nobody be at the counter where this ticket was; one that is to pause pauses now."""
    for counter in _counters_with(step, ticket):
        status = "free" if counter.paused is None else "paused"
        step.put_counter(replace(counter, status=status, ticket=None, since=at, estimated=estimated))


def _end_calls(step: Step, name: str, ended_at: int, end: Callable[[int], int]) -> None:
    """Let the call of a ticket that ended at this moment end at another one, which depends on when it began."""
    visit = step.visits[name]
    step.put_ticket_periods(
        visit,
        [
            replace(each, ended_at=end(each.began_at))
            if each.status == "called" and each.ended_at == ended_at
            else each
            for each in visit.periods
        ],
    )


def _end_counter_calls(step: Step, name: str, ended_at: int, end: Callable[[int], int]) -> None:
    """Do the same where the ticket was called to."""
    for key, periods in step.counter_periods.items():
        there = [each for each in periods if (each.ticket, each.status, each.ended_at) == (name, "called", ended_at)]
        if there:
            moved = [replace(each, ended_at=end(each.began_at)) if each in there else each for each in periods]
            step.put_counter_periods(key, moved)


BY_EVENT: Mapping[type[Event], Record] = {
    TicketIssued: _issue,
    TicketCancelled: _leave("cancelled"),
    TicketVoided: _leave("void"),
    TicketMissed: _leave("no_show"),
    TicketCarriedOver: _leave("carried_over"),
    ServiceChanged: _change(
        lambda ticket, entry, event: replace(ticket, service=event.service, since=milliseconds(entry.at))
    ),
    PriorityChanged: _change(lambda ticket, _entry, event: replace(ticket, priority=int(event.priority))),
    TicketCalled: _call,
    TicketRecalled: _change(lambda ticket, _entry, _event: replace(ticket, calls=ticket.calls + 1)),
    ServiceStarted: _start,
    ServiceFinished: _finish,
    FinishTakenBack: _take_back_finish,
    CallWithdrawn: _withdraw_call,
    TicketReturned: _wait_again("waiting", returns=1),
    TicketHeld: _wait_again("held"),
    TicketResumed: _wait_again("waiting"),
    TicketTransferred: _transfer,
    VisitRated: _change(lambda ticket, _entry, event: replace(ticket, rating=event.rating)),
    TicketReissued: _change(
        lambda ticket, _entry, event: replace(ticket, slip="pending" if event.print_at else "none")
    ),
    SlipReprinted: _slip("pending", copies=1),
    SlipPrinted: _slip("printed"),
    SlipAccepted: _slip("accepted"),
    SlipFailed: _slip("failed"),
    SlipUncertain: _slip("uncertain"),
}
