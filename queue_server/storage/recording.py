"""What each event changes in the tables that reports read: a ticket's row, a counter's row, the day.

A period is never written here: it ends when `since` of a row moves, and a trigger keeps it. Times are UTC
milliseconds since 1970.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from queue_protocol.ids import ticket_number
from queue_server.core.box_events import SlipAccepted, SlipFailed, SlipPrinted, SlipUncertain
from queue_server.core.calendar import Sessions
from queue_server.core.clock_events import ClockPutBack
from queue_server.core.events import (
    CallWithdrawn,
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterTakenOver,
    DayClosed,
    DayOpened,
    Entry,
    Event,
    FinishTakenBack,
    OutageEnded,
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
    TodayChanged,
    VisitRated,
)
from queue_server.storage import report_statements as sql
from queue_server.storage.figures import SUM_UP

VERSION = 4
"""Of what is written here. A file with rows of another version has them written anew from its journal."""

ALWAYS = (0, 2**53)
"""The hours of a center without hours."""

Statement = tuple[str, tuple[object, ...] | dict[str, object]]


def record(entries: Sequence[Entry]) -> Iterator[Statement]:
    """Yield what entries change in the tables, in order."""
    for entry in entries:
        statements = _BY_EVENT.get(type(entry.event))
        if statements is not None:
            yield from statements(entry, entry.event)


def _issue(entry: Entry, event: TicketIssued) -> Iterator[Statement]:
    issued_at = _milliseconds(event.issued_at or entry.at)
    yield (
        sql.ADD_TICKETS,
        (
            event.ticket,
            entry.day.isoformat(),
            entry.sequence,
            ticket_number(event.ticket),
            event.service,
            int(event.priority),
            event.origin,
            "waiting",
            0,
            "none" if event.print_at is None else "pending",
            issued_at,
            issued_at,
            event.dossiers,
        ),
    )


def _call(entry: Entry, event: TicketCalled) -> Iterator[Statement]:
    at, clerk = _milliseconds(entry.at), event.clerk or _who(entry)
    yield sql.CALL, (event.counter, clerk, at, at, event.ticket)
    yield sql.OCCUPY, (event.ticket, at, event.counter)


def _start(_entry: Entry, event: ServiceStarted) -> Iterator[Statement]:
    at = _milliseconds(event.started_at)
    yield sql.START, {"at": at, "implied": int(event.implied), "ticket": event.ticket}
    yield sql.SERVE, (at, event.ticket)


def _finish(entry: Entry, event: ServiceFinished) -> Iterator[Statement]:
    at, also = _milliseconds(entry.at), msgspec.json.encode(event.also).decode()
    if event.counted_from is not None:
        moved: dict[str, object] = {"from": _milliseconds(event.counted_from), "ticket": event.ticket}
        for statement in (sql.SHORTEN_CALL, sql.SHORTEN_COUNTER_CALL, sql.COUNT_FROM_CALL, sql.COUNT_COUNTER_FROM_CALL):
            yield statement, moved
    yield sql.FINISH, (at, at, _who(entry), event.outcome, also, int(event.estimated), event.ticket)
    yield sql.FREE, (at, int(event.estimated), event.ticket)


def _take_back_finish(_entry: Entry, event: FinishTakenBack) -> Iterator[Statement]:
    """Write what would stand there had nobody pressed "finish": one service, and nothing at the counter since."""
    counted_from = None if event.counted_from is None else _milliseconds(event.counted_from)
    again: dict[str, object] = {
        "from": counted_from,
        "started": _milliseconds(event.started_at),
        "ticket": event.ticket,
    }
    there: dict[str, object] = {"counter": event.counter, "ticket": event.ticket}
    yield sql.LENGTHEN_CALL, again
    yield sql.LENGTHEN_COUNTER_CALL, again
    yield sql.REOPEN, again
    yield sql.FORGET_SERVICE, {"ticket": event.ticket}
    yield sql.OCCUPY_AGAIN, there
    yield sql.FORGET_SINCE_FINISH, there
    yield sql.SERVE_ON, (event.ticket,)


def _withdraw_call(entry: Entry, event: CallWithdrawn) -> Iterator[Statement]:
    yield sql.WITHDRAW, {"calls": event.calls, "first": int(event.first), "ticket": event.ticket}
    yield sql.FORGET_WAIT, {"ticket": event.ticket}
    yield sql.FREE, (_milliseconds(entry.at), 0, event.ticket)


def _leave(status: str) -> Callable[[Entry, Any], Iterator[Statement]]:
    """Return what an event writes that takes a ticket out of the queue."""

    def leave(entry: Entry, event: TicketCancelled | TicketVoided | TicketMissed) -> Iterator[Statement]:
        at, reason = _milliseconds(entry.at), event.reason if isinstance(event, TicketVoided) else None
        yield sql.END, (status, at, at, _who(entry), reason, event.ticket)
        yield sql.FREE, (at, 0, event.ticket)

    return leave


def _carry_over(entry: Entry, event: TicketCarriedOver) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield sql.END, ("carried_over", at, at, _who(entry), event.reason, event.ticket)
    yield sql.SLIP, ("pending" if event.print_at else "none", 0, event.ticket)
    yield sql.FREE, (at, 0, event.ticket)


def _hold(entry: Entry, event: TicketHeld) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield sql.WAIT_AGAIN, ("held", at, 0, event.ticket)
    yield sql.FREE, (at, 0, event.ticket)


def _transfer(entry: Entry, event: TicketTransferred) -> Iterator[Statement]:
    at, moved, estimated = _milliseconds(entry.at), int(event.dossiers is None), int(event.estimated)
    yield sql.TRANSFER, (at, event.service, moved, estimated, event.ticket)
    yield sql.FREE, (at, estimated, event.ticket)


def _take_over(entry: Entry, event: CounterTakenOver) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield sql.CHANGE_CLERK, (event.clerk, at, event.counter)
    yield sql.TAKE_OVER, (event.clerk, at, event.counter)


def _open_day(entry: Entry, event: DayOpened) -> Iterator[Statement]:
    day, at = event.day.isoformat(), _milliseconds(entry.at)
    yield sql.OPEN_DAY, (day, entry.sequence)
    yield from _hours(day, event.sessions)
    for each in event.counters:
        yield sql.OPEN_COUNTER, (each.counter, day, at, each.clerk)


def _close_day(entry: Entry, event: DayClosed) -> Iterator[Statement]:
    day, at = event.day.isoformat(), _milliseconds(entry.at)
    yield sql.EXPIRE, (at, day)
    yield sql.STOP_MISSING, (at, day)
    yield sql.CLOSE_COUNTERS, (at,)
    yield sql.CLOSE_DAY, (entry.sequence, day)
    yield SUM_UP, {"first": day, "last": day}


def _change_today(entry: Entry, event: TodayChanged) -> Iterator[Statement]:
    yield sql.FORGET_HOURS, (entry.day.isoformat(),)
    yield from _hours(entry.day.isoformat(), event.sessions)


def _hours(day: str, sessions: Sessions) -> Iterator[Statement]:
    hours = (
        [ALWAYS] if sessions is None else [(_milliseconds(s.opens_at), _milliseconds(s.closes_at)) for s in sessions]
    )
    for opens_at, closes_at in hours:
        yield sql.ADD_HOURS, (day, opens_at, closes_at)


def _put_back(entry: Entry, event: ClockPutBack) -> Iterator[Statement]:
    facts = {"to": _milliseconds(event.to), "before": _milliseconds(event.before), "day": entry.day.isoformat()}
    for statement in sql.PUT_BACK:
        yield statement, facts


def _note_outage(entry: Entry, event: OutageEnded) -> Iterator[Statement]:
    yield sql.ADD_OUTAGE, (entry.day.isoformat(), _milliseconds(event.began_at), _milliseconds(event.ended_at))


def _one(write: Callable[[Entry, Any], Statement]) -> Callable[[Entry, Any], Iterable[Statement]]:
    """Return the same for an event that changes one row."""
    return lambda entry, event: (write(entry, event),)


def _at_counter(statement: str) -> Callable[[Entry, Any], Iterable[Statement]]:
    return _one(lambda entry, event: (statement, (_milliseconds(entry.at), event.counter)))


def _slip(state: str) -> Callable[[Entry, Any], Iterable[Statement]]:
    return _one(lambda _entry, event: (sql.SLIP, (state, 0, event.ticket)))


_BY_EVENT: Mapping[type[Event], Callable[[Entry, Any], Iterable[Statement]]] = {
    TicketIssued: _issue,
    TicketCancelled: _leave("cancelled"),
    TicketVoided: _leave("void"),
    TicketMissed: _leave("no_show"),
    TicketCarriedOver: _carry_over,
    ServiceChanged: _one(
        lambda entry, event: (sql.CHANGE_SERVICE, (event.service, _milliseconds(entry.at), event.ticket))
    ),
    PriorityChanged: _one(lambda _entry, event: (sql.CHANGE_PRIORITY, (int(event.priority), event.ticket))),
    TicketCalled: _call,
    TicketRecalled: _one(lambda _entry, event: (sql.RECALL, (event.ticket,))),
    ServiceStarted: _start,
    ServiceFinished: _finish,
    FinishTakenBack: _take_back_finish,
    CallWithdrawn: _withdraw_call,
    TicketReturned: _one(lambda entry, event: (sql.WAIT_AGAIN, ("waiting", _milliseconds(entry.at), 1, event.ticket))),
    TicketHeld: _hold,
    TicketResumed: _one(lambda entry, event: (sql.WAIT_AGAIN, ("waiting", _milliseconds(entry.at), 0, event.ticket))),
    TicketTransferred: _transfer,
    VisitRated: _one(lambda _entry, event: (sql.RATE, (event.rating, event.ticket))),
    TicketReissued: _one(lambda _entry, event: (sql.SLIP, ("pending" if event.print_at else "none", 0, event.ticket))),
    SlipReprinted: _one(lambda _entry, event: (sql.SLIP, ("pending", 1, event.ticket))),
    SlipPrinted: _slip("printed"),
    SlipAccepted: _slip("accepted"),
    SlipFailed: _slip("failed"),
    SlipUncertain: _slip("uncertain"),
    CounterOpened: _one(
        lambda entry, event: (
            sql.OPEN_COUNTER,
            (event.counter, entry.day.isoformat(), _milliseconds(entry.at), event.clerk),
        )
    ),
    CounterClosed: _at_counter(sql.CLOSE_COUNTER),
    CounterTakenOver: _take_over,
    CounterPaused: _one(lambda entry, event: (sql.PAUSE, (event.reason, _milliseconds(entry.at), event.counter))),
    CounterResumed: _at_counter(sql.RESUME),
    DayOpened: _open_day,
    DayClosed: _close_day,
    TodayChanged: _change_today,
    OutageEnded: _note_outage,
    ClockPutBack: _put_back,
}
"""Kinds that are not here change no report."""


def _who(entry: Entry) -> str:
    """Return the name of who acted, without what they are."""
    return entry.actor.rpartition(":")[2]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
