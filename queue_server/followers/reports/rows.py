"""The rows of reports: plain values, the same in every database. A table has the name and the columns of its struct.

Instants are UTC milliseconds since 1970, days local as `2026-11-23`. `KEY` tells two rows of a table apart, and no row
ever changes the columns in `FIXED`.
"""

from typing import ClassVar

import msgspec


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row of a table."""

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    FIXED: ClassVar[frozenset[str]] = frozenset()


class TicketSoFar(Row, frozen=True):
    """A ticket as it stands. Its running period is `status` since `since`; those that are over are `TicketPeriod`s."""

    TABLE = "ticket"
    KEY = ("ticket",)
    FIXED = frozenset({"day", "sequence", "number"})

    ticket: str
    day: str
    sequence: int
    """Of the entry that issued it."""
    number: str
    service: str
    """What it is or was last for."""
    priority: int
    origin: str
    status: str
    slip: str
    issued_at: int
    since: int
    dossiers: int
    counter: int | None = None
    """Where it was called to last."""
    clerk: str | None = None
    calls: int = 0
    called_at: int | None = None
    """The first call."""
    started_at: int | None = None
    ended_at: int | None = None
    first_service: str | None = None
    """What it waited for until its first call; `None`: no transfer, `service` it is."""
    outcome: str | None = None
    also: str = "[]"
    """A JSON array of services."""
    estimated: int = 0
    """1: nobody pressed "finish" in time."""
    rating: int | None = None
    void_reason: str | None = None
    ended_by: str | None = None
    copies: int = 0
    returns: int = 0
    transfers: int = 0
    start_estimated: int = 0
    """1: nobody pressed "start" in time, and the service counts from the call."""


class TicketPeriod(Row, frozen=True):
    """A time in which a ticket had one status, at one place, for one service."""

    TABLE = "ticket_period"
    KEY = ("day", "ticket", "place")

    day: str
    ticket: str
    place: int
    """Among the periods of the ticket, from 0."""
    status: str
    service: str
    counter: int | None
    """Where it was called or served; `None`: it was not."""
    clerk: str | None
    estimated: int
    """1: its end is not known."""
    began_at: int
    ended_at: int


class CounterSoFar(Row, frozen=True):
    """A counter as it stands: free, called, serving, paused or closed since `since`."""

    TABLE = "counter"
    KEY = ("counter",)

    counter: int
    day: str
    """On which it was opened last."""
    status: str
    since: int
    clerk: str | None = None
    ticket: str | None = None
    paused: str | None = None
    """Why it is paused, also while a ticket is still there; `None`: it is not."""
    estimated: int = 0


class CounterPeriod(Row, frozen=True):
    """A time in which a counter had one status, one clerk and one ticket; a closed one has no period."""

    TABLE = "counter_period"
    KEY = ("day", "counter", "place")

    day: str
    counter: int
    place: int
    """Among the periods of the counter on that day, from 0."""
    status: str
    clerk: str | None
    ticket: str | None
    reason: str | None
    """Why it was paused."""
    estimated: int
    began_at: int
    ended_at: int


class DayInJournal(Row, frozen=True):
    """Where a day lies in the journal."""

    TABLE = "day"
    KEY = ("day",)

    day: str
    opened: int
    """Sequence of its first entry."""
    closed: int | None = None
    """Sequence of its last entry; `None`: it is open."""


class Opening(Row, frozen=True):
    """A time of the day in which the center was to be open."""

    TABLE = "opening"
    KEY = ("day", "opens_at")

    day: str
    opens_at: int
    closes_at: int


class Outage(Row, frozen=True):
    """A time in which no server was there."""

    TABLE = "outage"
    KEY = ("day", "began_at")

    day: str
    began_at: int
    ended_at: int


class DailySum(Row, frozen=True, kw_only=True):
    """A service's closed day, kept for ever. Sums are in milliseconds: a mean over days is a sum over a count."""

    TABLE = "daily_sum"
    KEY = ("day", "service")

    day: str
    service: str
    issued: int
    served: int
    no_show: int
    cancelled: int
    void: int
    expired: int
    carried_over: int
    transferred: int
    priority: int
    dossiers: int
    waits: int
    wait_ms: int
    wait_longest_ms: int
    within_15: int
    within_30: int
    worked_wait_ms: int
    worked_longest_ms: int
    worked_within_15: int
    worked_within_30: int
    timed: int
    """Visits with a known service time, which is `service_ms` in all."""
    service_ms: int
    rated: int
    rating_total: int


TABLES: tuple[type[Row], ...] = (
    TicketSoFar,
    TicketPeriod,
    CounterSoFar,
    CounterPeriod,
    DayInJournal,
    Opening,
    Outage,
    DailySum,
)

Key = tuple[type[Row], *tuple[str | int, ...]]
"""A table, and the values of its `KEY`."""

Changes = dict[Key, Row | None]
"""Rows as they are now, each under its key; `None`: it is there no more."""
