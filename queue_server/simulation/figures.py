"""What a manager wants to know of days that were played: waits per service and class, who was passed, who was busy."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, median

from msgspec.structs import replace

from queue_protocol.ids import ServiceId, TicketId
from queue_server.core.calendar import minutes_left
from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    Event,
    ServiceFinished,
    TicketCalled,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketTransferred,
)
from queue_server.core.facts import Session
from queue_server.core.hall import Ticket
from queue_server.simulation import estimates
from queue_server.simulation.days import PlayedDay

SHORT_WAIT_MINUTES, LONG_WAIT_MINUTES = 15, 30
"""Bounds whose shares are told. City wards promise 20 minutes."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one ticket came to."""

    service: ServiceId
    """For which it was taken."""
    priority: bool
    fate: str
    """The status in which the day left it."""
    wait_minutes: float
    """To the first call, breaks of the center not counted; without a call, to the end of the day."""
    wait_with_breaks_minutes: float
    passed_by: int
    """People of the same line who came later and were called first; who had a slip of the day before does not count."""
    passed_by_later_minutes: float
    """By how much the last of them came later."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What one day came to."""

    visits: tuple[Visit, ...]
    turned_away: Mapping[ServiceId, int]
    open_s: Mapping[int, float]
    """Per counter: with a clerk who is not on a break."""
    busy_s: Mapping[int, float]
    """Per counter: with a ticket, from its call on."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What many visits came to. Waits are in minutes; of no visits they are 0."""

    tickets: int
    served: int
    mean: float
    median: float
    p90: float
    longest: float
    mean_with_breaks: float
    within_short: float
    """Share of the tickets."""
    within_long: float
    no_show: int
    """Called, and nobody came, often because the wait had been too long."""
    unserved: int
    """Still there at the end of the day."""
    passed_by: float
    """People who came later and were called first, on average."""
    passed_by_most: int
    passed_by_later: float
    """Minutes by which the last of them came later, at most."""


def measure(played: PlayedDay) -> DayFigures:
    """Return the figures of a day."""
    sessions = _with_overtime(played.sessions)
    tickets = [each for each in played.hall.tickets.values() if each.status not in {"cancelled", "void"}]
    asked = {each.event.ticket: each.event for each in played.entries if isinstance(each.event, TicketIssued)}
    passing = _passing([(asked[each.id].service, each) for each in tickets if asked[each.id].carried_over is None])
    open_s, busy_s = _times(played)
    return DayFigures(
        visits=tuple(
            _visit(ticket, asked[ticket.id].service, sessions, passing.get(ticket.id, (0, 0.0))) for ticket in tickets
        ),
        turned_away=played.turned_away,
        open_s=open_s,
        busy_s=busy_s,
    )


def summarize(visits: Iterable[Visit]) -> Summary:
    """Return what these visits came to."""
    known = list(visits)
    waits = sorted(each.wait_minutes for each in known)
    fates = Tally(each.fate for each in known)
    count = max(len(known), 1)
    return Summary(
        tickets=len(known),
        served=fates["finished"],
        mean=fmean(waits or [0.0]),
        median=median(waits or [0.0]),
        p90=_quantile(waits, 0.9),
        longest=max(waits, default=0.0),
        mean_with_breaks=fmean([each.wait_with_breaks_minutes for each in known] or [0.0]),
        within_short=sum(wait <= SHORT_WAIT_MINUTES for wait in waits) / count,
        within_long=sum(wait <= LONG_WAIT_MINUTES for wait in waits) / count,
        no_show=fates["no_show"],
        unserved=len(known) - fates["finished"] - fates["no_show"],
        passed_by=fmean([each.passed_by for each in known] or [0.0]),
        passed_by_most=max((each.passed_by for each in known), default=0),
        passed_by_later=max((each.passed_by_later_minutes for each in known), default=0.0),
    )


def busy_shares(days: Sequence[DayFigures]) -> Mapping[int, float]:
    """Return which share of its open time each counter had a ticket."""
    open_s, busy_s = Tally[int](), Tally[int]()
    for day in days:
        open_s.update({number: round(seconds) for number, seconds in day.open_s.items()})
        busy_s.update({number: round(seconds) for number, seconds in day.busy_s.items()})
    return {number: busy_s[number] / max(open_s[number], 1) for number in sorted(open_s)}


def _visit(ticket: Ticket, service: ServiceId, sessions: Sequence[Session], passing: tuple[int, float]) -> Visit:
    end = ticket.first_called_at or ticket.ended_at or sessions[-1].closes_at
    return Visit(
        service=service,
        priority=ticket.priority,
        fate=ticket.status,
        wait_minutes=minutes_left(sessions, ticket.issued_at) - minutes_left(sessions, end),
        wait_with_breaks_minutes=(end - ticket.issued_at).total_seconds() / 60,
        passed_by=passing[0],
        passed_by_later_minutes=passing[1],
    )


def _with_overtime(sessions: Sequence[Session]) -> tuple[Session, ...]:
    *others, last = sessions
    return (*others, replace(last, closes_at=last.closes_at + timedelta(seconds=estimates.OVERTIME_S)))


def _passing(taken: Sequence[tuple[ServiceId, Ticket]]) -> Mapping[TicketId, tuple[int, float]]:
    """Return for each ticket how many of its line came later and were called first, and by how much later, at most.

    `taken` has each ticket with the service it was taken for.
    """
    lines: defaultdict[ServiceId, list[Ticket]] = defaultdict(list)
    for service, ticket in sorted(taken, key=lambda each: each[1].issued_at):
        lines[service].append(ticket)
    return {
        ticket.id: _passed(ticket, line[place + 1 :]) for line in lines.values() for place, ticket in enumerate(line)
    }


def _passed(ticket: Ticket, later: Iterable[Ticket]) -> tuple[int, float]:
    passing = [each.issued_at for each in later if _is_before(each.first_called_at, ticket.first_called_at)]
    return len(passing), max(((at - ticket.issued_at).total_seconds() / 60 for at in passing), default=0.0)


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one < other)


_OPENS = (CounterOpened, CounterResumed)
_SHUTS = (CounterClosed, CounterPaused)
_LEAVES = (ServiceFinished, TicketMissed, TicketHeld, TicketTransferred)


def _times(played: PlayedDay) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """Return for how long each counter was open, and for how long it had a ticket."""
    open_s, busy_s = defaultdict[int, float](float), defaultdict[int, float](float)
    for sums, number, seconds in (
        *((open_s, *each) for each in _periods(played, _OPENS, _SHUTS)),
        *((busy_s, *each) for each in _periods(played, (TicketCalled,), _LEAVES)),
    ):
        sums[number] += seconds
    return open_s, busy_s


def _periods(
    played: PlayedDay, begins: tuple[type[Event], ...], ends: tuple[type[Event], ...]
) -> Iterator[tuple[int, float]]:
    """Yield counter and seconds of each time between an event that begins it and one that ends it."""
    since: dict[int, datetime] = {}
    for entry in played.entries:
        number = getattr(entry.event, "counter", None)
        if isinstance(entry.event, begins):
            since.setdefault(number or 0, entry.at)
        elif isinstance(entry.event, ends) and number in since:
            yield number, (entry.at - since.pop(number)).total_seconds()


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the least value that this share of the values does not exceed."""
    return ordered[ceil(len(ordered) * share) - 1] if ordered else 0.0
