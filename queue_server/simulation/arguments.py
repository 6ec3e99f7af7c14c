"""The command line of `simulate`, as a value."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from queue_server.core.catalogue import Weekday
from queue_server.simulation.demand import WEEKDAYS
from queue_server.simulation.estimates import CROWDS
from queue_server.simulation.rules import AS_IT_IS, WORDS, Rule, UnknownRule, read_rule

FIRST_DAY = date(2027, 3, 1)
"""A Monday with five ordinary weeks after it. Fixed, so that a seed means the same on any day."""

MOST_DAYS = 1000
"""Four years of working days: more of them say nothing new."""

MOST_TICKETS = 2000
"""On a day: no center has had a quarter of it."""

WHAT = """\
Live through days of a center in virtual time, with people, clerks and faults drawn by chance, and say how long who
waits under which rule. Every rule meets the same people. After each event it is checked that nothing happened that
never may."""

STATUSES = """\
Exit status: 0 done; 1 something happened that never may, and it is said what: the product has an error; 2 it could not
be done, and a sentence says why. docs/simulation.md says how to read the result."""


@dataclass(frozen=True, slots=True)
class SimulationRun:
    """`simulate`: try rules before they are used."""

    preset: str
    catalogue: Path | None
    """`None`: the preset's."""
    rules: tuple[Rule, ...]
    days: int
    seed: int
    first: date
    tickets_per_day: float
    priority_share: float
    market_day: Weekday | None
    faults: bool
    as_json: bool

    @property
    def source(self) -> str:
        """What the people came to."""
        return self.preset if self.catalogue is None else str(self.catalogue)


def read_simulation(words: tuple[str, ...], arguments: list[str]) -> SimulationRun:
    """Return what is asked for; leaves with status 2 and how it is used when the words make no sense."""
    parser = _parser(words)
    given = parser.parse_args(arguments)
    crowd = CROWDS.get(given.preset)
    if given.tickets_per_day is None and (given.catalogue is not None or crowd is None):
        parser.error("say how many people come: --tickets-per-day N")
    share = crowd.priority_share if crowd is not None else 0.2
    return SimulationRun(
        preset=given.preset,
        catalogue=given.catalogue,
        rules=tuple(given.policy or [read_rule(AS_IT_IS)]),
        days=given.days,
        seed=given.seed,
        first=given.first_day,
        tickets_per_day=given.tickets_per_day or (0 if crowd is None else crowd.tickets_per_day),
        priority_share=share if given.priority_percent is None else given.priority_percent / 100,
        market_day=given.market_day,
        faults=not given.without_faults,
        as_json=given.json,
    )


def _parser(words: tuple[str, ...]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=" ".join(("python -m queue_server", *words)), description=WHAT, epilog=STATUSES
    )
    parser.add_argument("--preset", default="xa-vua", help="center to try: a name in assets/catalogues (xa-vua)")
    parser.add_argument("--catalogue", type=Path, metavar="FILE", help="center to try: a TOML file instead of a preset")
    parser.add_argument(
        "--policy",
        type=_rule,
        action="append",
        metavar="RULE",
        help=f"rule of calling, may repeat to compare; {WORDS}; several that hold together are joined by commas",
    )
    parser.add_argument("--days", type=_between(1, MOST_DAYS), default=20, metavar="N", help="open days to play (20)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of chance; the same seed, the same days (1)")
    parser.add_argument("--first-day", type=_day, default=FIRST_DAY, metavar="DATE", help=f"from it on ({FIRST_DAY})")
    parser.add_argument(
        "--tickets-per-day", type=_between(1, MOST_TICKETS), metavar="N", help="on an ordinary day (the preset's)"
    )
    parser.add_argument(
        "--priority-percent", type=_between(0, 100), metavar="N", help="of people with priority (the preset's)"
    )
    parser.add_argument("--market-day", choices=WEEKDAYS, help="weekday on which more people come")
    parser.add_argument("--without-faults", action="store_true", help="networks and server never fail")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    return parser


def _rule(words: str) -> Rule:
    try:
        return read_rule(words)
    except UnknownRule as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is no day; write it as {FIRST_DAY}") from None


def _between(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number within bounds."""

    def read(words: str) -> int:
        if not words.isdecimal() or not least <= int(words) <= most:
            raise argparse.ArgumentTypeError(f"{words!r} is no whole number from {least} to {most}")
        return int(words)

    return read
