"""Owns what pages the kiosk's screen has, and what each of them holds.

Pure data. How one follows another is in `flow`; what stands on them in words is in `wording`.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.closing import Closure
from queue_protocol.answers import Refused, TicketTaken
from queue_protocol.ids import ServiceId


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of the paper of a ticket. `reason` is a key as in `ReportSlip`, `None` unless there is trouble."""

    state: Literal["printing", "printed", "accepted", "failed", "uncertain"] = "printing"
    """`accepted`: the printer took all of it and cannot tell whether it came out."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Welcoming:
    """Nobody is there: the screen greets and waits for a touch."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """The services."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """One service was chosen, and there is something to read or to answer before a ticket is asked for."""

    service: ServiceId
    dossiers: int | None = None
    """What is being counted by steps; `None`: one of the usual answers is still to be given, or nothing is asked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A ticket was asked for and the answer is not here."""

    request: int
    service: ServiceId
    dossiers: int
    since_s: float


@dataclass(frozen=True, slots=True)
class Holding:
    """The number of a ticket that exists, and what became of its paper."""

    ticket: TicketTaken
    paper: Paper
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Reconsidering:
    """The person may have chosen by mistake: is the number kept or given up? `holding` is the page to go back to."""

    holding: Holding
    until_s: float


@dataclass(frozen=True, slots=True)
class Cancelling:
    """The ticket shall not be, and the server has not said yet that it is not."""

    request: int
    ticket: TicketTaken
    since_s: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The ticket is no more."""

    ticket: TicketTaken
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Kept:
    """The ticket could not be cancelled. `sure`: it is still good; otherwise the server has not said."""

    ticket: TicketTaken
    sure: bool
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Sorry:
    """No ticket, and why: `None` when the server is out of reach."""

    why: Closure | Refused | None
    service: ServiceId | None
    """What was wanted, where it is known."""
    since_s: float
    until_s: float


Page = Welcoming | Choosing | Confirming | Asking | Holding | Reconsidering | Cancelling | Cancelled | Kept | Sorry

Passing = Holding | Cancelled | Kept | Sorry
"""Pages that leave by themselves."""
