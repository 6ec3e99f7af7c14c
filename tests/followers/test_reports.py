"""The reports as a fold: its rows are those of the version before: random days, a full one, wrong clocks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from msgspec.structs import asdict

from queue_protocol.commands import TakeBackFinish
from queue_server.core.clock_events import ClockPutBack
from queue_server.core.days import open_day
from queue_server.core.events import EVENTS, Entry, ServiceFinished, TicketIssued
from queue_server.core.permissions import PutClockBack
from queue_server.followers.reports.projection import apply
from queue_server.followers.reports.rows import TABLES, Changes, Row
from queue_server.followers.reports.state import State
from queue_server.followers.reports.tickets import IssuedTwice
from tests.core.center import DAY, LAN, MANAGER, Center, called
from tests.followers.golden_days import GoldenDays, Rows, golden_days, without_place
from tests.storage.every_event import entries as every_entry
from tests.storage.journals import a_full_day

GOLDEN = golden_days()


class Database:
    """The smallest thing that rows can be written to: what any other database does with them."""

    def __init__(self) -> None:
        self.rows: dict[object, Row] = {}

    def write(self, changes: Changes) -> None:
        """Put each row under its key, or take it away: one that is taken away must be there."""
        for key, row in changes.items():
            if row is None:
                del self.rows[key]
            else:
                assert key == (type(row), *(getattr(row, name) for name in row.KEY))
                before = self.rows.get(key)
                assert before is None or all(getattr(row, each) == getattr(before, each) for each in row.FIXED)
                self.rows[key] = row

    def tables(self) -> Rows:
        """Return the rows by table, in the order of their keys."""
        found: Rows = {table.TABLE: [] for table in TABLES}
        for row in sorted(self.rows.values(), key=lambda row: [str(getattr(row, each)).zfill(30) for each in row.KEY]):
            found[row.TABLE].append(asdict(row))
        return found


def folded(entries: Iterable[Entry]) -> tuple[State, Database]:
    """Return what entries lead to."""
    state, database = State(), Database()
    for entry in entries:
        state, changes = apply(state, entry)
        database.write(changes)
    return state, database


@pytest.mark.parametrize("days", GOLDEN, ids=[each.name for each in GOLDEN])
def test_rows_are_those_of_the_version_before(days: GoldenDays) -> None:
    """Every row of every table, by every column."""
    _, database = folded(days.entries)
    assert without_place(database.tables()) == without_place(days.rows)


def test_golden_days_have_nearly_every_event() -> None:
    """What the test above compares is not just the usual day."""
    happened = [type(entry.event) for days in GOLDEN for entry in days.entries]
    assert len(set(EVENTS) - set(happened)) <= 2
    assert happened.count(ClockPutBack) >= 10
    assert all(sum(len(days.rows[table.TABLE]) for days in GOLDEN) > 20 for table in TABLES)


def test_the_fold_is_pure() -> None:
    """The same state and entry give the same, and the state that was given is as it was."""
    states, state = [], State()
    for entry in a_full_day().midnight().entries:
        states.append((state, entry, apply(state, entry)))
        state = states[-1][2][0]
    for before, entry, led_to in states:
        assert apply(before, entry) == led_to


def test_every_event_can_be_folded() -> None:
    """No kind of event is too strange, also with every field set and about tickets that are not there."""
    folded(every_entry())
    for entry in every_entry():
        apply(State(), entry)


def test_a_closed_day_leaves_the_memory() -> None:
    """The state has the tickets of the open day and nothing of those before, so that it never grows with the years."""
    center = a_full_day().midnight()
    center.take(by=LAN)
    center.take(by=LAN)
    state, _ = folded(center.entries)
    today = str(center.hall.day)
    assert {visit.ticket.day for visit in state.visits.values()} == {today}
    assert (len(state.visits), set(state.days)) == (2, {today})
    assert {day for day, _ in state.counter_periods} | {day for day, _ in state.openings} <= {today}


@pytest.mark.parametrize(("estimated", "timed", "service_ms"), [(False, 1, 90_000), (True, 0, 0)])
def test_an_end_that_was_guessed_is_in_no_mean(estimated: bool, timed: int, service_ms: int) -> None:
    """The visit counts as served all the same."""
    center = Center().open(1, LAN)
    center.take(by=LAN)
    center.call(1, LAN)
    center.begin(1, LAN)
    center.wait(90).given(ServiceFinished(ticket=called("A001"), counter=1, estimated=estimated), actor=LAN.id)
    _, database = folded(center.midnight().entries)
    [found] = database.tables()["daily_sum"]
    assert (found["served"], found["timed"], found["service_ms"]) == (1, timed, service_ms)


def test_a_finish_taken_back_touches_no_other_day() -> None:
    """Yesterday's last periods end in the future when a wrong clock closed it; they stay all the same."""
    center = Center().open(1, LAN)
    center.now += timedelta(days=1)
    center.given(*open_day(center.hall, center.now.date()))
    center.take(by=LAN)
    center.done(PutClockBack(before=center.now, to=center.now - timedelta(days=1)), MANAGER)
    center.now -= timedelta(days=1)
    center.wait(minutes=1).call(1, LAN)
    center.wait(9).begin(1, LAN)
    ticket = center.hall.counter_state(1).ticket
    assert ticket is not None
    center.wait(60).finish(ticket, LAN)
    yesterday = periods_of(center, DAY)
    assert [row["status"] for row in yesterday] == ["free"]
    center.wait(5).done(TakeBackFinish(ticket=ticket, after=None), LAN)
    assert periods_of(center, DAY) == yesterday


def periods_of(center: Center, day: date) -> list[dict[str, object]]:
    """Return what counters did on a day."""
    _, database = folded(center.entries)
    return [row for row in database.tables()["counter_period"] if row["day"] == day.isoformat()]


def test_a_number_is_not_given_twice() -> None:
    """A journal in which it would be was not written by the core, and reports made of it would hide a person."""
    center = Center()
    center.take()
    state, _ = folded(center.entries)
    again = next(entry for entry in center.entries if isinstance(entry.event, TicketIssued))
    with pytest.raises(IssuedTwice, match="A001, which was issued before"):
        apply(state, again)


def test_rows_are_plain_values() -> None:
    """Numbers, texts and nothing: what every database has."""
    kinds: defaultdict[type, int] = defaultdict(int)
    _, database = folded(GOLDEN[0].entries)
    for rows in database.tables().values():
        for row in rows:
            for value in row.values():
                kinds[type(value)] += 1
    assert set(kinds) == {int, str, type(None)}
