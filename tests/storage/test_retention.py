"""Old days leave whole, from the front, under a row that the chain begins at; nothing else can be deleted."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.storage.chain import verify
from queue_server.storage.rebuilding import REPORT_TABLES, rebuild, replay
from queue_server.storage.reports import Reports
from queue_server.storage.retention import first_day_kept, removals, remove_oldest_day
from queue_server.storage.sqlite import Connection, SqliteJournal, connect
from tests.core.center import LAN, Center
from tests.storage.files import store
from tests.storage.journals import ORIGIN, a_full_day

NOW = datetime(2028, 12, 1, 3, tzinfo=UTC)
FAR = date(2100, 1, 1)
FIRST, SECOND, THIRD = "2026-11-23", "2026-11-24", "2026-11-25"


def three_days() -> Center:
    """Return a center on its third day."""
    center = a_full_day().midnight()
    center.take(by=LAN)
    center.midnight().take(by=LAN)
    return center


CENTER = three_days()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of three days, the last one open."""
    return store(tmp_path, CENTER.entries)


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    """Lend the file for writing."""
    connection = connect(path)
    yield connection
    connection.close()


def days_left(connection: Connection) -> set[str]:
    """Return the days of which anything but sums is left."""
    tables = ("event", *REPORT_TABLES)
    questions = (f"SELECT DISTINCT day FROM {table}" for table in tables if table != "counter")  # noqa: S608 - known
    return {day for question in questions for (day,) in connection.execute(question)}


def test_the_oldest_day_goes_whole(path: Path, connection: Connection) -> None:
    """Its entries and rows are gone, its sums stay, what was there is on record, and the chain begins after it."""
    reports = Reports(path)
    sums, head = reports.sums(FIRST, FIRST), reports.day_head(FIRST)
    assert remove_oldest_day(connection, date(2026, 11, 24), NOW) == FIRST
    assert days_left(connection) == {SECOND, THIRD}
    assert (reports.sums(FIRST, FIRST), reports.tickets(FIRST), reports.day_head(FIRST)) == (sums, [], None)
    reports.close()
    entries = sum(entry.day.isoformat() == FIRST for entry in CENTER.entries)
    assert [(each.day, each.entries, each.removed_at) for each in removals(connection)] == [
        (FIRST, entries, "2028-12-01T03:00:00+00:00")
    ]
    found = verify(path, head, lambda _done, _total: None)
    assert (found.anchor.sequence, found.head.sequence, found.expected) == (entries, len(CENTER.entries), True)


def test_what_is_young_stays(connection: Connection) -> None:
    """A day is kept while it is not before the first day to keep."""
    assert remove_oldest_day(connection, date(2026, 11, 23), NOW) is None
    assert days_left(connection) == {FIRST, SECOND, THIRD}
    assert removals(connection) == []


def test_the_open_day_is_never_removed(path: Path, connection: Connection) -> None:
    """However old it is: the center is still in it. The journal goes on from there."""
    assert [remove_oldest_day(connection, FAR, NOW) for _ in range(3)] == [FIRST, SECOND, None]
    journal = SqliteJournal(connect(path), ORIGIN)
    assert list(journal.open_day()) == [entry for entry in CENTER.entries if entry.day.isoformat() == THIRD]
    following = three_days().midnight()
    assert journal.append(following.entries[len(CENTER.entries) :], []).sequence == len(following.entries)
    journal.close()
    assert replay(path, THIRD).differences == ()
    assert verify(path, None, lambda _done, _total: None).head.sequence == len(following.entries)


def test_reports_can_be_rebuilt_after_a_removal(connection: Connection) -> None:
    """From what is left; the sums of the removed day stay as they were."""
    sums = connection.execute("SELECT * FROM daily_sum ORDER BY day, service").fetchall()
    remove_oldest_day(connection, FAR, NOW)
    rebuild(connection)
    assert connection.execute("SELECT * FROM daily_sum ORDER BY day, service").fetchall() == sums
    assert days_left(connection) == {SECOND, THIRD}


def hash_of(connection: Connection, sequence: int) -> bytes:
    """Return the hash of an entry."""
    found: bytes = connection.execute("SELECT hash FROM event WHERE sequence = ?", (sequence,)).fetchone()[0]
    return found


def test_nothing_else_can_be_deleted(connection: Connection) -> None:
    """No part of a day, no later day, no invented anchor, and not the record of a removal."""
    remove_oldest_day(connection, FAR, NOW)
    begin = connection.execute("SELECT min(sequence) FROM event").fetchone()[0]
    add = "INSERT INTO removal VALUES (?, ?, '2026-11-24', 1, '')"
    last = connection.execute("SELECT max(sequence) FROM event").fetchone()[0]
    for statement, values in (
        ("DELETE FROM event WHERE sequence = ?", (begin,)),
        ("DELETE FROM event WHERE sequence = ?", (last,)),
        (add, (begin, hash_of(connection, begin))),
        (add, (last, hash_of(connection, last))),
        (add, (last + 5, b"\x00" * 32)),
        ("DELETE FROM removal", ()),
        ("UPDATE removal SET entries = 0", ()),
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement, values)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 240))
def test_so_many_months_are_kept(today: date, months: int) -> None:
    """The first day kept lies the months back, at most three days more where a month is short."""
    first = first_day_kept(today, months)
    assert (today.year - first.year) * 12 + today.month - first.month == months
    assert first.day == min(today.day, 28)
