"""What a run says at its end: tables for a person, or one JSON text for a program."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from queue_protocol.ids import ServiceId
from queue_server.core.catalogue import Catalogue
from queue_server.simulation.figures import (
    LONG_WAIT_MINUTES,
    SHORT_WAIT_MINUTES,
    DayFigures,
    Summary,
    Visit,
    busy_shares,
    summarize,
)

Row = tuple[str, ...]

COLUMNS: Row = (
    "tickets",
    "mean",
    "median",
    "P90",
    "max",
    f"<={SHORT_WAIT_MINUTES} min",
    f"<={LONG_WAIT_MINUTES} min",
    "no-show",
    "unserved",
    "passed by",
    "most",
    "later by",
)
"""Of a summary."""

LEGEND = """\
Waits are minutes from the ticket to the first call. Breaks of the center do not count; who was never called waited to
the end. no-show: called, and nobody came. unserved: still there when the last counter closed. passed by: how many
people of the same line came later and were called first, on average, and at most; and how many minutes later they
came. turned away: got no ticket, because those before them already filled the day."""

CLASSES: Mapping[str, tuple[bool, ...]] = {"all": (False, True), "normal": (False,), "priority": (True,)}


@dataclass(frozen=True, slots=True)
class Run:
    """What many days under one rule came to."""

    rule: str
    days: tuple[DayFigures, ...]

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Of all days."""
        return tuple(visit for day in self.days for visit in day.visits)

    @property
    def turned_away(self) -> Mapping[ServiceId, int]:
        """People whom kiosks gave no ticket, per service."""
        return sum((Tally(day.turned_away) for day in self.days), Tally[ServiceId]())


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the runs have in common, for their head."""

    source: str
    """The preset or the file."""
    first: date
    days: int
    seed: int
    tickets_per_day: float
    priority_share: float


def text_of(catalogue: Catalogue, assumptions: Assumptions, runs: Sequence[Run]) -> str:
    """Return the runs as tables: the rules side by side, then each rule by service and class."""
    parts = [_head(catalogue, assumptions), _side_by_side(runs), LEGEND]
    parts += [f"{run.rule}\n{_by_service(catalogue, run)}\n{_busy(run)}" for run in runs]
    return "\n\n".join(parts)


def json_of(catalogue: Catalogue, assumptions: Assumptions, runs: Sequence[Run]) -> str:
    """Return the same as one JSON text."""
    told = {"assumptions": assumptions, "rules": [_run_as_json(catalogue, run) for run in runs]}
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


def _head(catalogue: Catalogue, assumed: Assumptions) -> str:
    hours = "" if catalogue.hours else "\nThe catalogue has no hours; the usual ones of offices are taken."
    return (
        f"{assumed.source}: {assumed.days} days from {assumed.first}, seed {assumed.seed}, "
        f"{assumed.tickets_per_day:g} people on an ordinary day, {assumed.priority_share:.0%} with priority.\n"
        f"People and times are estimates: compare rules by these figures, and promise none of them.{hours}"
    )


def _side_by_side(runs: Sequence[Run]) -> str:
    rows = [
        (run.rule, name, *_cells(summarize(_of_class(run.visits, name))), turned)
        for run in runs
        for name, turned in (("normal", str(sum(run.turned_away.values()))), ("priority", ""))
    ]
    return table(("rule", "class", *COLUMNS, "turned away"), rows, words=2)


def _by_service(catalogue: Catalogue, run: Run) -> str:
    rows = [
        (f"{prefix} {service}", name, *_cells(summary))
        for prefix, service, name, summary in _groups(catalogue, run)
        if name != "all"
    ]
    return table(("service", "class", *COLUMNS), rows, words=2)


def _busy(run: Run) -> str:
    shares = ", ".join(f"{number}: {share:.0%}" for number, share in busy_shares(run.days).items())
    return f"Share of the open time with a ticket, per counter: {shares}"


def _groups(catalogue: Catalogue, run: Run) -> Iterator[tuple[str, ServiceId, str, Summary]]:
    for service in catalogue.services:
        visits = [each for each in run.visits if each.service == service.id]
        for name in CLASSES:
            summary = summarize(_of_class(visits, name))
            if summary.tickets:
                yield service.prefix, service.id, name, summary


def _of_class(visits: Sequence[Visit], name: str) -> list[Visit]:
    return [each for each in visits if each.priority in CLASSES[name]]


def _cells(summary: Summary) -> Row:
    waits = (summary.mean, summary.median, summary.p90, summary.longest)
    return (
        str(summary.tickets),
        *(f"{wait:.0f}" for wait in waits),
        *(f"{share:.0%}" for share in (summary.within_short, summary.within_long)),
        str(summary.no_show),
        str(summary.unserved),
        f"{summary.passed_by:.1f}",
        str(summary.passed_by_most),
        f"{summary.passed_by_later:.0f}",
    )


def _run_as_json(catalogue: Catalogue, run: Run) -> dict[str, Any]:
    every = [{"service": None, "class": name, "waits": summarize(_of_class(run.visits, name))} for name in CLASSES]
    each = [
        {"service": service, "class": name, "waits": summary} for _, service, name, summary in _groups(catalogue, run)
    ]
    return {
        "rule": run.rule,
        "groups": every + each,
        "turned_away": dict(run.turned_away),
        "busy_share_of_counters": {str(number): share for number, share in busy_shares(run.days).items()},
    }


def table(head: Row, rows: Sequence[Row], words: int) -> str:
    """Return rows under a head, the first columns, so many, to the left and the others to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [_line(row, widths, words) for row in (head, tuple("-" * width for width in widths), *rows)]
    return "\n".join(lines)


def _line(row: Row, widths: Sequence[int], words: int) -> str:
    cells = (
        cell.ljust(width) if place < words else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()
