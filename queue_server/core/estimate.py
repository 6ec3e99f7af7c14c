"""How many are ahead and how long it may take. Honest ranges; nothing is said where nothing is known."""

from dataclasses import dataclass
from datetime import datetime

from queue_protocol.answers import WaitRange
from queue_protocol.ids import ServiceId
from queue_server.core.catalogue import Catalogue
from queue_server.core.dispatch import ahead_in_line, lines_beside
from queue_server.core.hall import Hall

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


def outlook(hall: Hall, catalogue: Catalogue, service: ServiceId, due_at: datetime, sequence: int) -> Outlook:
    """Return how many tickets the calling rule puts before this place, and the wait that follows from it."""
    beside, open_counters = lines_beside(catalogue, hall, service)
    people, minutes = 0, 0
    for each in catalogue.services:
        if each.id in beside:
            ahead = ahead_in_line(hall, each.id, due_at, sequence)
            people += ahead
            minutes += ahead * each.expected_minutes
    return Outlook(people, _range(minutes / open_counters) if open_counters else None)


def _range(minutes: float) -> WaitRange:
    low = int(minutes * SPREAD[0]) // STEP_MINUTES * STEP_MINUTES
    high = -int(-minutes * SPREAD[1] // STEP_MINUTES) * STEP_MINUTES
    return WaitRange(low_minutes=low, high_minutes=max(high, low + STEP_MINUTES))
