"""What the events of a day change: its place and hours, who midnight finds there, its sums; and a clock put back."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from queue_server.core.clock_events import ClockPutBack
from queue_server.core.events import DayClosed, DayOpened, Entry, Event, OutageEnded, TodayChanged
from queue_server.core.facts import Session
from queue_server.followers.reports.counters import closed, opened
from queue_server.followers.reports.instants import milliseconds
from queue_server.followers.reports.rows import (
    CounterPeriod,
    DailySum,
    DayInJournal,
    Opening,
    Outage,
    TicketPeriod,
    TicketSoFar,
)
from queue_server.followers.reports.state import AT_COUNTER, Step, Visit
from queue_server.followers.reports.sums import sums_of

ALWAYS = (0, 2**53)
"""The hours of a center without hours."""

STILL_IN_HALL = frozenset({"waiting", "called", "serving", "held"})

PERIOD = ("began_at", "ended_at")

Corrected = Callable[[int], int]

Moved = TypeVar("Moved", TicketSoFar, TicketPeriod, CounterPeriod, Outage)


def _open_day(step: Step, entry: Entry, event: DayOpened) -> None:
    day, at = event.day.isoformat(), milliseconds(entry.at)
    step.put_day(DayInJournal(day, entry.sequence))
    _put_hours(step, day, event.sessions)
    for each in event.counters:
        step.put_counter(opened(each.counter, day, at, each.clerk))
    step.forget_days_before(day, event.numbers_ahead)


def _close_day(step: Step, entry: Entry, event: DayClosed) -> None:
    day, at = event.day.isoformat(), milliseconds(entry.at)
    for visit in _visits_of(step, day):
        ticket = visit.ticket
        if ticket.status in STILL_IN_HALL:
            step.put_ticket(replace(ticket, estimated=int(ticket.status in AT_COUNTER), status="expired", since=at))
        elif ticket.status == "no_show":
            step.put_ticket(replace(ticket, since=at))
    for counter in list(step.counters.values()):
        step.put_counter(replace(closed(counter, at), estimated=int(counter.ticket is not None)))
    known = step.days.get(day)
    if known is not None:
        step.put_day(replace(known, closed=entry.sequence))
    openings = [each for each in step.openings.values() if each.day == day]
    outages = [each for each in step.outages.values() if each.day == day]
    for each in sums_of(_visits_of(step, day), openings, outages):
        step.changes[DailySum, each.day, each.service] = each


def _change_today(step: Step, entry: Entry, event: TodayChanged) -> None:
    day = entry.day.isoformat()
    for each in [each for each in step.openings.values() if each.day == day]:
        step.drop_opening(each)
    _put_hours(step, day, event.sessions)


def _put_hours(step: Step, day: str, sessions: tuple[Session, ...] | None) -> None:
    hours = (
        [ALWAYS]
        if sessions is None
        else [(milliseconds(each.opens_at), milliseconds(each.closes_at)) for each in sessions]
    )
    for opens_at, closes_at in hours:
        step.put_opening(Opening(day, opens_at, closes_at))


def _end_outage(step: Step, entry: Entry, event: OutageEnded) -> None:
    step.put_outage(Outage(entry.day.isoformat(), milliseconds(event.began_at), milliseconds(event.ended_at)))


def _put_back(step: Step, entry: Entry, event: ClockPutBack) -> None:
    """Move what was lived through in the wrong time, as `core.clock_correction` does; `since` only falls by it."""
    to, before, day = milliseconds(event.to), milliseconds(event.before), entry.day.isoformat()

    def corrected(at: int) -> int:
        return at - (before - to) if to < at <= before else at

    for visit in _visits_of(step, day):
        step.put_ticket_periods(visit, [_instants(each, corrected, *PERIOD) for each in visit.periods])
        moved = _instants(visit.ticket, corrected, "issued_at", "called_at", "started_at", "ended_at", "since")
        if moved != visit.ticket:
            step.put_ticket(moved)
    for counter in [each for each in step.counters.values() if each.day == day]:
        if corrected(counter.since) != counter.since:
            step.put_counter(replace(counter, since=corrected(counter.since)))
    for key, periods in step.counter_periods.items():
        if key[0] == day:
            step.put_counter_periods(key, [_instants(each, corrected, *PERIOD) for each in periods])
    outages = [each for each in step.outages.values() if each.day == day]
    for outage in outages:
        step.drop_outage(outage)
    for outage in outages:
        step.put_outage(_instants(outage, corrected, *PERIOD))


def _instants(row: Moved, corrected: Corrected, *names: str) -> Moved:
    """Return a row with these instants corrected; those that are `None` stay so."""
    instants = {name: at for name in names if (at := getattr(row, name)) is not None}
    moved = {name: corrected(at) for name, at in instants.items()}
    return row if moved == instants else replace(row, **moved)


def _visits_of(step: Step, day: str) -> list[Visit]:
    return [visit for visit in step.visits.values() if visit.ticket.day == day]


BY_EVENT: Mapping[type[Event], Callable[[Step, Entry, Any], None]] = {
    DayOpened: _open_day,
    DayClosed: _close_day,
    TodayChanged: _change_today,
    OutageEnded: _end_outage,
    ClockPutBack: _put_back,
}
