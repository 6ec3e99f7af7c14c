"""The tables of reports made anew from the journal: all of them, or one day beside the file to compare with it."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from queue_server.core.events import Entry
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.followers.reports.projection import VERSION
from queue_server.followers.reports.tickets import IssuedTwice
from queue_server.journal.feed import NotFollowed
from queue_server.journal.growth import Growth
from queue_server.journal.port import JournalDamaged
from queue_server.storage import reading
from queue_server.storage.chain import Progress
from queue_server.storage.migrations import migrations
from queue_server.storage.report_rows import ReportRows
from queue_server.storage.sqlite import Connection
from queue_server.storage.sqlite_feed import SqliteFeed

AT_ONCE = 2_000
"""Entries whose changes are written together."""

REPORT_TABLES = ("ticket", "ticket_period", "counter", "counter_period", "day", "opening", "outage")
"""What is read from the journal and nothing else. Of the sums, those of days past retention have no source and stay."""

DROP_SUMS = """
    DELETE FROM daily_sum WHERE day >= (
        SELECT day FROM event WHERE kind GLOB 'day_opened.*' ORDER BY sequence LIMIT 1)
"""
"""From the first day that the journal has: later ones it leads to anew, or never had."""

DAYS = """
    SELECT day FROM event WHERE kind GLOB 'day_opened.*' GROUP BY day HAVING count(*) = 1 ORDER BY min(sequence)
"""
"""A day that a wrong clock began too early, and that came again, has rows of two times."""

WRITTEN_BY = "SELECT version FROM recording"

OF_A_DAY = {
    "ticket": "SELECT * FROM ticket WHERE day = ? ORDER BY sequence",
    "ticket_period": "SELECT * FROM ticket_period WHERE day = ? ORDER BY ticket, place",
    "counter_period": "SELECT * FROM counter_period WHERE day = ? ORDER BY counter, place",
    "opening": "SELECT * FROM opening WHERE day = ? ORDER BY opens_at",
    "outage": "SELECT * FROM outage WHERE day = ? ORDER BY began_at",
    "daily_sum": "SELECT * FROM daily_sum WHERE day = ? ORDER BY service",
}
"""What there is to compare of a day, in an order that does not depend on how it was written."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A day that was lived through again."""

    entries: int
    """0: the journal does not have it."""
    differences: tuple[str, ...]
    """Between the file's rows and those that the journal leads to; none: the reports are true."""


def is_outdated(connection: Connection) -> bool:
    """Say whether the rows of reports were written by another version of the rules.

    Raises `JournalUnavailable` or `JournalDamaged`.
    """
    with reading.as_trouble():
        return bool(connection.execute(WRITTEN_BY).fetchone() != (VERSION,))


def rebuild(connection: Connection, progress: Progress = lambda _done, _total: None) -> int:
    """Write all rows of reports anew in one transaction, and return of how many entries.

    Interrupted, it has changed nothing. Raises `JournalDamaged` for a chain that does not hold, and
    `JournalUnavailable`.
    """
    with reading.as_trouble(), reading.transaction(connection):
        for table in REPORT_TABLES:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        connection.execute(DROP_SUMS)
        done = _record_all(connection, progress)
        connection.execute("UPDATE recording SET version = ?", (VERSION,))
    return done


def replay(path: Path, day: str) -> Replayed:
    """Live through a day again, by the state and by the reports, and compare with the file's rows.

    Works beside a running server. Raises `JournalDamaged` and `JournalUnavailable`.
    """
    with (
        reading.as_trouble(),
        contextlib.closing(reading.open_to_read(path)) as connection,
        contextlib.closing(_scratch()) as scratch,
    ):
        connection.execute("BEGIN")
        entries = list(reading.entries(reading.day_rows(connection, day)))
        _take(ReportRows(scratch), entries)
        differences = [*_differences(connection, scratch, day), *_differences_to_state(connection, entries, day)]
    return Replayed(len(entries), tuple(differences) if entries else ())


def check_reports(path: Path) -> None:
    """Live through every day of the journal again, one by one, and compare its reports.

    Rows of another version of the rules are not compared: the next start writes them anew. Works beside a running
    server. Raises `JournalDamaged` that names the first day that differs, and `JournalUnavailable`.
    """
    with reading.as_trouble(), contextlib.closing(reading.open_to_read(path)) as connection:
        days = [] if is_outdated(connection) else [day for (day,) in connection.execute(DAYS)]
    for day in days:
        differences = replay(path, day).differences
        if differences:
            raise JournalDamaged(
                f"the reports of {day} are not what its entries lead to ({differences[0]}); rebuild-reports makes them "
                "anew"
            )


def _record_all(connection: Connection, progress: Progress) -> int:
    """Follow the journal from its beginning, within the transaction that is open."""
    tables, end = ReportRows(connection), reading.head(connection)
    feed = SqliteFeed(connection, Growth(end.sequence))
    position = begin = feed.begin()
    while position.sequence < end.sequence:
        batch = feed.read(position, AT_ONCE)
        if isinstance(batch, NotFollowed):
            raise JournalDamaged(f"entry {position.sequence} is not there")
        _take(tables, batch.entries)
        position = batch.end
        progress(position.sequence - begin.sequence, end.sequence - begin.sequence)
    return position.sequence - begin.sequence


def _take(tables: ReportRows, entries: Sequence[Entry]) -> None:
    try:
        tables.take(entries)
    except IssuedTwice as error:
        raise JournalDamaged(str(error)) from error


def _scratch() -> Connection:
    scratch = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(Database(scratch, execute_plugins=False))
    return scratch


def _differences(file: Connection, scratch: Connection, day: str) -> Iterator[str]:
    for table, question in OF_A_DAY.items():
        stored, rebuilt = (_rows(connection, question, day) for connection in (file, scratch))
        if table == "daily_sum" and not rebuilt:
            continue  # the day is open, and has no sums yet
        for missing in _without(rebuilt, stored):
            yield f"{table}: the journal leads to {missing}, which is not in the file"
        for extra in _without(stored, rebuilt):
            yield f"{table}: the file has {extra}, to which the journal does not lead"


def _differences_to_state(file: Connection, entries: Sequence[Entry], day: str) -> Iterator[str]:
    """Hold the rows against the state that decided: every ticket with its status, service and slip."""
    hall = Hall()
    for entry in entries:
        try:
            hall = evolve(hall, entry)
        except (LookupError, TypeError, ValueError) as error:
            yield f"the state cannot follow entry {entry.sequence}: {error!r}"
            return
    question = "SELECT ticket, status, service, slip FROM ticket WHERE day = ?"
    stored = {row[0]: row[1:] for row in file.execute(question, (day,))}
    for ticket in hall.tickets.values():
        lived = (ticket.status, ticket.service, ticket.slip)
        if stored.get(ticket.id) != lived:
            yield f"ticket: the state has {ticket.id} as {lived}, the file as {stored.get(ticket.id)}"


def _rows(connection: Connection, question: str, day: str) -> list[dict[str, object]]:
    asked = connection.execute(question, (day,))
    names = [column[0] for column in asked.description]
    return [dict(zip(names, row, strict=True)) for row in asked]


def _without(rows: list[dict[str, object]], others: list[dict[str, object]]) -> Iterator[str]:
    known = {str(sorted(each.items(), key=str)) for each in others}
    return (str(each) for each in rows if str(sorted(each.items(), key=str)) not in known)
