"""Reports made anew from the journal are the reports that were there; a day replayed leads to its rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from queue_protocol.commands import (
    CallNext,
    CallTicket,
    FinishService,
    HoldTicket,
    PauseCounter,
    ResumeCounter,
    ResumeTicket,
    TakeBackFinish,
)
from queue_server.core.events import Entry, OutageEnded
from queue_server.core.permissions import Order
from queue_server.followers.reports.projection import VERSION
from queue_server.journal.port import JournalDamaged
from queue_server.storage.rebuilding import OF_A_DAY, REPORT_TABLES, check_reports, is_outdated, rebuild, replay
from queue_server.storage.sqlite import Connection, SqliteJournal, connect
from tests.core.center import LAN, MORNING, Center, called
from tests.core.test_clock_correction import put_back
from tests.storage.every_event import entries as every_entry
from tests.storage.files import ask, store, tamper
from tests.storage.journals import ORIGIN, a_full_day

DAY, NEXT_DAY = "2026-11-23", "2026-11-24"

CENTER = a_full_day().midnight()
CENTER.take(by=LAN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a whole day and the beginning of the next."""
    return store(tmp_path, CENTER.entries)


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    """Lend the file for writing."""
    connection = connect(path)
    yield connection
    connection.close()


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every report, in no order."""
    tables = (*REPORT_TABLES, "daily_sum")
    return {
        table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=str)  # noqa: S608 - known tables
        for table in tables
    }


def test_rebuilt_reports_are_the_same(connection: Connection) -> None:
    """Written in one go from the journal, every row is as it was written event by event."""
    before = rows(connection)
    assert all(before[table] for table in ("ticket", "ticket_period", "counter_period", "day", "opening", "daily_sum"))
    told: list[tuple[int, int]] = []
    assert rebuild(connection, lambda done, total: told.append((done, total))) == len(CENTER.entries)
    assert rows(connection) == before
    assert told[-1] == (len(CENTER.entries), len(CENTER.entries))


def test_lost_and_invented_rows_are_made_good(connection: Connection) -> None:
    """Whatever somebody did to the reports, the journal knows better."""
    before = rows(connection)
    connection.execute("DELETE FROM ticket WHERE number = 'A001'")
    connection.execute("UPDATE ticket_period SET ended_at = ended_at + 60000")
    connection.execute("INSERT INTO outage VALUES ('2026-11-23', 0, 1)")
    for day in (DAY, NEXT_DAY):
        invent_sum(connection, day, "ghost")
    rebuild(connection)
    assert rows(connection) == before


def test_sums_of_removed_days_stay(connection: Connection) -> None:
    """A day that the journal has no more keeps its sums: nothing else knows of it."""
    invent_sum(connection, "2024-11-22", "land")
    before = rows(connection)
    rebuild(connection)
    assert rows(connection) == before


def invent_sum(connection: Connection, day: str, service: str) -> None:
    """Write a sum that no event leads to."""
    found = connection.execute("SELECT * FROM daily_sum LIMIT 1").fetchone()
    places = ", ".join("?" * len(found))
    connection.execute(f"INSERT INTO daily_sum VALUES ({places})", (day, service, *found[2:]))  # noqa: S608


def test_an_interrupted_rebuild_changes_nothing(connection: Connection) -> None:
    """Stopped in its middle, the reports are as they were, and the next command can be written."""
    before = rows(connection)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(connection, stop)
    assert rows(connection) == before
    last = CENTER.entries[-1]
    following = replace(last, sequence=last.sequence + 1, event=OutageEnded(began_at=last.at, ended_at=last.at))
    assert SqliteJournal(connection, ORIGIN).append([following], []).sequence == len(CENTER.entries) + 1
    assert len(rows(connection)["outage"]) == len(before["outage"]) + 1


def test_a_broken_chain_is_not_built_on(path: Path) -> None:
    """Reports of a journal that does not hold are left as they are."""
    tamper(path, "UPDATE event SET actor = 'account:nobody' WHERE sequence = 9")
    connection = connect(path)
    before = rows(connection)
    with pytest.raises(JournalDamaged, match="entry 9 of"):
        rebuild(connection)
    assert rows(connection) == before
    connection.close()


def test_reports_of_another_version_are_known(connection: Connection) -> None:
    """A file says which rules its rows were written by; after a rebuild it is today's."""
    assert is_outdated(connection)
    rebuild(connection)
    assert not is_outdated(connection)


def test_a_day_leads_to_its_rows(path: Path) -> None:
    """A closed day and the open one, each from its own opening."""
    assert replay(path, DAY).differences == ()
    assert replay(path, NEXT_DAY).differences == ()
    assert replay(path, DAY).entries + replay(path, NEXT_DAY).entries == len(CENTER.entries)


def test_a_day_that_is_not_there_has_no_entries(path: Path) -> None:
    """Neither before nor after, and no differences either."""
    for day in ("2020-01-01", "2030-01-01"):
        assert (replay(path, day).entries, replay(path, day).differences) == (0, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE ticket SET status = 'void' WHERE ticket = '20261123-A001'", "the state has 20261123-A001"),
        ("UPDATE ticket SET called_at = called_at - 60000 WHERE ticket = '20261123-A001'", "ticket: the file has"),
        ("DELETE FROM ticket_period WHERE ticket = '20261123-A001' AND status = 'held'", "ticket_period: the journal"),
        ("UPDATE counter_period SET clerk = 'hoa' WHERE counter = 1 AND status = 'serving'", "counter_period: "),
        ("UPDATE opening SET closes_at = closes_at + 1 WHERE day = '2026-11-23'", "opening: "),
        ("UPDATE daily_sum SET issued = issued + 1 WHERE service = 'land'", "daily_sum: "),
    ],
)
def test_a_changed_report_is_found(path: Path, connection: Connection, change: str, words: str) -> None:
    """Whoever beautifies a row of the reports is found by living through the day again."""
    assert connection.execute(change).rowcount == 1
    found = replay(path, DAY).differences
    assert any(words in each for each in found), found
    assert replay(path, NEXT_DAY).differences == ()
    check_reports(path)  # rows of other rules are not held against these
    connection.execute("UPDATE recording SET version = ?", (VERSION,))
    with pytest.raises(JournalDamaged, match=f"the reports of {DAY} .*rebuild-reports"):
        check_reports(path)


def test_a_day_that_nobody_can_have_lived_is_said(tmp_path: Path) -> None:
    """Entries whose chain holds and that make no sense together are a difference, with the entry that does not fit."""
    path = store(tmp_path, every_entry())
    assert any(each.startswith("the state cannot follow entry") for each in replay(path, DAY).differences)


def test_every_kind_of_event_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    """No kind of event, with every field set, is more than the tables can hold."""
    path = store(tmp_path, every_entry())
    connection = connect(path)
    before = rows(connection)
    rebuild(connection)
    assert rows(connection) == before
    connection.close()


def test_what_is_compared_has_its_day(path: Path) -> None:
    """Every table of reports that has a day is compared, but for the days themselves and the counters of the moment."""
    assert set(OF_A_DAY) == {*REPORT_TABLES, "daily_sum"} - {"day", "counter"}
    with pytest.raises(sqlite3.OperationalError):
        ask(path, "SELECT day FROM account")


def test_a_clerk_who_stays_over_midnight_has_periods_on_both_days(connection: Connection) -> None:
    """A day's periods end with the day; the next day's begin with its opening, so that each day replays alone."""
    clerks = "SELECT DISTINCT clerk FROM counter_period WHERE day = ? AND counter = 1"
    assert ("kien",) in connection.execute(clerks, (DAY,)).fetchall()
    midnight = round(CENTER.entries[-2].at.timestamp() * 1000)
    ends = "SELECT max(ended_at) FROM counter_period WHERE day = ? AND counter = 1"
    assert connection.execute(ends, (DAY,)).fetchone() == (midnight,)
    running = connection.execute("SELECT day, status, clerk, since FROM counter WHERE counter = 1").fetchone()
    assert running == (NEXT_DAY, "free", "kien", midnight)
    assert CENTER.now - CENTER.entries[-2].at < timedelta(minutes=1)


def rows_of(entries: list[Entry], folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of a journal's reports, those of its days' places in the journal left out."""
    folder.mkdir()
    path = store(folder, entries)
    connection = connect(path)
    found = rows(connection)
    assert [replay(path, day).differences for day in (DAY, NEXT_DAY)] == [(), ()]
    rebuild(connection)
    assert rows(connection) == found
    connection.close()
    return found


@pytest.mark.parametrize("start_s", [300, 5], ids=["started", "start forgotten"])
@pytest.mark.parametrize("how", ["next", "finish", "pause", "chosen from hold"])
def test_a_finish_taken_back_leaves_no_trace_in_the_figures(tmp_path: Path, how: str, start_s: int) -> None:
    """Whatever lay between, the rows of the day are those of a clerk who pressed finish once."""

    def day(*, mistaken: bool) -> list[Entry]:
        center = Center().open(1, LAN)
        for _ in range(3):
            center.take(by=LAN)
        center.wait(60).done(HoldTicket(ticket=called("A003"), reason="stepped_out"), LAN)
        center.call(1, LAN)
        center.wait(305 - start_s).begin(1, LAN)
        center.wait(start_s)
        if mistaken:
            for command in WAYS_TO_FINISH[how]:
                center.wait(2).done(command, LAN)
            after = center.hall.counter_state(1).ticket
            center.wait(10).done(TakeBackFinish(ticket=called("A001"), after=after), LAN)
            if how == "pause":
                center.done(ResumeCounter(counter=1), LAN)
            if how == "chosen from hold":
                center.done(ResumeTicket(ticket=called("A003")), LAN)
        center.now = MORNING + timedelta(minutes=15)
        if how == "chosen from hold" and not mistaken:
            center.done(ResumeTicket(ticket=called("A003")), LAN)
        center.finish(called("A001"), LAN)
        center.serve(1, LAN)
        return center.midnight().entries

    meant, mistaken = (rows_of(day(mistaken=each), tmp_path / str(each)) for each in (False, True))
    for table in ("counter_period", "counter", "opening", "outage", "daily_sum"):
        assert mistaken[table] == meant[table], table
    if how != "chosen from hold":  # its hold was interrupted by a call, and that stays to be seen
        assert mistaken["ticket"] == meant["ticket"]
        assert mistaken["ticket_period"] == meant["ticket_period"]


WAYS_TO_FINISH: dict[str, tuple[Order, ...]] = {
    "next": (CallNext(counter=1, after=called("A001")),),
    "finish": (FinishService(ticket=called("A001")), CallNext(counter=1, after=None)),
    "pause": (FinishService(ticket=called("A001")), PauseCounter(counter=1, reason="break")),
    "chosen from hold": (CallTicket(counter=1, after=called("A001"), ticket=called("A003")),),
}


def test_a_start_that_was_forgotten_moves_the_figures_to_the_call(tmp_path: Path) -> None:
    """The ticket and the counter have served since the call, and the row says that its start is estimated."""
    center = Center().open(1, LAN)
    center.take(by=LAN)
    center.call(1, LAN)
    center.wait(minutes=9).begin(1, LAN)
    center.wait(3).finish(called("A001"), LAN)
    path = store(tmp_path, center.entries)
    assert ask(path, "SELECT start_estimated, estimated, ended_at - started_at FROM ticket") == [(1, 0, 543_000)]
    for table in ("ticket_period", "counter_period"):
        spans = ask(path, f"SELECT status, sum(ended_at - began_at) FROM {table} GROUP BY status")  # noqa: S608
        assert {each for each in spans if each[0] in {"called", "serving"}} == {("called", 0), ("serving", 543_000)}
    assert replay(path, DAY).differences == ()


@pytest.mark.parametrize("ahead", [timedelta(hours=11), timedelta(days=1)])
def test_a_day_that_a_wrong_clock_began_too_early_is_no_damage(tmp_path: Path, ahead: timedelta) -> None:
    """It has rows of two times under one date; the look behind each start raises no alarm over it."""
    center = Center().open()
    center.take()
    center.midnight().take()
    put_back(center, ahead)
    for _ in range(3):
        center.take()
        center.midnight()
    path = store(tmp_path, center.entries)
    connection = connect(path)
    connection.execute("UPDATE recording SET version = ?", (VERSION,))
    connection.close()
    check_reports(path)
