"""Whether the boxes of the hall bear out the PC's clock: each with a clock of its own says what it reads."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from queue_protocol.day_commands import ConfirmClock
from queue_protocol.ids import CommandId
from queue_server.core.decision import Actor
from queue_server.core.hall import Hall
from queue_server.engine.service import Service

AGREED = timedelta(minutes=2)
"""A PC that asks no time server goes wrong by seconds a day; a wrong date or zone by half an hour and more."""


CLOCK_KEEPER = Actor("system", frozenset({"manager"}))
"""Who confirms the PC's clock where all boxes of the hall agree with it."""


class OwnTime(NamedTuple):
    """What a box read on its own clock when it said hello."""

    wall: datetime
    read_at_s: float
    """Of the clock of this PC that runs on whatever its time is set to."""


def bear_out(told: Iterable[OwnTime | None], wall: datetime, elapsed_s: float) -> bool:
    """Say whether every box that has a clock of its own agrees with the PC's; `False` when none has."""
    apart = [abs(each.wall + timedelta(seconds=elapsed_s - each.read_at_s) - wall) for each in told if each is not None]
    return bool(apart) and max(apart) <= AGREED


def put_clock_right(service: Service, *, is_borne_out: bool) -> None:
    """Believe the PC's clock, which is behind the hall's time, where the boxes bear it out and the hall is not open."""
    if is_borne_out and is_before_opening(service.hall):
        service.submit(CLOCK_KEEPER, CommandId(secrets.token_urlsafe(15)), ConfirmClock())


def is_before_opening(hall: Hall) -> bool:
    """Say whether the hall's time can change unseen: no counter is open, and nobody waits or is served."""
    at_work = any(state.clerk is not None or state.ticket is not None for state in hall.counters.values())
    return not at_work and not any(hall.lines.values())
