"""What happened. Past tense, frozen, stored for ever; the tag carries the version of the shape.

An event names people by account id and tickets by id. The server's instant and the place in the journal stand in the
`Entry` around it; a fact that belongs to another moment carries its own instant.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from queue_protocol.answers import WaitRange
from queue_protocol.ids import AccountId, CommandId, DeviceId, Instant, ServiceId, TicketId, Token
from queue_server.core.catalogue import Catalogue


class OpenedCounter(msgspec.Struct, frozen=True, kw_only=True):
    """A counter that a clerk holds across midnight."""

    counter: int
    clerk: AccountId


class KnownPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a box last said of one of its parts, as it is known across midnight."""

    device: DeviceId
    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: str | None


class DayOpened(msgspec.Struct, frozen=True, kw_only=True, tag="day_opened.1"):
    """A day began. Carries all that crosses midnight, so that a day replays from here."""

    day: date
    catalogue: Catalogue
    counters: tuple[OpenedCounter, ...]
    parts: tuple[KnownPart, ...] = ()


class DayClosed(msgspec.Struct, frozen=True, kw_only=True, tag="day_closed.1"):
    """A day ended; what was still in the hall is listed and called no more."""

    day: date
    left: tuple[TicketId, ...]


class CatalogueChanged(msgspec.Struct, frozen=True, kw_only=True, tag="catalogue_changed.1"):
    """Services, counters or policy were set anew."""

    catalogue: Catalogue


class CounterOpened(msgspec.Struct, frozen=True, kw_only=True, tag="counter_opened.1"):
    """A clerk began to work at a counter."""

    counter: int
    clerk: AccountId


class CounterClosed(msgspec.Struct, frozen=True, kw_only=True, tag="counter_closed.1"):
    """A clerk stopped to work at a counter."""

    counter: int
    clerk: AccountId


class TicketIssued(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_issued.1"):
    """A person got a place in a line."""

    ticket: TicketId
    service: ServiceId
    priority: bool
    token: Token
    origin: Literal["kiosk", "desk"]
    print_at: DeviceId | None
    due_at: Instant
    """The moment it counts as having joined the queue."""
    people_ahead: int
    wait: WaitRange | None


class CallReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why this ticket and no other: the rule that chose it, and whom it passed."""

    rule: Literal["due_time", "head_start"]
    """`head_start`: priority put it before tickets issued earlier."""
    passed: tuple[TicketId, ...] = ()
    """The first ten tickets issued earlier that still wait for this counter."""


class TicketCalled(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_called.1"):
    """A ticket was called to a counter for the first time."""

    ticket: TicketId
    counter: int
    reason: CallReason


class TicketRecalled(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_recalled.1"):
    """A ticket was called once more."""

    ticket: TicketId
    counter: int
    kind: Literal["recall", "last"]


class ServiceStarted(msgspec.Struct, frozen=True, kw_only=True, tag="service_started.1"):
    """The person came to the counter."""

    ticket: TicketId
    counter: int
    started_at: Instant
    implied: bool
    """Nobody pressed "start": the call counts as the start."""


class ServiceFinished(msgspec.Struct, frozen=True, kw_only=True, tag="service_finished.1"):
    """The visit was done."""

    ticket: TicketId
    counter: int


class TicketMissed(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_missed.1"):
    """The person was called and did not come."""

    ticket: TicketId
    counter: int


class SlipPrinted(msgspec.Struct, frozen=True, kw_only=True, tag="slip_printed.1"):
    """The paper came out, as far as the printer can tell."""

    ticket: TicketId
    device: DeviceId


class SlipFailed(msgspec.Struct, frozen=True, kw_only=True, tag="slip_failed.1"):
    """No paper came out."""

    ticket: TicketId
    device: DeviceId
    reason: str


class SlipUncertain(msgspec.Struct, frozen=True, kw_only=True, tag="slip_uncertain.1"):
    """The paper may have come out, whole or in part."""

    ticket: TicketId
    device: DeviceId
    reason: str


class CallShown(msgspec.Struct, frozen=True, kw_only=True, tag="call_shown.1"):
    """A display showed a call."""

    call: int
    """Sequence of the call's event."""
    ticket: TicketId
    device: DeviceId


class CallSpoken(msgspec.Struct, frozen=True, kw_only=True, tag="call_spoken.1"):
    """The speaker said a call."""

    call: int
    """Sequence of the call's event."""
    ticket: TicketId
    device: DeviceId


class DeviceReported(msgspec.Struct, frozen=True, kw_only=True, tag="device_reported.1"):
    """A part of a box changed its state."""

    device: DeviceId
    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: str | None


TicketEvent = TicketIssued | TicketCalled | TicketRecalled | ServiceStarted | ServiceFinished | TicketMissed
SlipEvent = SlipPrinted | SlipFailed | SlipUncertain
CallEvent = CallShown | CallSpoken
CounterEvent = CounterOpened | CounterClosed
DayEvent = DayOpened | DayClosed | CatalogueChanged
Event = TicketEvent | SlipEvent | CallEvent | CounterEvent | DayEvent | DeviceReported

EVENTS: tuple[type[msgspec.Struct], ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its place in the journal."""

    sequence: int
    at: datetime
    """UTC, the server's clock."""
    day: date
    """The local day it belongs to."""
    actor: str
    """`account:lan`, `device:kiosk-1` or `system`."""
    command_id: CommandId | None
    """`None`: no command of a box caused it."""
    part: int
    """Which of its command's events this is, from 0."""
    event: Event
