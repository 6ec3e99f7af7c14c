"""What the server says once: a call to be shown and spoken, a slip to be printed."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.answers import TicketTaken
from queue_protocol.ids import CounterNumber, Instant, Language, Revision, TicketId, TicketNumber, Token

CallKind = Literal["first", "recall", "last"]

Part = Annotated[str, Meta(max_length=64)] | Annotated[int, Meta(ge=0, le=10_000)]
"""A clip key, or silence in milliseconds."""


class CallAnnouncement(msgspec.Struct, frozen=True, kw_only=True, tag="call_announcement"):
    """A call. The display answers with `ReportCall` when it is shown and when it was spoken.

    Calls never coalesce: two calls in one moment are two announcements, in order of `call`.
    """

    call: Revision
    """Place in the journal: names the call, and orders it."""
    ticket: TicketId
    number: TicketNumber
    counter: CounterNumber
    kind: CallKind
    priority: bool
    called_at: Instant
    utterances: tuple[tuple[Part, ...], ...]
    """What to say, in order; all but the first may be dropped when others wait to be called."""


class PrintSlip(msgspec.Struct, frozen=True, kw_only=True, tag="print_slip"):
    """A slip for the kiosk that prints it. Answered by `ReportSlip`; offered again on the next hello if not."""

    slip: TicketTaken
    language: Language
    valid_on: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
    """Local day on which the slip is good."""
    address: Annotated[str, Meta(max_length=200)] | None
    """Address of the ticket's page for the QR code; `None` when the center has no public address."""
    copy_number: Annotated[int, Meta(ge=0, le=99)] = 0
    """0: the slip itself; from 1 on: so many reprints of it."""
    kind: Literal["ticket", "carried_over"] = "ticket"
    """`carried_over`: not for today's queue, but for a place in front on a later day."""
    reissued: bool = False
    """Whether it takes the place of a lost slip, which is good no more."""
    token: Token | None = None
    """Of the ticket: the kiosk keeps it with the slip, so that a server whose journal has lost the ticket can take it
    in again with the same page. `None`: a server that does not say it."""
