"""Tickets as a desk shows them: in the line, away, at the counter, carried over; and the notes on them."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.commands import HoldReason
from queue_protocol.ids import AccountId, Count, Dossiers, Instant, RemarkId, ServiceId, TicketId, TicketNumber, Token

CallRule = Literal[
    "due_time",
    "head_start",
    "strict",
    "put_first",
    "appointment",
    "preference",
    "interleave",
    "no_overtake",
    "chosen",
]
"""Why a ticket was called before others: in order of time; priority; strict priority; put first by staff; appointment;
the counter prefers its service; a turn of normal tickets after priority ones; it waited too long to be overtaken; the
clerk's choice. Each has a sentence `reason_<rule>` in every text file."""


class FinishedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that was finished at a counter just now, and may be taken back."""

    ticket: TicketId
    number: TicketNumber
    until: Instant
    """From then on it cannot be taken back."""


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting ticket, in the order in which this counter would call."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    issued_at: Instant
    dossiers: Dossiers = 1
    shares_number: bool = False
    """An accident has given this number twice: staff compare the time on the slip with `issued_at`."""
    recovered: bool = False
    """The journal had lost it, and the kiosk that printed it has told of it again: it may have been served before."""


class AwayRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that is not called although its holder may come back: on hold, or called without anybody coming."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    since: Instant
    reason: HoldReason | None
    """`None`: called and did not come."""
    may_return: bool
    """Whether it may wait again."""


class CarriedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A slip of an earlier day that goes first today, and was not used yet."""

    token: Token
    number: TicketNumber
    day: date
    service: ServiceId


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What staff wrote on a ticket, for each other. It stands beside the journal and can be erased."""

    note: RemarkId
    text: str
    author: AccountId
    at: Instant


class CurrentTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The ticket at a counter."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    status: Literal["called", "serving"]
    issued_at: Instant
    called_at: Instant
    """The first call."""
    started_at: Instant | None
    """`None`: the person has not come yet."""
    calls: Annotated[int, Meta(ge=1)]
    calls_left: Count = 0
    """Calls that are still to be made before it may be marked as a no-show."""
    recall_from: Instant
    """Before this moment a recall is refused."""
    shown: bool
    """A display has shown the latest call."""
    spoken: bool
    """The speaker has said the latest call."""
    rule: CallRule = "due_time"
    """Why it was called, and no other."""
    passed: tuple[TicketNumber, ...] = ()
    """The first ten issued earlier that were waiting for this counter when it was called."""
    dossiers: Dossiers = 1
    long_from: Instant
    """From this moment on it is asked whether the service really takes so long."""
    shares_number: bool = False
    """An accident has given this number twice: staff compare the time on the slip with `issued_at`."""
    recovered: bool = False
    """The journal had lost it, and the kiosk that printed it has told of it again: it may have been served before."""
