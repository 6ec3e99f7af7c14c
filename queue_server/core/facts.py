"""What events are made of: places in the queue, sessions of a day, reasons. Stored for ever, as the events are."""

from typing import Literal

import msgspec

from queue_protocol.desk_tickets import CallRule
from queue_protocol.ids import AccountId, DeviceId, Instant, ServiceId, TicketId, Token

Line = ServiceId | int
"""What a ticket waits for: a service, or one counter by its number."""

Origin = Literal["kiosk", "desk", "web", "appointment"]
"""Where a ticket was taken."""

Rank = Literal[0, 1, 2]
"""Classes of the queue: put first by staff or carried over, priority under a strict rule, all others."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket stands in the queue."""

    line: Line
    session: int = 0
    """Sessions of the day that were over when it joined: who was left over at lunch is called first after it."""
    rank: Rank = 2
    due_at: Instant
    """The moment it counts as having joined the queue."""
    joined_at: Instant
    """The same without any head start: how long it has waited is counted from here."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the day in which the center is open, as a morning."""

    opens_at: Instant
    closes_at: Instant
    issue_from: Instant
    """From here on kiosks give numbers: the queue begins before the door."""
    issue_until: Instant


class CarriedSlip(msgspec.Struct, frozen=True, kw_only=True):
    """A slip from an earlier day that goes first once."""

    token: Token
    ticket: TicketId
    service: ServiceId


class PaperRoll(msgspec.Struct, frozen=True, kw_only=True):
    """The paper in a kiosk's printer: what was put in, and what has come out since."""

    device: DeviceId
    roll_mm: int
    used_mm: int = 0
    slip_mm: int = 0
    """Length of the latest slip; 0: none was printed from this roll."""


class OpenedCounter(msgspec.Struct, frozen=True, kw_only=True):
    """A counter that a clerk holds across midnight."""

    counter: int
    clerk: AccountId


class KioskMark(msgspec.Struct, frozen=True, kw_only=True):
    """The letter that the server gave a kiosk for numbers of its own."""

    device: DeviceId
    mark: str


class KnownPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a box last said of one of its parts, as it is known across midnight."""

    device: DeviceId
    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: str | None


class CallReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why this ticket and no other: the rule that chose it, and whom it passed."""

    rule: CallRule
    passed: tuple[TicketId, ...] = ()
    """The first ten tickets issued earlier that still wait for this counter."""
