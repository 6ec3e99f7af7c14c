"""What a manager reads: questions to the tables that events are recorded in, and the shape of each answer."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from queue_server.core.events import CallWithdrawn, TicketCalled
from queue_server.followers.reports.rows import DailySum
from queue_server.journal.records import Row, entry_of
from queue_server.storage import figures

DAYS_LISTED = 366
"""A year back is what a person picks from a list; older days are asked for by name."""


class TicketRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as the log of a day shows it. Times are UTC milliseconds since 1970; `None`: it has not come to that."""

    ticket: str
    number: str
    service: str
    """What it is or was last for."""
    priority: bool
    origin: str
    status: str
    """One of `core.lifecycle.Status`."""
    counter: int | None
    """Where it was called to last."""
    clerk: str | None
    """Who called it last."""
    calls: int
    slip: str
    issued_at: int
    called_at: int | None
    """The first call."""
    started_at: int | None
    ended_at: int | None
    """When it was finished, cancelled, void, or missed; `ended_by` says by whom: a person or a box."""
    wait_s: int | None
    """Issue to first call."""
    service_s: int | None
    """All its time at counters; `None` unless finished."""
    first_service: str
    """What it waited for until its first call."""
    dossiers: int
    """As many as the person said at issue."""
    outcome: str | None
    estimated: bool
    """Nobody pressed "finish" in time."""
    start_estimated: bool
    """Nobody pressed "start" in time: the service counts from the call."""
    rating: int | None
    void_reason: str | None
    ended_by: str | None
    """Who finished, cancelled, voided or carried it over, or marked it as a no-show: an account or a device."""
    copies: int
    returns: int
    transfers: int


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a ticket to a counter, as the journal has it."""

    ticket: str
    counter: int
    clerk: str
    """Who worked there: an account."""
    at: int
    """UTC milliseconds since 1970."""
    withdrawn: bool = False
    """It was made by mistake and taken back."""


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of one number of a day."""

    ticket: TicketRow
    calls: tuple[CallRow, ...]
    """Every call to a counter, in order, also the one that still waits for its person. A recall is not one of them, it
    only counts in `ticket.calls`."""


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """Every number of a day, and what proves that nobody changed them."""

    day: str
    head: str | None
    """Hash of the last entry of the day in hexadecimal digits, for `verify --expect`; `None`: its entries are not
    there."""
    lines: tuple[LedgerLine, ...]


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


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long people waited, issue to first call. `None`: nobody was called."""

    mean_s: int | None
    median_s: int | None
    p90_s: int | None
    """Nine in ten waited no longer."""
    longest_s: int | None
    within_15: float | None
    """Share that waited at most fifteen minutes, from 0 to 1."""
    within_30: float | None


class ServiceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A service over a span of days. A ticket counts where it waited for its first call."""

    service: str | None
    """`None`: the whole center."""
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
    """Tickets that were called."""
    wait: Waits
    """As the clock on the wall counts."""
    worked_wait: Waits
    """Inside working hours, without outages."""
    service_mean_s: int | None
    """Of visits with a known end, where they were served."""


class CounterFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk's time at a counter over a span of days; what still runs is not in it."""

    counter: int
    clerk: str | None
    tickets: int
    serving_s: int
    called_s: int
    """Between a call and the person's coming."""
    free_s: int
    """Inside working hours, without outages; paused time too."""
    paused_s: int


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """How many came in one hour of one day of the week."""

    weekday: int
    """0 is Monday."""
    hour: int
    """Local."""
    tickets: int
    days: int
    """On how many days of the span anybody came then."""


class RatingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What people said of a service."""

    service: str | None
    """`None`: the whole center."""
    served: int
    rated: int
    one: int
    two: int
    three: int
    four: int
    five: int
    mean: float | None


class Reports:
    """Questions to the tables, on a read-only connection of their own. One thread uses it.

    Days are local, as `2026-11-23`; a span is its first and its last day.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row

    def days(self) -> list[str]:
        """Return the days that have tickets, the latest first."""
        return [row["day"] for row in self._ask(figures.DAYS, most=DAYS_LISTED)]

    def tickets(self, day: str) -> list[TicketRow]:
        """Return the tickets of a day in the order of issue."""
        return self._rows(TicketRow, figures.TICKETS_OF_DAY, day=day)

    def totals(self, day: str) -> list[ServiceTotal]:
        """Return the figures of a day per service, in the order in which they were first asked for."""
        return self._rows(ServiceTotal, figures.TOTALS_OF_DAY, first=day, last=day)

    def ledger(self, day: str) -> Ledger:
        """Return every number of a day with its whole story."""
        calls: defaultdict[str, list[CallRow]] = defaultdict(list)
        for event, call in self._calls(day):
            told = calls[event.ticket]
            told[-1:] = [msgspec.structs.replace(told[-1], withdrawn=True)] if call is None else [*told[-1:], call]
        lines = tuple(LedgerLine(ticket=row, calls=tuple(calls[row.ticket])) for row in self.tickets(day))
        return Ledger(day=day, head=self.day_head(day), lines=lines)

    def day_head(self, day: str) -> str | None:
        """Return the hash of the day's last entry in hexadecimal digits; `None`: its entries are not there."""
        row = next(iter(self._ask(figures.HEAD_OF_DAY, day=day)), None)
        return None if row is None else bytes(row["hash"]).hex()

    def services(self, first: str, last: str) -> list[ServiceFigures]:
        """Return a span per service, and the whole center last; nothing when nobody came."""
        return [_service_figures(dict(row)) for row in self._ask(figures.SERVICES, first=first, last=last)]

    def counters(self, first: str, last: str) -> list[CounterFigures]:
        """Return a span per counter and clerk."""
        return self._rows(CounterFigures, figures.COUNTERS, first=first, last=last)

    def arrivals(self, first: str, last: str, zone: tzinfo) -> list[Arrivals]:
        """Return when people came, per day of the week and hour; hours without anybody are missing."""
        local_hour = lambda at_ms: datetime.fromtimestamp(at_ms / 1000, zone).hour  # noqa: E731 - of one question
        self._connection.create_function("local_hour", 1, local_hour)
        return self._rows(Arrivals, figures.ARRIVALS, first=first, last=last)

    def ratings(self, first: str, last: str) -> list[RatingFigures]:
        """Return what people said in a span per service, and the whole center last; nothing when nobody came."""
        return self._rows(RatingFigures, figures.RATINGS, first=first, last=last)

    def sums(self, first: str, last: str) -> list[DailySum]:
        """Return the sums of the closed days of a span, also of those past retention."""
        return self._rows(DailySum, figures.SUMS, first=first, last=last)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _calls(self, day: str) -> Iterator[tuple[TicketCalled | CallWithdrawn, CallRow | None]]:
        """Yield the calls of a day from the journal, and `None` where the latest one of a ticket was taken back.

        Periods of a ticket cannot tell a call from a clerk's relief.
        """
        for values in self._ask(figures.CALLS_OF_DAY, day=day):
            entry = entry_of(Row(*values))
            if isinstance(entry.event, TicketCalled):
                called, at = entry.event, round(entry.at.timestamp() * 1000)
                clerk = called.clerk or entry.actor.rpartition(":")[2]
                yield called, CallRow(ticket=called.ticket, counter=called.counter, clerk=clerk, at=at)
            elif isinstance(entry.event, CallWithdrawn):
                yield entry.event, None

    def _ask(self, question: str, **values: object) -> sqlite3.Cursor:
        return self._connection.execute(question, values)

    def _rows(self, shape: type["Shape"], question: str, **values: object) -> list["Shape"]:
        return [msgspec.convert(dict(row), shape, strict=False) for row in self._ask(question, **values)]


Shape = TypeVar("Shape", bound=msgspec.Struct)

_WAITS = {
    "mean_s": "mean",
    "median_s": "median",
    "p90_s": "p90",
    "longest_s": "longest",
}


def _service_figures(row: dict[str, Any]) -> ServiceFigures:
    return msgspec.convert(
        row
        | {
            "wait": _waits(row, "wait", ""),
            "worked_wait": _waits(row, "worked", "worked_"),
            "service_mean_s": _seconds(row["service_mean"]),
        },
        ServiceFigures,
    )


def _waits(row: dict[str, Any], times: str, shares: str) -> dict[str, object]:
    return {name: _seconds(row[f"{times}_{column}"]) for name, column in _WAITS.items()} | {
        name: row[f"{shares}{name}"] for name in ("within_15", "within_30")
    }


def _seconds(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds / 1000)
