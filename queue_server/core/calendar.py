"""When the center is open: the sessions of a day, and questions about them.

The week's rule stands in the catalogue; public holidays come from the `holidays` library, which knows lunar dates but
not every swapped working day, so closed and extra days of the catalogue win over both.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from queue_protocol.day_commands import OpeningTime
from queue_server.core.catalogue import Catalogue, Hours
from queue_server.core.facts import Session

CLOSED_AT_MOST_DAYS = 30
"""The longest holiday, at Tết, is nine days with its weekends."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Sessions = tuple[Session, ...] | None
"""The sessions of a day in order; `None`: always open, `()`: closed."""


def sessions_of(catalogue: Catalogue, day: date) -> Sessions:
    """Return when the center is open on a local day by its calendar."""
    if catalogue.hours is None:
        return None
    return sessions_at(catalogue, day, _openings(catalogue.hours, day))


def sessions_at(catalogue: Catalogue, day: date, openings: Iterable[OpeningTime]) -> tuple[Session, ...]:
    """Return the sessions of a local day with these opening times, whatever the calendar says."""
    hours = catalogue.hours
    before = timedelta(minutes=hours.issue_before_minutes if hours else 0)
    until = timedelta(minutes=hours.issue_until_minutes if hours else 0)
    zone = ZoneInfo(catalogue.time_zone)
    times = sorted((_instant(day, each.opens, zone), _instant(day, each.closes, zone)) for each in openings)
    return tuple(
        Session(
            opens_at=opens,
            closes_at=closes,
            issue_from=max(opens - before, times[place - 1][1]) if place else opens - before,
            issue_until=max(closes - until, opens),
        )
        for place, (opens, closes) in enumerate(times)
    )


def next_open_day(catalogue: Catalogue, day: date) -> date:
    """Return the first day after this one on which the center is open; the day after it when none is near."""
    following = [day + timedelta(days=ahead) for ahead in range(1, CLOSED_AT_MOST_DAYS + 1)]
    return next((each for each in following if sessions_of(catalogue, each) != ()), following[0])


def next_day_from(catalogue: Catalogue, day: date) -> datetime | None:
    """Return when kiosks give the first number on the next open day after this one; `None`: nobody can say."""
    sessions = sessions_of(catalogue, next_open_day(catalogue, day))
    return sessions[0].issue_from if sessions else None


def day_begins(catalogue: Catalogue, day: date) -> datetime:
    """Return the first moment of a local day."""
    return _instant(day, "00:00", ZoneInfo(catalogue.time_zone))


def local_day(catalogue: Catalogue | None, at: datetime) -> date:
    """Return the date of a moment in the center; in UTC while no catalogue says where it is."""
    return at.astimezone(ZoneInfo(catalogue.time_zone) if catalogue else UTC).date()


def is_on(catalogue: Catalogue, at: datetime, day: date) -> bool:
    """Say whether a moment, which may be any that a message can name, is on this local day."""
    try:
        return local_day(catalogue, at) == day
    except OverflowError:  # the first and the last hours that Python knows have no local time everywhere
        return False


def is_open(sessions: Sessions, now: datetime) -> bool:
    """Say whether counters work at this moment."""
    return sessions is None or any(each.opens_at <= now < each.closes_at for each in sessions)


def is_issuing(sessions: Sessions, now: datetime) -> bool:
    """Say whether kiosks give numbers at this moment."""
    return sessions is None or any(each.issue_from <= now < each.issue_until for each in sessions)


def next_issue_from(sessions: Sessions, now: datetime) -> datetime | None:
    """Return when kiosks give numbers again today; `None`: no more today, or they do now."""
    return min((each.issue_from for each in sessions or () if each.issue_from > now), default=None)


def minutes_left(sessions: Sequence[Session], now: datetime) -> float:
    """Return how long counters still work today."""
    return sum(max((each.closes_at - max(each.opens_at, now)).total_seconds(), 0.0) for each in sessions) / 60


def moment_after(sessions: Sequence[Session], now: datetime, minutes: float) -> datetime | None:
    """Return when so many minutes of work from now are over; `None`: not today."""
    work = timedelta(minutes=minutes)
    for session in sessions:
        begins = max(session.opens_at, now)
        if begins + work <= session.closes_at:
            return begins + work
        work -= max(session.closes_at - begins, timedelta())
    return None


def is_public_holiday(day: date) -> bool:
    """Say whether this is a public holiday of Viet Nam, as far as the library knows."""
    return day in _public_holidays(day.year)


def _openings(hours: Hours, day: date) -> tuple[OpeningTime, ...]:
    for extra in hours.extra_open:
        if extra.day == day:
            return extra.sessions
    if day in hours.closed or (hours.public_holidays and is_public_holiday(day)):
        return ()
    name = _WEEKDAYS[day.weekday()]
    return tuple(OpeningTime(opens=each.opens, closes=each.closes) for each in hours.sessions if name in each.days)


@lru_cache(maxsize=4)
def _public_holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - takes 0.15 s, and only the opening of a day needs it

    return frozenset(country_holidays("VN", years=year))


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, _, minute = clock.partition(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone).astimezone(UTC)
