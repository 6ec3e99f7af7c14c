"""The sums of a closed day, per service that people first waited for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from queue_server.followers.reports.rows import DailySum, Opening, Outage
from queue_server.followers.reports.state import Visit

WITHIN_15_MS = 15 * 60_000
WITHIN_30_MS = 30 * 60_000
"""Bounds that the centers' yearly reports ask for (CONTEXT 7.2)."""


def sums_of(visits: Iterable[Visit], openings: Sequence[Opening], outages: Sequence[Outage]) -> Iterator[DailySum]:
    """Yield a sum per service. Visits, hours and outages are those of the day."""
    by_line: defaultdict[str, list[Visit]] = defaultdict(list)
    service_times: defaultdict[str, list[int]] = defaultdict(list)
    for visit in visits:
        by_line[visit.ticket.first_service or visit.ticket.service].append(visit)
        for service, time in _service_times(visit).items():
            service_times[service].append(time)
    for line, group in by_line.items():
        yield _sum_of(line, group, service_times[line], _WorkingTime(openings, outages))


class _WorkingTime:
    """The hours of a day without its outages."""

    def __init__(self, openings: Sequence[Opening], outages: Sequence[Outage]) -> None:
        self._open = [(each.opens_at, each.closes_at) for each in openings]
        self._out = [
            (max(outage.began_at, opens_at), min(outage.ended_at, closes_at))
            for outage in outages
            for opens_at, closes_at in self._open
        ]

    def within(self, began_at: int, ended_at: int) -> int:
        """Return how many milliseconds of an interval are working time."""
        return _common(self._open, began_at, ended_at) - _common(self._out, began_at, ended_at)


def _common(spans: Iterable[tuple[int, int]], began_at: int, ended_at: int) -> int:
    return sum(max(min(ended_at, end) - max(began_at, begin), 0) for begin, end in spans)


def _sum_of(line: str, visits: Sequence[Visit], service_times: Sequence[int], working: _WorkingTime) -> DailySum:
    tickets = [visit.ticket for visit in visits]
    called = [(each.issued_at, each.called_at) for each in tickets if each.called_at is not None]
    waits = [max(called_at - issued_at, 0) for issued_at, called_at in called]
    worked = [working.within(issued_at, called_at) for issued_at, called_at in called]
    ratings = [each.rating for each in tickets if each.rating is not None]
    became = Counter(each.status for each in tickets)
    return DailySum(
        day=tickets[0].day,
        service=line,
        issued=len(tickets),
        served=became["finished"],
        no_show=became["no_show"],
        cancelled=became["cancelled"],
        void=became["void"],
        expired=became["expired"],
        carried_over=became["carried_over"],
        transferred=sum(each.transfers > 0 for each in tickets),
        priority=sum(each.priority for each in tickets),
        dossiers=sum(each.dossiers for each in tickets),
        waits=len(waits),
        wait_ms=sum(waits),
        wait_longest_ms=max(waits, default=0),
        within_15=sum(each <= WITHIN_15_MS for each in waits),
        within_30=sum(each <= WITHIN_30_MS for each in waits),
        worked_wait_ms=sum(worked),
        worked_longest_ms=max(worked, default=0),
        worked_within_15=sum(each <= WITHIN_15_MS for each in worked),
        worked_within_30=sum(each <= WITHIN_30_MS for each in worked),
        timed=len(service_times),
        service_ms=sum(service_times),
        rated=len(ratings),
        rating_total=sum(ratings),
    )


def _service_times(visit: Visit) -> dict[str, int]:
    """Return how long a visit took at each service, all its turns there together.

    Nothing for one that never came to an end, and no service of which an end was only guessed.
    """
    if visit.ticket.status != "finished":
        return {}
    turns = [each for each in visit.periods if each.status == "serving"]
    guessed = {each.service for each in turns if each.estimated}
    times: defaultdict[str, int] = defaultdict(int)
    for each in turns:
        if each.service not in guessed:
            times[each.service] += each.ended_at - each.began_at
    return times
