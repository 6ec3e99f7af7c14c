"""The script of a day: everything that chance decides about it, before anything happens and whatever rule is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from queue_protocol.ids import Token
from queue_server.core.catalogue import Catalogue
from queue_server.core.facts import Session
from queue_server.simulation.chance import Dice
from queue_server.simulation.demand import Conditions, arrivals, day_factor, extra_weight, service_weights
from queue_server.simulation.faults import Faults, draw_faults
from queue_server.simulation.people import Person, come_back, draw_person
from queue_server.simulation.shifts import Shift, draw_shift

KIOSK = "kiosk-1"
"""The kiosk of the hall, by the name that boxes have on a first start."""


@dataclass(frozen=True, slots=True)
class Script:
    """A day that has not been played yet."""

    day: date
    sessions: tuple[Session, ...]
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    faults: Faults


def desk_of(counter: int) -> str:
    """Return the name of the box at a counter."""
    return f"desk-{counter}"


def write_script(
    catalogue: Catalogue,
    day: date,
    sessions: tuple[Session, ...],
    conditions: Conditions,
    dice: Dice,
    left: Mapping[Token, Person],
) -> Script:
    """Return the script of a day. `left` has those who were given a slip for this day, by its token."""
    name = day.isoformat()
    chance, wanted = dice(f"{name} people"), service_weights(catalogue, day)
    factor = day_factor(catalogue, day, conditions.market_day) * extra_weight(catalogue, day)
    people = [
        draw_person(chance, catalogue, at, wanted, conditions.priority_share)
        for at in arrivals(dice(f"{name} arrivals"), sessions, conditions.tickets_per_day * factor)
    ]
    people += come_back(dice(f"{name} back"), left, sessions)
    counters = [counter.number for counter in catalogue.counters]
    boxes = [KIOSK, *map(desk_of, counters)]
    return Script(
        day=day,
        sessions=sessions,
        people=tuple(sorted(people, key=lambda person: person.arrives_at)),
        shifts=tuple(draw_shift(dice(f"{name} clerk {each}"), catalogue, each, sessions) for each in counters),
        faults=draw_faults(lambda box: dice(f"{name} faults {box}"), boxes, sessions, conditions.faults),
    )
