"""Reports after a clock was put back: waits are true, none is negative, and made anew they are the same."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from queue_server.core.clock_events import ClockPutBack
from queue_server.core.permissions import PutClockBack
from queue_server.storage.rebuilding import rebuild
from queue_server.storage.sqlite import FILE, SqliteJournal, connect, last_entry_at
from tests.core.center import MANAGER, Center
from tests.storage.journals import ORIGIN

AHEAD = timedelta(hours=11)
COLUMNS = """
    SELECT ticket, called_at - issued_at, started_at - called_at, ended_at - started_at FROM ticket ORDER BY ticket
"""


def a_day_with_a_wrong_hour() -> Center:
    """Return a center whose clock was ahead while one ticket was served and another was taken."""
    center = Center().open()
    center.take()
    center.now += AHEAD
    center.wait(minutes=3)
    center.serve()
    center.take()
    center.wait(minutes=2)
    (event,) = center.done(PutClockBack(before=center.now, to=center.now - AHEAD), MANAGER)
    assert isinstance(event, ClockPutBack)
    center.now -= AHEAD
    center.wait(minutes=4)
    center.serve()
    center.wait(minutes=1)
    center.call()
    return center


def test_reports_are_of_the_true_time(tmp_path: Path) -> None:
    """The first waited 3 minutes and was served for 6, the second waited 6, as on the clock on the wall."""
    center = a_day_with_a_wrong_hour()
    minute = 60_000
    with closing(connect(tmp_path / FILE)) as connection:
        SqliteJournal(connection, ORIGIN).append(center.entries, [])
        expected = [("20261123-A001", 3 * minute, 0, 6 * minute), ("20261123-A002", 6 * minute, 0, minute)]
        assert connection.execute(COLUMNS).fetchall() == expected
        periods = "SELECT min(ended_at - began_at), max(ended_at - began_at) FROM {}"
        for table in ("ticket_period", "counter_period"):
            shortest, longest = connection.execute(periods.format(table)).fetchone()
            assert 0 <= shortest <= longest <= 10 * minute, table
        rebuild(connection)
        assert connection.execute(COLUMNS).fetchall() == expected


def test_a_start_after_it_begins_at_the_true_time(tmp_path: Path) -> None:
    """Killed right after the word of the manager, the server does not go on in the time before it."""
    center = a_day_with_a_wrong_hour()
    place = next(place for place, entry in enumerate(center.entries, 1) if isinstance(entry.event, ClockPutBack))
    event = center.entries[place - 1].event
    assert isinstance(event, ClockPutBack)
    with closing(connect(tmp_path / FILE)) as connection:
        SqliteJournal(connection, ORIGIN).append(center.entries[:place], [])
        assert last_entry_at(connection) == event.to
