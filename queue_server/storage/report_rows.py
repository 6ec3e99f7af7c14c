"""The rows of reports in SQLite: written as the fold says, in the transaction of their entries, and read back by it.

The state of the fold is in memory while its rows are what is committed. It is read anew from the rows of the open day,
some hundred tickets, after a start and after a transaction that failed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar

from immutables import Map
from msgspec.structs import astuple

from queue_server.core.events import Entry
from queue_server.followers.reports.projection import apply
from queue_server.followers.reports.rows import (
    Changes,
    CounterPeriod,
    CounterSoFar,
    DayInJournal,
    Opening,
    Outage,
    Row,
    TicketPeriod,
    TicketSoFar,
)
from queue_server.followers.reports.state import State, Visit
from queue_server.storage.reading import Connection
from queue_server.storage.writing import ROWS_AT_ONCE

OPEN_DAY = "SELECT day, opened FROM day ORDER BY opened DESC LIMIT 1"
AHEAD = """
    SELECT key FROM event, json_each(CAST(body AS TEXT), '$.numbers_ahead') WHERE sequence = ?
"""
"""Days that were begun too early, by a clock that was wrong, when a day was opened."""

Read = TypeVar("Read", bound=Row)


class ReportRows:
    """The tables of reports on a connection, kept in step with the journal there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._state: State | None = None
        """`None`: not known, and read from the tables when it is needed."""

    def take(self, entries: Iterable[Entry]) -> None:
        """Write what entries change, in the transaction that is open; call `forget` if that is not committed.

        Raises `sqlite3.Error` and `IssuedTwice`.
        """
        state, changes = self._state or read_state(self._connection), Changes()
        for entry in entries:
            state, changed = apply(state, entry)
            changes.update(changed)
        write(self._connection, changes)
        self._state = state

    def forget(self) -> None:
        """Know nothing of what the tables say: a transaction was not committed, or another one wrote them."""
        self._state = None


def read_state(connection: Connection) -> State:
    """Return the state that the rows of the tables stand for.

    Raises `sqlite3.Error`.
    """
    found = connection.execute(OPEN_DAY).fetchone()
    days = ("", []) if found is None else (found[0], _days_ahead_of(connection, *found))
    tickets = _read(connection, TicketSoFar, *days)
    ticket_periods: defaultdict[str, list[TicketPeriod]] = defaultdict(list)
    for period in _read(connection, TicketPeriod, *days):
        ticket_periods[period.ticket].append(period)
    counter_periods: defaultdict[tuple[str, int], list[CounterPeriod]] = defaultdict(list)
    for each in _read(connection, CounterPeriod, *days):
        counter_periods[each.day, each.counter].append(each)
    return State(
        visits=Map({each.ticket: Visit(each, tuple(ticket_periods[each.ticket])) for each in tickets}),
        counters=Map({each.counter: each for each in _read(connection, CounterSoFar, "", [])}),
        counter_periods=Map({key: tuple(periods) for key, periods in counter_periods.items()}),
        days=Map({each.day: each for each in _read(connection, DayInJournal, *days)}),
        openings=Map({(each.day, each.opens_at): each for each in _read(connection, Opening, *days)}),
        outages=Map({(each.day, each.began_at): each for each in _read(connection, Outage, *days)}),
    )


def _days_ahead_of(connection: Connection, day: str, opened: int) -> list[str]:
    """Return earlier days that are still to come, as the opening of a day tells."""
    return [ahead for (ahead,) in connection.execute(AHEAD, (opened,)) if ahead < day]


def write(connection: Connection, changes: Changes) -> None:
    """Write rows as they are now.

    Raises `sqlite3.Error`.
    """
    there: dict[type[Row], list[object]] = {}
    for key, row in changes.items():
        if row is None:
            connection.execute(_deletion(key[0]), key[1:])
        else:
            there.setdefault(key[0], []).extend(astuple(row))
    for table, values in there.items():
        width = len(table.__struct_fields__)
        for start in range(0, len(values), ROWS_AT_ONCE * width):
            part = values[start : start + ROWS_AT_ONCE * width]
            connection.execute(_putting(table, len(part) // width), part)


@cache
def _putting(table: type[Row], rows: int) -> str:
    """Return what writes so many rows, whether or not they are there already."""
    columns = table.__struct_fields__
    places = ",".join([f"({','.join('?' * len(columns))})"] * rows)
    changing = (each for each in columns if each not in {*table.KEY, *table.FIXED})
    changes = ",".join(f"{each}=excluded.{each}" for each in changing)
    put = f"INSERT INTO {table.TABLE} ({','.join(columns)}) VALUES {places}"  # noqa: S608 - names of `rows`
    return f"{put} ON CONFLICT ({','.join(table.KEY)}) DO UPDATE SET {changes}"


@cache
def _deletion(table: type[Row]) -> str:
    key = " AND ".join(f"{each} = ?" for each in table.KEY)
    return f"DELETE FROM {table.TABLE} WHERE {key}"  # noqa: S608 - names of `rows`


def _read(connection: Connection, table: type[Read], first_day: str, also: Sequence[str]) -> list[Read]:
    """Return the rows from a day on and of some others; periods in their order."""
    columns, order = ",".join(table.__struct_fields__), ",".join(table.KEY if "place" in table.KEY else ("day",))
    return [
        table(*values)
        for condition, day in (("day >= ?", first_day), *(("day = ?", each) for each in also))
        for values in connection.execute(
            f"SELECT {columns} FROM {table.TABLE} WHERE {condition} ORDER BY {order}",  # noqa: S608 - names of `rows`
            (day,),
        )
    ]
