"""The rows of reports in SQLite: in step with the journal after failures and restarts, and the same made anew."""

import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import settings

from queue_protocol.commands import FinishService, HoldTicket
from queue_server.core.days import open_day
from queue_server.core.events import Entry, TicketIssued, VisitRated
from queue_server.core.permissions import Order, PutClockBack
from queue_server.followers.reports.projection import apply
from queue_server.followers.reports.rows import TABLES
from queue_server.followers.reports.state import State
from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.storage.rebuilding import rebuild, replay
from queue_server.storage.report_rows import ReportRows, read_state
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, connect
from tests.core.any_days import Days
from tests.core.center import LAN, MANAGER, Center, called
from tests.followers.golden_days import GoldenDays, Rows, golden_days, without_place
from tests.storage.journals import ORIGIN, a_full_day

GOLDEN = golden_days()
BATCHES = (1, 3, 40)
RATED = VisitRated(ticket=called("A001"), rating=4)


def tables(connection: Connection) -> Rows:
    """Return every row of every table of reports, in the order of their keys."""
    found: Rows = {}
    for table in TABLES:
        asked = connection.execute(f"SELECT * FROM {table.TABLE} ORDER BY {', '.join(table.KEY)}")  # noqa: S608 - names
        names = [column[0] for column in asked.description]
        found[table.TABLE] = [dict(zip(names, row, strict=True)) for row in asked]
    return found


def record(connection: Connection, entries: Sequence[Entry], batch: int, restarts_every: int = 0) -> None:
    """Append entries, so many at once, with a server that starts anew now and then."""
    connection.execute("PRAGMA synchronous = OFF")
    journal = SqliteJournal(connection, ORIGIN)
    for place, start in enumerate(range(0, len(entries), batch)):
        if restarts_every and place % restarts_every == 0:
            journal = SqliteJournal(connection, ORIGIN)
        journal.append(entries[start : start + batch], [])


def folded(entries: Iterable[Entry]) -> State:
    """Return the state that entries lead to."""
    state = State()
    for entry in entries:
        state, _ = apply(state, entry)
    return state


@pytest.mark.parametrize("days", GOLDEN, ids=[each.name for each in GOLDEN])
def test_rows_are_those_of_the_version_before(tmp_path: Path, days: GoldenDays) -> None:
    """In batches of any size, across restarts, and made anew from the journal."""
    for batch in BATCHES:
        with closing(connect(tmp_path / f"{batch}.sqlite")) as connection:
            record(connection, days.entries, batch, restarts_every=5)
            assert without_place(tables(connection)) == without_place(days.rows)
            before = tables(connection)
            rebuild(connection)
            assert tables(connection) == before


class RecordedDays(Days):
    """Days of anything, recorded at their end."""

    def teardown(self) -> None:
        """Whatever happened: restarts, batches and a rebuild lead to the same rows, and the rows to the same state."""
        super().teardown()
        if not hasattr(self, "center"):
            return
        entries = self.center.entries
        with tempfile.TemporaryDirectory() as folder, closing(connect(Path(folder) / FILE)) as connection:
            record(connection, entries, 1 + len(entries) % 7, restarts_every=3)
            recorded = tables(connection)
            assert read_state(connection) == folded(entries)
            assert replay(Path(folder) / FILE, str(self.center.hall.day)).differences == ()
            rebuild(connection)
            assert tables(connection) == recorded


TestRecordedDays = RecordedDays.TestCase
TestRecordedDays.settings = settings(max_examples=10, stateful_step_count=30)


class FailingConnection:
    """A connection whose next commit fails, before or after it has taken effect."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.fails: str | None = None
        """`before` or `after` the commit; `None`: it does not."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute a statement, unless it is the commit that is to fail."""
        fails = self.fails if statement == "COMMIT" else None
        if fails is not None:
            self.fails = None
        if fails != "before":
            done = self._connection.execute(statement, values)
        if fails is not None:
            raise sqlite3.OperationalError("disk I/O error")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def two_ways() -> tuple[list[Entry], list[Entry], list[Entry]]:
    """Return what has happened, what was to be appended, and what happened instead: a hold in place of a finish."""

    def then(order: Order) -> list[Entry]:
        center = Center().open(1, LAN)
        center.take(by=LAN)
        center.take(by=LAN)
        center.wait(60).call(1, LAN)
        center.wait(5).begin(1, LAN)
        center.wait(60).done(order, LAN)
        return center.midnight().entries

    finished = then(FinishService(ticket=called("A001")))
    held = then(HoldTicket(ticket=called("A001"), reason="fetching_papers"))
    common = next(place for place, (one, other) in enumerate(zip(finished, held, strict=False)) if one != other)
    return finished[:common], finished[common : common + 1], held[common:]


def test_a_failed_append_leaves_no_state_ahead_of_the_journal(tmp_path: Path) -> None:
    """A finish that was not committed is in no row: who was held instead has the rows of one who was only held."""
    before, lost, instead = two_ways()
    with closing(connect(tmp_path / "once.sqlite")) as connection:
        record(connection, [*before, *instead], 1)
        expected = tables(connection)
    with closing(connect(tmp_path / FILE)) as connection:
        failing = FailingConnection(connection)
        journal = SqliteJournal(cast("Connection", failing), ORIGIN)
        journal.append(before, [])
        failing.fails = "before"
        with pytest.raises(JournalUnavailable, match="disk I/O error"):
            journal.append(lost, [])
        for entry in instead:
            journal.append([entry], [])
        assert tables(connection) == expected


def test_an_append_of_unknown_end_is_read_anew(tmp_path: Path) -> None:
    """A commit that took effect though it failed: the journal says so when its head is read, and the rows go on."""
    before, lost, _ = two_ways()
    with closing(connect(tmp_path / FILE)) as connection:
        failing = FailingConnection(connection)
        journal = SqliteJournal(cast("Connection", failing), ORIGIN)
        journal.append(before, [])
        failing.fails = "after"
        with pytest.raises(JournalUnavailable):
            journal.append(lost, [])
        assert journal.head().sequence == lost[-1].sequence
        assert read_state(connection) == folded([*before, *lost])


def test_rows_that_another_writer_wrote_are_gone_on_from(tmp_path: Path) -> None:
    """A journal whose file another one wrote to, as a rebuild does, goes on from what is there once it has looked."""
    before, other, _ = two_ways()
    with closing(connect(tmp_path / FILE)) as connection:
        journal = SqliteJournal(connection, ORIGIN)
        journal.append(before, [])
        SqliteJournal(connection, ORIGIN).append(other, [])
        assert journal.head().sequence == other[-1].sequence
        last = other[-1]
        journal.append([Entry(last.sequence + 1, last.at, last.day, "system", None, 0, RATED)], [])
        rows = {row["number"]: row for row in tables(connection)["ticket"]}
    assert (rows["A001"]["status"], rows["A001"]["rating"]) == ("finished", 4)


def test_a_number_given_twice_is_not_appended(tmp_path: Path) -> None:
    """Its whole batch is refused, and what is right is taken afterwards."""
    center = Center()
    center.take(by=LAN)
    center.take(by=LAN)
    issued = [entry for entry in center.entries if isinstance(entry.event, TicketIssued)]
    twice = Entry(issued[1].sequence, issued[1].at, issued[1].day, issued[1].actor, None, 0, issued[0].event)
    before = center.entries[: twice.sequence - 1]
    with closing(connect(tmp_path / FILE)) as connection:
        journal = SqliteJournal(connection, ORIGIN)
        journal.append(before, [])
        with pytest.raises(JournalUnavailable, match="issued before"):
            journal.append([twice], [])
        assert not connection.in_transaction
        assert journal.append(center.entries[twice.sequence - 1 :], []).sequence == len(center.entries)


def test_a_journal_with_a_number_twice_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are not made of it, and are left as they were."""
    center = Center()
    center.take(by=LAN)
    issued = center.entries[-1]
    twice = Entry(issued.sequence + 1, issued.at, issued.day, issued.actor, None, 0, issued.event)
    with closing(connect(tmp_path / FILE)) as connection:
        with monkeypatch.context() as without_reports:
            without_reports.setattr(ReportRows, "take", lambda _self, _entries: None)
            record(connection, [*center.entries, twice], 1)
        before = tables(connection)
        with pytest.raises(JournalDamaged, match="A001, which was issued before"):
            rebuild(connection)
        assert tables(connection) == before


def test_a_start_reads_the_open_day_alone(tmp_path: Path) -> None:
    """Of three days only the rows of the last are read, and they are the state that all entries lead to."""
    center = a_full_day().midnight()
    center.take(by=LAN)
    center.midnight().take(by=LAN)
    with closing(connect(tmp_path / FILE)) as connection:
        record(connection, center.entries, 50)
        state = read_state(connection)
    assert state == folded(center.entries)
    assert len(state.visits) == 1


def one_error_within_another() -> Center:
    """Return a center that began tomorrow too early, then a later day, was put right twice, and has come to both."""
    center = Center().open(1, LAN)
    for ahead in (timedelta(days=1), timedelta(days=4)):
        center.now += ahead
        center.given(*open_day(center.hall, center.now.date()))
        center.take(by=LAN)
        center.wait(60).call_all()
        center.done(PutClockBack(before=center.now, to=center.now - ahead), MANAGER)
        center.now -= ahead
        center.wait(minutes=5)
    for _ in range(5):
        center.now += timedelta(days=1)
        center.given(*open_day(center.hall, center.now.date()))
        center.take(by=LAN)
    return center


def test_days_begun_too_early_go_on_after_a_restart(tmp_path: Path) -> None:
    """Their rows are added to when their dates come, whether the server has run all the time or was started anew."""
    center = one_error_within_another()
    with closing(connect(tmp_path / "whole.sqlite")) as connection:
        record(connection, center.entries, 1)
        expected = tables(connection)
    with closing(connect(tmp_path / FILE)) as connection:
        for place, entry in enumerate(center.entries, 1):
            record(connection, [entry], 1)
            assert read_state(connection) == folded(center.entries[:place])
        assert tables(connection) == expected
        rebuild(connection)
        assert tables(connection) == expected
    assert [row["day"] for row in expected["ticket"]].count("2026-11-24") == 2


def test_an_empty_file_has_no_state(tmp_path: Path) -> None:
    """Before the first day nothing is known, and a rebuild of nothing is nothing."""
    with closing(connect(tmp_path / FILE)) as connection:
        assert read_state(connection) == State()
        assert rebuild(connection) == 0
