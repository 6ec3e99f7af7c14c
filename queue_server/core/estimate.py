"""How many are ahead and how long it may take. Honest ranges; nothing is said where nothing is known.

"Ahead" is who stands before this place in the lines that the same counters serve. Turns given by `interleave`,
`no_overtake_after` and preferred services are not foretold: they depend on who comes later.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime

from queue_protocol.answers import WaitRange
from queue_protocol.ids import ServiceId
from queue_server.core.calendar import minutes_left, moment_after
from queue_server.core.facts import Line, Place
from queue_server.core.hall import Hall, catalogue_of, counters_for, services_at

SPREAD = (0.7, 1.5)
"""Of the mean: service times vary by a factor (CV 0.5 to 0.8), their sum over several people by less."""

STEP_MINUTES = 5
"""A range finer than this promises what nobody can keep."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a person in the line may expect."""

    people_ahead: int
    wait: WaitRange | None
    """`None`: no open counter serves the line."""
    after_break: bool = False
    """The turn may come only after the coming break."""
    fits_today: bool = True
    """Whether the turn ends before the center closes, as far as can be foretold."""


def outlook(hall: Hall, service: ServiceId, place: Place, sequence: int, now: datetime) -> Outlook:
    """Return how many tickets the calling rule puts before this place, and the wait that follows from it."""
    counters, ready = _counters_beside(hall, place.line)
    people, work = _ahead(hall, counters, place, sequence)
    minutes = work / max(len(counters), 1)
    known = catalogue_of(hall).service(service)
    own = 0 if known is None else known.expected_minutes
    return Outlook(
        people,
        _range(_with_breaks(hall, now, minutes * SPREAD[0]), _with_breaks(hall, now, minutes * SPREAD[1]))
        if ready
        else None,
        after_break=_is_after_break(hall, now, minutes * SPREAD[1] + own),
        fits_today=hall.sessions is None or minutes + own <= minutes_left(hall.sessions, now),
    )


def _counters_beside(hall: Hall, line: Line) -> tuple[tuple[int, ...], bool]:
    """Return the counters that serve a line, and whether they do so now: the open ones, else all that could."""
    able = counters_for(hall, line)
    states = [(number, hall.counter_state(number)) for number in able]
    ready = tuple(number for number, state in states if state.clerk is not None and state.paused is None)
    if not ready:
        ready = tuple(number for number, state in states if state.clerk is not None)
    return (ready, True) if ready else (able, False)


def _ahead(hall: Hall, counters: tuple[int, ...], place: Place, sequence: int) -> tuple[int, int]:
    """Return how many stand before a place at these counters, and the minutes of work that they bring."""
    here = (place.session, place.rank, place.due_at, sequence)
    beside = {service for number in counters for service in services_at(hall, number)[0]}
    people, minutes = 0, 0
    for service in catalogue_of(hall).services:
        if service.id in beside:
            ahead = bisect_left(hall.line(service.id), here)
            people += ahead
            minutes += ahead * service.expected_minutes
    for number in counters:
        own_line = hall.line(number)
        for waiting in own_line[: bisect_left(own_line, here)]:
            known = catalogue_of(hall).service(hall.tickets[waiting.ticket].service)
            people += 1
            minutes += 0 if known is None else known.expected_minutes
    return people, minutes


def _with_breaks(hall: Hall, now: datetime, minutes: float) -> float:
    """Return the time until so much work is done, with the breaks in it; the work alone when it does not fit today."""
    if not hall.sessions:
        return minutes
    done_at = moment_after(hall.sessions, now, minutes)
    return minutes if done_at is None else (done_at - now).total_seconds() / 60


def _is_after_break(hall: Hall, now: datetime, minutes: float) -> bool:
    """Say whether work of this length from now on may run into a later session than the one that is next."""
    coming = [session for session in hall.sessions or () if session.closes_at > now]
    return len(coming) > 1 and minutes > minutes_left(coming[:1], now)


def _range(low_minutes: float, high_minutes: float) -> WaitRange:
    low = int(low_minutes) // STEP_MINUTES * STEP_MINUTES
    high = -int(-high_minutes // STEP_MINUTES) * STEP_MINUTES
    return WaitRange(low_minutes=low, high_minutes=max(high, low + STEP_MINUTES))
