"""How many people come on a day, for what, and at which moments: the estimates, applied to a catalogue's calendar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import msgspec

from queue_protocol.ids import ServiceId
from queue_server.core.calendar import is_public_holiday, minutes_left, moment_after, sessions_of
from queue_server.core.catalogue import Catalogue, Hours, Weekday, WeeklySession
from queue_server.core.facts import Session
from queue_server.simulation import estimates
from queue_server.simulation.chance import Chance, moments

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

USUAL_HOURS = Hours(
    sessions=(
        WeeklySession(days=WEEKDAYS[:5], opens="07:30", closes="11:30"),
        WeeklySession(days=WEEKDAYS[:5], opens="13:30", closes="17:00"),
    )
)
"""Of offices in the province; for a catalogue without hours."""

TET_FALLS_BETWEEN = ((1, 18), (2, 28))
"""Month and day: the new moon of the lunar year's first day is between 21 January and 20 February."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run assumes."""

    tickets_per_day: float
    priority_share: float
    market_day: Weekday | None = None
    faults: float = 1.0
    """How often networks are cut and the server is restarted, against the estimate; 0: never."""


def with_hours(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue, with the usual hours if it has none: a day of a center that never closes has no end."""
    return catalogue if catalogue.hours else msgspec.structs.replace(catalogue, hours=USUAL_HOURS)


def open_days(catalogue: Catalogue, first: date) -> Iterator[tuple[date, tuple[Session, ...]]]:
    """Yield the days from the first on on which the center is open, with their sessions, without end."""
    day = first
    while True:
        sessions = sessions_of(catalogue, day)
        if sessions:
            yield day, sessions
        day += timedelta(days=1)


def day_factor(catalogue: Catalogue, day: date, market_day: Weekday | None) -> float:
    """Return by how much more people come than on an ordinary day."""
    usual = estimates.WEEKDAY_FACTORS[day.weekday()]
    factor = max(usual, estimates.AFTER_HOLIDAY_FACTOR) if _follows_holiday(catalogue, day) else usual
    if market_day == WEEKDAYS[day.weekday()]:
        factor *= estimates.MARKET_DAY_FACTOR
    return factor * _tet_factor(day)


def service_weights(catalogue: Catalogue, day: date) -> Mapping[ServiceId, float]:
    """Return how often each service is asked for, in relation to the others."""
    return {service.id: _weight(service.id, day) for service in catalogue.services}


def arrivals(chance: Chance, sessions: tuple[Session, ...], count: float) -> Iterator[datetime]:
    """Yield the moments at which people come, in order; so many on average."""
    opens = sessions[0].opens_at
    stretch = minutes_left(sessions, opens) / sum(minutes for minutes, _ in estimates.ARRIVALS)
    before = 0.0
    for minutes, share in estimates.ARRIVALS:
        for moment in moments(chance, count * share):
            yield _within(sessions, (before + moment * minutes) * stretch)
        before += minutes


def _within(sessions: tuple[Session, ...], minutes: float) -> datetime:
    """Return the moment after so many minutes of opening, never one of a break."""
    at = moment_after(sessions, sessions[0].opens_at, minutes) or sessions[-1].closes_at
    borders = [(one.closes_at, other.opens_at) for one, other in pairwise(sessions)]
    return next((opens for closes, opens in borders if at == closes), at)


def _weight(service: ServiceId, day: date) -> float:
    season = service == estimates.SCHOOL_SERVICE and day.month in estimates.SCHOOL_MONTHS
    factor = estimates.SCHOOL_SEASON_FACTOR if season else 1.0
    return estimates.VISITS.get(service, estimates.OTHER_VISITS).share * factor


def extra_weight(catalogue: Catalogue, day: date) -> float:
    """Return by how much more people come because some services have their season."""
    ordinary = sum(estimates.VISITS.get(each.id, estimates.OTHER_VISITS).share for each in catalogue.services)
    return sum(service_weights(catalogue, day).values()) / ordinary


def _follows_holiday(catalogue: Catalogue, day: date) -> bool:
    """Say whether the center was closed since its last open day because of a public holiday."""
    before = day - timedelta(days=1)
    while sessions_of(catalogue, before) == () and day - before < timedelta(days=30):
        if is_public_holiday(before):
            return True
        before -= timedelta(days=1)
    return False


def _tet_factor(day: date) -> float:
    first, last = _tet(day.year)
    if timedelta() < first - day <= timedelta(days=estimates.TET_WEEK_DAYS):
        return estimates.BEFORE_TET_FACTOR
    if timedelta() < day - last <= timedelta(days=estimates.TET_WEEK_DAYS):
        return estimates.AFTER_TET_FACTOR
    return 1.0


@lru_cache(maxsize=8)
def _tet(year: int) -> tuple[date, date]:
    """Return the first and the last holiday of the lunar new year that falls into this year."""
    first, last = (date(year, month, day) for month, day in TET_FALLS_BETWEEN)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    holidays = [day for day in days if is_public_holiday(day)] or [first]
    return holidays[0], holidays[-1]
