"""The reports of a span of days as tables: from figures of the storage to words and figures of a reader."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from queue_server.followers.reports.rows import DailySum
from queue_server.storage.reports import (
    Arrivals,
    CounterFigures,
    RatingFigures,
    Reports,
    ServiceFigures,
    Waits,
)
from queue_server.web.spans import Span
from queue_server.web.tables import WEEKDAYS, Column, Table, Wording, shade

SERVICE = Column("office_column_service", "words")

COUNTED = (
    "issued",
    "served",
    "no_show",
    "cancelled",
    "void",
    "carried_over",
    "expired",
    "transferred",
    "priority",
    "dossiers",
)
"""What is counted of tickets, in the order of the columns."""

MARKS = ("five", "four", "three", "two", "one")
"""What people may say of a visit, the best first."""

WAITED = ("waits", "mean", "median", "p90", "longest", "within_15", "within_30")


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is asked of the storage for a span."""

    span: Span
    services: Sequence[ServiceFigures]
    counters: Sequence[CounterFigures]
    arrivals: Sequence[Arrivals]
    ratings: Sequence[RatingFigures]
    sums: Sequence[DailySum]


def ask(reports: Reports, span: Span, zone: tzinfo) -> Figures:
    """Ask the storage; runs in the reader's thread. Services come as they came first, the whole center last."""
    first, last = span.first.isoformat(), span.last.isoformat()
    return Figures(
        span=span,
        services=reports.services(first, last),
        counters=reports.counters(first, last),
        arrivals=reports.arrivals(first, last, zone),
        ratings=reports.ratings(first, last),
        sums=reports.sums(first, last),
    )


def in_order(figures: Figures, services: Sequence[str]) -> Figures:
    """Return the figures with services in the order of the catalogue; those that have left it come after."""
    places = {service: place for place, service in enumerate(services)}

    def place(row: ServiceFigures | RatingFigures) -> tuple[bool, int]:
        return row.service is None, places.get(row.service or "", len(places))

    return replace(figures, services=sorted(figures.services, key=place), ratings=sorted(figures.ratings, key=place))


def _visits(figures: Figures, wording: Wording) -> Table:
    rows = [
        (wording.service(each.service), *(str(getattr(each, name)) for name in COUNTED)) for each in figures.services
    ]
    columns = (SERVICE, *(Column(f"report_column_{name}") for name in COUNTED))
    return _with_sum("visits", columns, rows)


def _waits(figures: Figures, wording: Wording) -> Table:
    return _waiting("waits", [(each.service, each.waits, each.wait) for each in figures.services], wording)


def _worked_waits(figures: Figures, wording: Wording) -> Table:
    rows = [(each.service, each.waits, each.worked_wait) for each in figures.services]
    return _waiting("worked_waits", rows, wording)


def _waiting(name: str, rows: Sequence[tuple[str | None, int, Waits]], wording: Wording) -> Table:
    columns = (SERVICE, *(Column(f"report_column_{each}") for each in WAITED))
    return _with_sum(
        name,
        columns,
        [
            (
                wording.service(service),
                str(number),
                *(wording.minutes(each) for each in (waits.mean_s, waits.median_s, waits.p90_s, waits.longest_s)),
                wording.share(waits.within_15),
                wording.share(waits.within_30),
            )
            for service, number, waits in rows
        ],
    )


def _service_times(figures: Figures, wording: Wording) -> Table:
    expected = {str(each.id): str(each.expected_minutes) for each in wording.catalogue.services}
    columns = (SERVICE, *(Column(f"report_column_{name}") for name in ("served", "service_mean", "expected")))
    rows = [
        (
            wording.service(each.service),
            str(each.served),
            wording.minutes(each.service_mean_s),
            expected.get(each.service or "", ""),
        )
        for each in figures.services
    ]
    return _with_sum("service_times", columns, rows)


def _counters(figures: Figures, wording: Wording) -> Table:
    names = ("tickets", "serving", "called", "free", "paused")
    columns = (
        Column("office_column_counter", "words"),
        Column("office_column_clerk", "words"),
        *(Column(f"report_column_{name}") for name in names),
    )
    rows = tuple(
        (
            wording.texts.say("counter_n", counter=each.counter),
            each.clerk or "",
            str(each.tickets),
            *(wording.hours(time) for time in (each.serving_s, each.called_s, each.free_s, each.paused_s)),
        )
        for each in figures.counters
    )
    return Table("counters", columns, rows)


def _arrivals(figures: Figures, wording: Wording) -> Table:
    means = {(each.hour, each.weekday): each.tickets / each.days for each in figures.arrivals}
    hours = range(min(hour for hour, _ in means), max(hour for hour, _ in means) + 1) if means else range(0)
    most = max(means.values(), default=0.0)
    cells = [[means.get((hour, weekday), 0.0) for weekday in range(7)] for hour in hours]
    rows = [
        (f"{hour:02}:00–{hour + 1:02}:00", *(wording.decimal(mean or None) for mean in row))
        for hour, row in zip(hours, cells, strict=True)
    ]
    return Table(
        "arrivals",
        (Column("report_column_hour", "words"), *map(Column, WEEKDAYS)),
        tuple(rows),
        shades=tuple(tuple(shade(mean, most) for mean in row) for row in cells),
    )


def _ratings(figures: Figures, wording: Wording) -> Table:
    headings = (
        *(f"report_column_{name}" for name in ("served", "rated", "response")),
        *(f"ticket_rating_{mark}" for mark in (5, 4, 3, 2, 1)),
        "report_column_rating_mean",
    )
    rows = [
        (
            wording.service(each.service),
            str(each.served),
            str(each.rated),
            wording.share(each.rated / each.served if each.served else None),
            *(wording.share(getattr(each, mark) / each.rated if each.rated else None) for mark in MARKS),
            wording.decimal(each.mean),
        )
        for each in figures.ratings
    ]
    return _with_sum("ratings", (SERVICE, *map(Column, headings)), rows)


def _days(figures: Figures, wording: Wording) -> Table:
    """Return a row for each day, also for one without anybody: a gap shall be seen."""
    by_day: dict[str, list[DailySum]] = defaultdict(list)
    for each in figures.sums:
        by_day[each.day].append(each)
    names = ("issued", "served", "no_show", "mean", "longest", "within_15", "within_30", "service_mean")
    columns = (
        Column("office_day", "words"),
        Column("report_column_weekday", "words"),
        *(Column(f"report_column_{name}") for name in names),
    )
    rows = tuple(
        (
            wording.day(day.isoformat()),
            wording.texts.say(WEEKDAYS[day.weekday()]),
            *_day_cells(by_day.get(day.isoformat(), ()), wording, len(names)),
        )
        for day in figures.span.days()
    )
    return Table("days", columns, rows)


def _day_cells(sums: Sequence[DailySum], wording: Wording, cells: int) -> tuple[str, ...]:
    if not sums:
        return ("",) * cells
    total = {name: sum(getattr(each, name) for each in sums) for name in DAY_TOTALS}
    waits, timed = total["waits"], total["timed"]
    return (
        *(str(total[name]) for name in ("issued", "served", "no_show")),
        wording.minutes(total["wait_ms"] / waits / 1000 if waits else None),
        wording.minutes(max(each.wait_longest_ms for each in sums) / 1000 if waits else None),
        wording.share(total["within_15"] / waits if waits else None),
        wording.share(total["within_30"] / waits if waits else None),
        wording.minutes(total["service_ms"] / timed / 1000 if timed else None),
    )


DAY_TOTALS = (
    "issued",
    "served",
    "no_show",
    "waits",
    "wait_ms",
    "within_15",
    "within_30",
    "timed",
    "service_ms",
)
"""Sums of a day's services that add up to those of the center."""


def _with_sum(name: str, columns: tuple[Column, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """Return a table whose last row, if there is any, is that of the whole center."""
    return Table(name, columns, tuple(rows[:-1]), rows[-1] if rows else None)


TABLES: Mapping[str, Callable[[Figures, Wording], Table]] = {
    "visits": _visits,
    "waits": _waits,
    "worked_waits": _worked_waits,
    "service_times": _service_times,
    "counters": _counters,
    "arrivals": _arrivals,
    "ratings": _ratings,
    "days": _days,
}
"""The reports, in the order in which a page shows them. Each has the texts `report_<name>` and `report_<name>_note`."""
