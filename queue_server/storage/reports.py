"""What a manager reads: one row per ticket, written from events, and the questions asked of these rows."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from queue_protocol.ids import ticket_number
from queue_server.core.events import (
    DayClosed,
    Entry,
    Event,
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

Values = tuple[object, ...]
Statement = tuple[str, Values]

ADD_TICKETS = """
    INSERT INTO ticket (ticket, day, sequence, number, service, priority, origin, status, calls, slip, issued_at)
    VALUES
"""
"""Behind it stand the rows, in brackets; every other statement is whole."""
CALL = """
    UPDATE ticket SET status = 'called', counter = ?, clerk = ?, calls = calls + 1,
        called_at = coalesce(called_at, ?) WHERE ticket = ?
"""
RECALL = "UPDATE ticket SET calls = calls + 1 WHERE ticket = ?"
START_SERVICE = "UPDATE ticket SET status = 'serving', started_at = ? WHERE ticket = ?"
FINISH = "UPDATE ticket SET status = 'finished', ended_at = ? WHERE ticket = ?"
MISS = "UPDATE ticket SET status = 'no_show', ended_at = ? WHERE ticket = ?"
SLIP = "UPDATE ticket SET slip = ? WHERE ticket = ?"
EXPIRE = "UPDATE ticket SET status = 'expired' WHERE day = ? AND status IN ('waiting', 'called', 'serving')"

TICKETS_OF_DAY = """
    SELECT ticket, number, service, priority, origin, status, counter, clerk, calls, slip,
        issued_at, called_at, started_at, ended_at,
        (called_at - issued_at) / 1000 AS wait_s,
        CASE status WHEN 'finished' THEN (ended_at - started_at) / 1000 END AS service_s
    FROM ticket WHERE day = ? ORDER BY sequence
"""
TOTALS_OF_DAY = """
    SELECT service, count(*) AS issued,
        sum(status = 'finished') AS served,
        sum(status = 'no_show') AS no_show,
        sum(status = 'waiting') AS waiting,
        CAST(round(avg(called_at - issued_at) / 1000) AS INTEGER) AS wait_mean_s,
        max(called_at - issued_at) / 1000 AS wait_longest_s,
        CAST(round(avg(CASE status WHEN 'finished' THEN ended_at - started_at END) / 1000) AS INTEGER)
            AS service_mean_s
    FROM ticket WHERE day = ? GROUP BY service ORDER BY min(sequence)
"""
DAYS = "SELECT DISTINCT day FROM ticket ORDER BY day DESC LIMIT ?"

DAYS_LISTED = 366
"""A year back is what a person picks from a list; older days are asked for by name."""


class TicketRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as the log of a day shows it. Times are UTC milliseconds since 1970; `None`: it has not come to that."""

    ticket: str
    number: str
    service: str
    priority: bool
    origin: str
    status: str
    counter: int | None
    clerk: str | None
    calls: int
    slip: str
    issued_at: int
    called_at: int | None
    started_at: int | None
    ended_at: int | None
    wait_s: int | None
    """Issue to first call."""
    service_s: int | None
    """Start to finish; `None` unless finished."""


class ServiceTotal(msgspec.Struct, frozen=True, kw_only=True):
    """A service's day in figures; means are over the tickets that have come so far."""

    service: str
    issued: int
    served: int
    no_show: int
    waiting: int
    wait_mean_s: int | None
    wait_longest_s: int | None
    service_mean_s: int | None


class Reports:
    """Questions to the tables, on a read-only connection of their own. One thread uses it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row

    def tickets(self, day: str) -> list[TicketRow]:
        """Return the tickets of a local day (`2026-11-23`) in the order of issue."""
        return [
            msgspec.convert(dict(row), TicketRow, strict=False)
            for row in self._connection.execute(TICKETS_OF_DAY, (day,))
        ]

    def totals(self, day: str) -> list[ServiceTotal]:
        """Return the figures of a local day per service, in the order in which they were first asked for."""
        return [msgspec.convert(dict(row), ServiceTotal) for row in self._connection.execute(TOTALS_OF_DAY, (day,))]

    def days(self) -> list[str]:
        """Return the days that have tickets, the latest first."""
        return [row[0] for row in self._connection.execute(DAYS, (DAYS_LISTED,))]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def record(entries: Sequence[Entry]) -> Iterator[Statement]:
    """Yield what entries change in the tables, in order."""
    for entry in entries:
        statement = _BY_EVENT.get(type(entry.event))
        if statement is not None:
            yield statement(entry, entry.event)


def _issue(entry: Entry, event: TicketIssued) -> Statement:
    slip = "none" if event.print_at is None else "pending"
    return ADD_TICKETS, (
        event.ticket,
        entry.day.isoformat(),
        entry.sequence,
        ticket_number(event.ticket),
        event.service,
        int(event.priority),
        event.origin,
        "waiting",
        0,
        slip,
        _milliseconds(entry.at),
    )


def _call(entry: Entry, event: TicketCalled) -> Statement:
    return CALL, (event.counter, entry.actor.partition(":")[2], _milliseconds(entry.at), event.ticket)


_BY_EVENT: Mapping[type[Event], Callable[[Entry, Any], Statement]] = {
    TicketIssued: _issue,
    TicketCalled: _call,
    TicketRecalled: lambda _entry, event: (RECALL, (event.ticket,)),
    ServiceStarted: lambda _entry, event: (START_SERVICE, (_milliseconds(event.started_at), event.ticket)),
    ServiceFinished: lambda entry, event: (FINISH, (_milliseconds(entry.at), event.ticket)),
    TicketMissed: lambda entry, event: (MISS, (_milliseconds(entry.at), event.ticket)),
    SlipPrinted: lambda _entry, event: (SLIP, ("printed", event.ticket)),
    SlipFailed: lambda _entry, event: (SLIP, ("failed", event.ticket)),
    SlipUncertain: lambda _entry, event: (SLIP, ("uncertain", event.ticket)),
    DayClosed: lambda _entry, event: (EXPIRE, (event.day.isoformat(),)),
}


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
