"""Retention: the oldest closed day leaves the journal and the reports whole, under a row that says what was there.

The hash in that row is where the chain begins afterwards. Triggers let nothing else go: the row must name the last
entry before the opening of a day, and only entries up to it can be deleted.
"""

from dataclasses import dataclass
from datetime import date, datetime

from queue_server.storage.reading import as_trouble, transaction
from queue_server.storage.sqlite import Connection

NEXT_DAY = """
    SELECT sequence, day FROM event WHERE kind GLOB 'day_opened.*' AND sequence > (
        SELECT sequence FROM event WHERE kind GLOB 'day_opened.*' ORDER BY sequence LIMIT 1)
    ORDER BY sequence LIMIT 1
"""
"""The opening of the second day that is there."""
LAST_OF_FIRST_DAY = "SELECT hash, day FROM event WHERE sequence = ?"
ADD_REMOVAL = """
    INSERT INTO removal (sequence, hash, day, entries, removed_at)
    SELECT ?, ?, ?, count(*), ? FROM event WHERE sequence <= ?
"""
DELETE_EVENTS = "DELETE FROM event WHERE sequence <= ?"
DELETE_ROWS = tuple(
    f"DELETE FROM {table} WHERE day <= ?"  # noqa: S608 - names of this file
    for table in ("ticket", "ticket_period", "counter_period", "day", "opening", "outage", "remark")
)
"""Reports of removed days, and what was written on their tickets. The sums of each day stay."""
REMOVALS = "SELECT day, entries, removed_at FROM removal ORDER BY sequence"


@dataclass(frozen=True, slots=True)
class Removal:
    """A day that was removed."""

    day: str
    entries: int
    removed_at: str


def first_day_kept(today: date, months: int) -> date:
    """Return the first day that is still kept when so many months are."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, min(today.day, 28))


def remove_oldest_day(connection: Connection, before: date, now: datetime) -> str | None:
    """Remove the oldest day if it is closed and earlier than `before`, and return it; `None`: there is none.

    One transaction, and no more than a day's rows: the next command does not wait long. Raises `JournalUnavailable` or
    `JournalDamaged`.
    """
    with as_trouble(), transaction(connection):
        return _remove(connection, before, now)


def removals(connection: Connection) -> list[Removal]:
    """Return what was removed so far, the oldest day first."""
    return [Removal(*row) for row in connection.execute(REMOVALS)]


def _remove(connection: Connection, before: date, now: datetime) -> str | None:
    opening = connection.execute(NEXT_DAY).fetchone()
    if opening is None:
        return None
    through = opening[0] - 1
    own_hash, day = connection.execute(LAST_OF_FIRST_DAY, (through,)).fetchone()
    if day >= before.isoformat():
        return None
    connection.execute(ADD_REMOVAL, (through, own_hash, day, now.isoformat(timespec="seconds"), through))
    connection.execute(DELETE_EVENTS, (through,))
    for statement in DELETE_ROWS:
        connection.execute(statement, (day,))
    return str(day)
