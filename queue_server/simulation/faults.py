"""What breaks on a day: cut networks of boxes, restarts of the server. Drawn beforehand, then looked up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from queue_server.core.facts import Session
from queue_server.simulation import estimates
from queue_server.simulation.chance import Chance, Dice, between, moments

LinkState = Literal["up", "deaf", "cut"]
"""`deaf`: what is asked arrives, and the answer does not."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A time in which a box and the server do not reach each other."""

    begins_at: datetime
    hears_until: datetime
    """Until then what the box asks arrives, and only the answers are lost."""
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Faults:
    """All that breaks on a day."""

    cuts: Mapping[str, tuple[Cut, ...]] = field(default_factory=dict)
    """Per box."""
    restarts: tuple[Cut, ...] = ()
    """The server hears until it is gone, and is back at the end."""

    def state(self, box: str, at: datetime) -> LinkState:
        """Say how a box and the server reach each other at a moment."""
        for cut in (*self.cuts.get(box, ()), *self.restarts):
            if cut.begins_at <= at < cut.ends_at:
                return "deaf" if at < cut.hears_until else "cut"
        return "up"


def draw_faults(dice: Dice, boxes: Iterable[str], sessions: tuple[Session, ...], factor: float) -> Faults:
    """Return what breaks on a day of these sessions, so many times as often as estimated."""
    cuts, restarts = factor * estimates.CUTS_PER_DAY, factor * estimates.RESTARTS_PER_DAY
    return Faults(
        cuts={box: tuple(_cuts(dice(box), sessions, cuts, estimates.CUT_S)) for box in boxes},
        restarts=tuple(_cuts(dice("server"), sessions, restarts, estimates.RESTART_S)),
    )


def _cuts(
    chance: Chance, sessions: tuple[Session, ...], per_day: float, lasting_s: tuple[float, float]
) -> Iterator[Cut]:
    first, last = sessions[0].opens_at, sessions[-1].closes_at
    free_from = first
    for share in moments(chance, per_day):
        begins_at = max(free_from, first + share * (last - first))
        deaf, whole = between(chance, *estimates.DEAF_S), between(chance, *lasting_s)
        ends_at = begins_at + timedelta(seconds=whole)
        yield Cut(begins_at, min(ends_at, begins_at + timedelta(seconds=deaf)), ends_at)
        free_from = ends_at + timedelta(seconds=1)
