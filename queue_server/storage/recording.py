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
from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterTakenOver,
    DayClosed,
    DayOpened,
    Entry,
    Event,
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
from queue_server.storage.figures import SUM_UP

VERSION = 3
"""Of what is written here. A file with rows of another version has them written anew from its journal."""

ALWAYS = (0, 2**53)
"""The hours of a center without hours."""

Statement = tuple[str, tuple[object, ...] | dict[str, object]]

# ---------------------------------------------------------------- tickets

ADD_TICKETS = """
    INSERT INTO ticket (ticket, day, sequence, number, service, priority, origin, status, calls, slip, issued_at, since,
        dossiers)
    VALUES
"""
"""Behind it stand the rows, in brackets; every other statement is whole."""

CALL = """
    UPDATE ticket SET status = 'called', counter = ?, clerk = ?, calls = calls + 1, estimated = 0,
        called_at = coalesce(called_at, ?), since = ? WHERE ticket = ?
"""
RECALL = "UPDATE ticket SET calls = calls + 1 WHERE ticket = ?"
START = """
    UPDATE ticket SET status = 'serving', started_at = coalesce(started_at, max(?, since)), since = max(?, since)
    WHERE ticket = ?
"""
FINISH = """
    UPDATE ticket SET status = 'finished', ended_at = ?, since = ?, ended_by = ?, outcome = ?, also = ?, estimated = ?
    WHERE ticket = ?
"""
END = """
    UPDATE ticket SET status = ?, ended_at = ?, since = ?, ended_by = ?, void_reason = ? WHERE ticket = ?
"""
WAIT_AGAIN = """
    UPDATE ticket SET status = ?, since = ?, ended_at = NULL, ended_by = NULL, returns = returns + ? WHERE ticket = ?
"""
TRANSFER = """
    UPDATE ticket SET status = 'waiting', since = ?, first_service = coalesce(first_service, service), service = ?,
        transfers = transfers + ?, estimated = ? WHERE ticket = ?
"""
CHANGE_SERVICE = "UPDATE ticket SET service = ?, since = ? WHERE ticket = ?"
CHANGE_PRIORITY = "UPDATE ticket SET priority = ? WHERE ticket = ?"
CHANGE_CLERK = """
    UPDATE ticket SET clerk = ?, since = ? WHERE ticket = (SELECT ticket FROM counter WHERE counter = ?)
"""
RATE = "UPDATE ticket SET rating = ? WHERE ticket = ?"
SLIP = "UPDATE ticket SET slip = ?, copies = copies + ? WHERE ticket = ?"
EXPIRE = """
    UPDATE ticket SET estimated = status IN ('called', 'serving'), status = 'expired', since = ?
    WHERE day = ? AND status IN ('waiting', 'called', 'serving', 'held')
"""
STOP_MISSING = "UPDATE ticket SET since = ? WHERE day = ? AND status = 'no_show'"

# ---------------------------------------------------------------- counters

OPEN_COUNTER = """
    INSERT INTO counter (counter, day, status, since, clerk) VALUES (?, ?, 'free', ?, ?)
    ON CONFLICT DO UPDATE SET day = excluded.day, status = 'free', since = excluded.since, clerk = excluded.clerk,
        ticket = NULL, paused = NULL, estimated = 0
"""
CLOSE_COUNTER = """
    UPDATE counter SET status = 'closed', since = ?, clerk = NULL, ticket = NULL, paused = NULL, estimated = 0
    WHERE counter = ?
"""
CLOSE_COUNTERS = """
    UPDATE counter SET estimated = ticket IS NOT NULL, status = 'closed', since = ?, clerk = NULL, ticket = NULL,
        paused = NULL
"""
TAKE_OVER = """
    UPDATE counter SET clerk = ?, since = ?, paused = NULL, status = iif(ticket IS NULL, 'free', status), estimated = 0
    WHERE counter = ?
"""
PAUSE = """
    UPDATE counter SET paused = ?, status = iif(ticket IS NULL, 'paused', status),
        since = iif(ticket IS NULL, ?, since), estimated = 0
    WHERE counter = ?
"""
RESUME = """
    UPDATE counter SET paused = NULL, status = iif(ticket IS NULL, 'free', status),
        since = iif(ticket IS NULL, ?, since), estimated = 0
    WHERE counter = ?
"""
OCCUPY = "UPDATE counter SET status = 'called', ticket = ?, since = ?, estimated = 0 WHERE counter = ?"
SERVE = "UPDATE counter SET status = 'serving', since = max(?, since) WHERE ticket = ?"
FREE = """
    UPDATE counter SET status = iif(paused IS NULL, 'free', 'paused'), ticket = NULL, since = ?, estimated = ?
    WHERE ticket = ?
"""

# ---------------------------------------------------------------- the day

OPEN_DAY = "INSERT OR REPLACE INTO day (day, opened) VALUES (?, ?)"
CLOSE_DAY = "UPDATE day SET closed = ? WHERE day = ?"
FORGET_HOURS = "DELETE FROM opening WHERE day = ?"
ADD_HOURS = "INSERT OR REPLACE INTO opening VALUES (?, ?, ?)"
ADD_OUTAGE = "INSERT OR REPLACE INTO outage VALUES (?, ?, ?)"


def record(entries: Sequence[Entry]) -> Iterator[Statement]:
    """Yield what entries change in the tables, in order."""
    for entry in entries:
        statements = _BY_EVENT.get(type(entry.event))
        if statements is not None:
            yield from statements(entry, entry.event)


def _issue(entry: Entry, event: TicketIssued) -> Iterator[Statement]:
    issued_at = _milliseconds(event.issued_at or entry.at)
    yield (
        ADD_TICKETS,
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
    yield CALL, (event.counter, clerk, at, at, event.ticket)
    yield OCCUPY, (event.ticket, at, event.counter)


def _start(_entry: Entry, event: ServiceStarted) -> Iterator[Statement]:
    at = _milliseconds(event.started_at)
    yield START, (at, at, event.ticket)
    yield SERVE, (at, event.ticket)


def _finish(entry: Entry, event: ServiceFinished) -> Iterator[Statement]:
    at, also = _milliseconds(entry.at), msgspec.json.encode(event.also).decode()
    yield FINISH, (at, at, _who(entry), event.outcome, also, int(event.estimated), event.ticket)
    yield FREE, (at, int(event.estimated), event.ticket)


def _leave(status: str) -> Callable[[Entry, Any], Iterator[Statement]]:
    """Return what an event writes that takes a ticket out of the queue."""

    def leave(entry: Entry, event: TicketCancelled | TicketVoided | TicketMissed) -> Iterator[Statement]:
        at, reason = _milliseconds(entry.at), event.reason if isinstance(event, TicketVoided) else None
        yield END, (status, at, at, _who(entry), reason, event.ticket)
        yield FREE, (at, 0, event.ticket)

    return leave


def _carry_over(entry: Entry, event: TicketCarriedOver) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield END, ("carried_over", at, at, _who(entry), event.reason, event.ticket)
    yield SLIP, ("pending" if event.print_at else "none", 0, event.ticket)
    yield FREE, (at, 0, event.ticket)


def _hold(entry: Entry, event: TicketHeld) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield WAIT_AGAIN, ("held", at, 0, event.ticket)
    yield FREE, (at, 0, event.ticket)


def _transfer(entry: Entry, event: TicketTransferred) -> Iterator[Statement]:
    at, moved, estimated = _milliseconds(entry.at), int(event.dossiers is None), int(event.estimated)
    yield TRANSFER, (at, event.service, moved, estimated, event.ticket)
    yield FREE, (at, estimated, event.ticket)


def _take_over(entry: Entry, event: CounterTakenOver) -> Iterator[Statement]:
    at = _milliseconds(entry.at)
    yield CHANGE_CLERK, (event.clerk, at, event.counter)
    yield TAKE_OVER, (event.clerk, at, event.counter)


def _open_day(entry: Entry, event: DayOpened) -> Iterator[Statement]:
    day, at = event.day.isoformat(), _milliseconds(entry.at)
    yield OPEN_DAY, (day, entry.sequence)
    yield from _hours(day, event.sessions)
    for each in event.counters:
        yield OPEN_COUNTER, (each.counter, day, at, each.clerk)


def _close_day(entry: Entry, event: DayClosed) -> Iterator[Statement]:
    day, at = event.day.isoformat(), _milliseconds(entry.at)
    yield EXPIRE, (at, day)
    yield STOP_MISSING, (at, day)
    yield CLOSE_COUNTERS, (at,)
    yield CLOSE_DAY, (entry.sequence, day)
    yield SUM_UP, {"first": day, "last": day}


def _change_today(entry: Entry, event: TodayChanged) -> Iterator[Statement]:
    yield FORGET_HOURS, (entry.day.isoformat(),)
    yield from _hours(entry.day.isoformat(), event.sessions)


def _hours(day: str, sessions: Sessions) -> Iterator[Statement]:
    hours = (
        [ALWAYS] if sessions is None else [(_milliseconds(s.opens_at), _milliseconds(s.closes_at)) for s in sessions]
    )
    for opens_at, closes_at in hours:
        yield ADD_HOURS, (day, opens_at, closes_at)


def _note_outage(entry: Entry, event: OutageEnded) -> Iterator[Statement]:
    yield ADD_OUTAGE, (entry.day.isoformat(), _milliseconds(event.began_at), _milliseconds(event.ended_at))


def _one(write: Callable[[Entry, Any], Statement]) -> Callable[[Entry, Any], Iterable[Statement]]:
    """Return the same for an event that changes one row."""
    return lambda entry, event: (write(entry, event),)


def _at_counter(statement: str) -> Callable[[Entry, Any], Iterable[Statement]]:
    return _one(lambda entry, event: (statement, (_milliseconds(entry.at), event.counter)))


def _slip(state: str) -> Callable[[Entry, Any], Iterable[Statement]]:
    return _one(lambda _entry, event: (SLIP, (state, 0, event.ticket)))


_BY_EVENT: Mapping[type[Event], Callable[[Entry, Any], Iterable[Statement]]] = {
    TicketIssued: _issue,
    TicketCancelled: _leave("cancelled"),
    TicketVoided: _leave("void"),
    TicketMissed: _leave("no_show"),
    TicketCarriedOver: _carry_over,
    ServiceChanged: _one(lambda entry, event: (CHANGE_SERVICE, (event.service, _milliseconds(entry.at), event.ticket))),
    PriorityChanged: _one(lambda _entry, event: (CHANGE_PRIORITY, (int(event.priority), event.ticket))),
    TicketCalled: _call,
    TicketRecalled: _one(lambda _entry, event: (RECALL, (event.ticket,))),
    ServiceStarted: _start,
    ServiceFinished: _finish,
    TicketReturned: _one(lambda entry, event: (WAIT_AGAIN, ("waiting", _milliseconds(entry.at), 1, event.ticket))),
    TicketHeld: _hold,
    TicketResumed: _one(lambda entry, event: (WAIT_AGAIN, ("waiting", _milliseconds(entry.at), 0, event.ticket))),
    TicketTransferred: _transfer,
    VisitRated: _one(lambda _entry, event: (RATE, (event.rating, event.ticket))),
    TicketReissued: _one(lambda _entry, event: (SLIP, ("pending" if event.print_at else "none", 0, event.ticket))),
    SlipReprinted: _one(lambda _entry, event: (SLIP, ("pending", 1, event.ticket))),
    SlipPrinted: _slip("printed"),
    SlipAccepted: _slip("accepted"),
    SlipFailed: _slip("failed"),
    SlipUncertain: _slip("uncertain"),
    CounterOpened: _one(
        lambda entry, event: (
            OPEN_COUNTER,
            (event.counter, entry.day.isoformat(), _milliseconds(entry.at), event.clerk),
        )
    ),
    CounterClosed: _at_counter(CLOSE_COUNTER),
    CounterTakenOver: _take_over,
    CounterPaused: _one(lambda entry, event: (PAUSE, (event.reason, _milliseconds(entry.at), event.counter))),
    CounterResumed: _at_counter(RESUME),
    DayOpened: _open_day,
    DayClosed: _close_day,
    TodayChanged: _change_today,
    OutageEnded: _note_outage,
}
"""Kinds that are not here change no report."""


def _who(entry: Entry) -> str:
    """Return the name of who acted, without what they are."""
    return entry.actor.rpartition(":")[2]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
