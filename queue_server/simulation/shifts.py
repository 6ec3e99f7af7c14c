"""The clerks of a day: when each comes late, takes a break, and in which manner keys are pressed, drawn beforehand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_server.core.calendar import minutes_left, moment_after
from queue_server.core.catalogue import Catalogue
from queue_server.core.facts import Session
from queue_server.simulation import estimates
from queue_server.simulation.chance import Chance, between, happens, moments


@dataclass(frozen=True, slots=True)
class Break:
    """A clerk is away from the counter for a few minutes, after the ticket that is there."""

    begins_at: datetime
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Shift:
    """The day of one clerk at one counter."""

    counter: int
    comes_at: tuple[datetime, ...]
    """To each session of the day."""
    breaks: tuple[Break, ...]
    one_key: bool
    """Finishes by "next"; otherwise by "finish", and then looks at the line."""


def draw_shift(chance: Chance, catalogue: Catalogue, counter: int, sessions: tuple[Session, ...]) -> Shift:
    """Return the day of the clerk at this counter."""
    likes_one_key = happens(chance, estimates.ONE_KEY_SHARE)
    return Shift(
        counter=counter,
        comes_at=tuple(
            session.opens_at + timedelta(seconds=max(0.0, between(chance, *estimates.LATE_S))) for session in sessions
        ),
        breaks=tuple(
            Break(_at_share(sessions, share), between(chance, *estimates.BREAK_S))
            for share in moments(chance, estimates.SHORT_BREAKS)
        ),
        one_key=likes_one_key and catalogue.policy.one_key,
    )


def _at_share(sessions: tuple[Session, ...], share: float) -> datetime:
    opens = sessions[0].opens_at
    return moment_after(sessions, opens, share * minutes_left(sessions, opens)) or opens
