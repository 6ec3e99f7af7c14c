"""What boxes told: how paper and calls ended, and how their parts are. The rules of `events` hold for these too."""

from typing import Literal

import msgspec

from queue_protocol.ids import DeviceId, TicketId, Token


class SlipPrinted(msgspec.Struct, frozen=True, kw_only=True, tag="slip_printed.1"):
    """The paper came out: the printer proved it. Before `SlipAccepted` existed, also one that never answers."""

    ticket: TicketId
    device: DeviceId
    length_mm: int | None = None


class SlipAccepted(msgspec.Struct, frozen=True, kw_only=True, tag="slip_accepted.1"):
    """All of the slip went to a printer that never answers, so nobody knows whether paper came out."""

    ticket: TicketId
    device: DeviceId
    length_mm: int | None = None


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
    length_mm: int | None = None


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


class PaperReplaced(msgspec.Struct, frozen=True, kw_only=True, tag="paper_replaced.1"):
    """A new roll was put into the printer of a kiosk."""

    device: DeviceId
    roll_mm: int


class DeviceReported(msgspec.Struct, frozen=True, kw_only=True, tag="device_reported.1"):
    """A part of a box changed its state."""

    device: DeviceId
    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: str | None


class KioskMarked(msgspec.Struct, frozen=True, kw_only=True, tag="kiosk_marked.1"):
    """A kiosk for which the catalogue has no mark got one, to give numbers while the server is out of reach."""

    device: DeviceId
    mark: str


class TakeWithdrawn(msgspec.Struct, frozen=True, kw_only=True, tag="take_withdrawn.1"):
    """A kiosk waited no longer for the answer to a request for a ticket, and the request had not arrived."""

    token: Token
