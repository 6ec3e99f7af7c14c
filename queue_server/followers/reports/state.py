"""What the fold must know to go on: the rows of the open day, and a step that changes them and notes which.

Rows of a closed day change no more and are left out, but for a day that a wrong clock has begun too early: when its
date comes, it goes on.
"""

from collections.abc import Collection, Iterable
from typing import TypeVar

import msgspec
from immutables import Map
from msgspec.structs import replace

from queue_server.followers.reports.rows import (
    Changes,
    CounterPeriod,
    CounterSoFar,
    DayInJournal,
    Opening,
    Outage,
    TicketPeriod,
    TicketSoFar,
)

AT_COUNTER = frozenset({"called", "serving"})


Period = TypeVar("Period", TicketPeriod, CounterPeriod)


class Visit(msgspec.Struct, frozen=True, gc=False):
    """A ticket with its periods."""

    ticket: TicketSoFar
    periods: tuple[TicketPeriod, ...] = ()


class State(msgspec.Struct, frozen=True):
    """Rows of the open day and of days still to come. `State()`: nothing was recorded yet."""

    visits: Map[str, Visit] = msgspec.field(default_factory=Map)
    counters: Map[int, CounterSoFar] = msgspec.field(default_factory=Map)
    """Every counter that was ever opened."""
    counter_periods: Map[tuple[str, int], tuple[CounterPeriod, ...]] = msgspec.field(default_factory=Map)
    """By day and counter."""
    days: Map[str, DayInJournal] = msgspec.field(default_factory=Map)
    openings: Map[tuple[str, int], Opening] = msgspec.field(default_factory=Map)
    outages: Map[tuple[str, int], Outage] = msgspec.field(default_factory=Map)


class Step:
    """One entry on its way into the state. A period ends, and is noted, whenever `since` of its row moves on."""

    def __init__(self, state: State) -> None:
        self.visits = state.visits
        self.counters = state.counters
        self.counter_periods = state.counter_periods
        self.days = state.days
        self.openings = state.openings
        self.outages = state.outages
        self.changes: Changes = {}

    def state(self) -> State:
        """Return the state after what was put so far."""
        return State(self.visits, self.counters, self.counter_periods, self.days, self.openings, self.outages)

    def put_ticket(self, now: TicketSoFar) -> None:
        """Let a ticket stand like this from now on."""
        visit = self.visits.get(now.ticket)
        periods = () if visit is None else visit.periods
        if visit is not None and now.since > visit.ticket.since:
            ended = _ticket_period(visit.ticket, now, len(periods))
            self.changes[TicketPeriod, ended.day, ended.ticket, ended.place] = ended
            periods = (*periods, ended)
        self.changes[TicketSoFar, now.ticket] = now
        self.visits = self.visits.set(now.ticket, Visit(now, periods))

    def put_ticket_periods(self, visit: Visit, kept: Iterable[TicketPeriod]) -> None:
        """Let these be all periods of a ticket."""
        periods = tuple(_placed(place, each) for place, each in enumerate(kept))
        for each in periods:
            if each.place >= len(visit.periods) or each != visit.periods[each.place]:
                self.changes[TicketPeriod, each.day, each.ticket, each.place] = each
        for each in visit.periods[len(periods) :]:
            self.changes[TicketPeriod, each.day, each.ticket, each.place] = None
        self.visits = self.visits.set(visit.ticket.ticket, Visit(visit.ticket, periods))

    def put_counter(self, now: CounterSoFar) -> None:
        """Let a counter stand like this from now on."""
        before = self.counters.get(now.counter)
        if before is not None and now.since > before.since and before.status != "closed":
            key = (before.day, before.counter)
            periods = self.counter_periods.get(key, ())
            ended = _counter_period(before, now, len(periods))
            self.changes[CounterPeriod, ended.day, ended.counter, ended.place] = ended
            self.counter_periods = self.counter_periods.set(key, (*periods, ended))
        self.changes[CounterSoFar, now.counter] = now
        self.counters = self.counters.set(now.counter, now)

    def put_counter_periods(self, key: tuple[str, int], kept: Iterable[CounterPeriod]) -> None:
        """Let these be all periods of a counter on a day."""
        before = self.counter_periods[key]
        periods = tuple(_placed(place, each) for place, each in enumerate(kept))
        for each in periods:
            if each.place >= len(before) or each != before[each.place]:
                self.changes[CounterPeriod, each.day, each.counter, each.place] = each
        for each in before[len(periods) :]:
            self.changes[CounterPeriod, each.day, each.counter, each.place] = None
        self.counter_periods = self.counter_periods.set(key, periods)

    def put_day(self, day: DayInJournal) -> None:
        """Let a day lie here in the journal."""
        self.changes[DayInJournal, day.day] = day
        self.days = self.days.set(day.day, day)

    def put_opening(self, opening: Opening) -> None:
        """Add a time in which the center is to be open."""
        self.changes[Opening, opening.day, opening.opens_at] = opening
        self.openings = self.openings.set((opening.day, opening.opens_at), opening)

    def drop_opening(self, opening: Opening) -> None:
        """Take such a time away."""
        self.changes[Opening, opening.day, opening.opens_at] = None
        self.openings = self.openings.delete((opening.day, opening.opens_at))

    def put_outage(self, outage: Outage) -> None:
        """Add a time in which no server was there."""
        self.changes[Outage, outage.day, outage.began_at] = outage
        self.outages = self.outages.set((outage.day, outage.began_at), outage)

    def drop_outage(self, outage: Outage) -> None:
        """Take such a time away."""
        self.changes[Outage, outage.day, outage.began_at] = None
        self.outages = self.outages.delete((outage.day, outage.began_at))

    def forget_days_before(self, day: str, but: Collection[str]) -> None:
        """Keep nothing of earlier days but these, and the counters: their rows are written and change no more."""

        def stays(each: str) -> bool:
            return each >= day or each in but

        self.visits = Map({name: visit for name, visit in self.visits.items() if stays(visit.ticket.day)})
        self.counter_periods = Map({key: each for key, each in self.counter_periods.items() if stays(key[0])})
        self.days = Map({name: each for name, each in self.days.items() if stays(name)})
        self.openings = Map({key: each for key, each in self.openings.items() if stays(key[0])})
        self.outages = Map({key: each for key, each in self.outages.items() if stays(key[0])})


def _ticket_period(before: TicketSoFar, now: TicketSoFar, place: int) -> TicketPeriod:
    at_counter = before.status in AT_COUNTER
    return TicketPeriod(
        day=before.day,
        ticket=before.ticket,
        place=place,
        status=before.status,
        service=before.service,
        counter=before.counter if at_counter else None,
        clerk=before.clerk if at_counter else None,
        estimated=now.estimated,
        began_at=before.since,
        ended_at=now.since,
    )


def _counter_period(before: CounterSoFar, now: CounterSoFar, place: int) -> CounterPeriod:
    return CounterPeriod(
        day=before.day,
        counter=before.counter,
        place=place,
        status=before.status,
        clerk=before.clerk,
        ticket=before.ticket,
        reason=before.paused if before.status == "paused" else None,
        estimated=now.estimated,
        began_at=before.since,
        ended_at=now.since,
    )


def _placed(place: int, period: Period) -> Period:
    return period if period.place == place else replace(period, place=place)
