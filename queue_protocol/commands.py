"""What a box may ask for, and how it introduces itself. Imperative, frozen, bounded.

A command is pure data; who asks is known from the connection, and when and under which id stands in the `Request`
around it. A desk command names what the clerk saw, so that a second press of the same key is refused
(`desk_moved_on`) and calls nobody.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.ids import (
    AgeMs,
    CommandId,
    CounterNumber,
    DeviceId,
    Key,
    Language,
    Revision,
    ServiceId,
    TicketId,
    Token,
)

Reason = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
"""Why something failed, as a key of the text files: `paper_out`, `unreachable`."""


class TakeTicket(msgspec.Struct, frozen=True, kw_only=True, tag="take_ticket"):
    """A person asks for a place in the line of a service. Answered by `TicketTaken`."""

    service: ServiceId
    token: Token
    """Made by the asking box; addresses the ticket's page."""
    priority: bool = False
    language: Language = "vi"
    """Spoken and printed language of this visit; kept in memory only, in no event."""
    print_at: DeviceId | None = None
    """The kiosk that prints the slip; `None` means no paper."""


class OpenCounter(msgspec.Struct, frozen=True, kw_only=True, tag="open_counter"):
    """The clerk starts to work at this counter. Repeating it is no error."""

    counter: CounterNumber


class CloseCounter(msgspec.Struct, frozen=True, kw_only=True, tag="close_counter"):
    """The clerk stops to work at this counter; refused while a ticket is there."""

    counter: CounterNumber


class CallNext(msgspec.Struct, frozen=True, kw_only=True, tag="call_next"):
    """Finish the current ticket and call the next one. Answered by `NextCalled`."""

    counter: CounterNumber
    after: TicketId | None
    """The ticket that the clerk saw as current; `None` means none."""


class RecallTicket(msgspec.Struct, frozen=True, kw_only=True, tag="recall_ticket"):
    """Call the ticket that was called and has not come once more."""

    ticket: TicketId


class StartService(msgspec.Struct, frozen=True, kw_only=True, tag="start_service"):
    """The person has come to the counter."""

    ticket: TicketId


class FinishService(msgspec.Struct, frozen=True, kw_only=True, tag="finish_service"):
    """The visit is done. On a ticket only called it counts as started at the call."""

    ticket: TicketId


class MarkNoShow(msgspec.Struct, frozen=True, kw_only=True, tag="mark_no_show"):
    """The person was called and did not come."""

    ticket: TicketId


class ReportSlip(msgspec.Struct, frozen=True, kw_only=True, tag="report_slip"):
    """How the paper of a ticket ended. Sent by the kiosk that printed it."""

    ticket: TicketId
    outcome: Literal["printed", "failed", "uncertain"]
    """`failed`: no dot reached the paper. `uncertain`: some bytes went out and nothing proves the rest."""
    reason: Reason | None = None
    """`None` when printed."""


class ReportCall(msgspec.Struct, frozen=True, kw_only=True, tag="report_call"):
    """A display has shown or spoken a call."""

    call: Revision
    outcome: Literal["shown", "spoken"]


class ReportDevice(msgspec.Struct, frozen=True, kw_only=True, tag="report_device"):
    """The state of a part of the box that says so."""

    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: Reason | None = None
    """`None` when ready."""


Command = (
    TakeTicket
    | OpenCounter
    | CloseCounter
    | CallNext
    | RecallTicket
    | StartService
    | FinishService
    | MarkNoShow
    | ReportSlip
    | ReportCall
    | ReportDevice
)


class Request(msgspec.Struct, frozen=True, kw_only=True, tag="request"):
    """A command on its way, sent again until it is answered."""

    command_id: CommandId
    age_ms: AgeMs
    command: Command


class KioskHello(msgspec.Struct, frozen=True, kw_only=True, tag="kiosk_hello"):
    """A kiosk introduces itself; it is sent the menu, and the slips it must print."""

    protocol: int
    device: DeviceId
    key: Key | None = None
    """`None` from a page, which is known by its cookie."""
    prints: bool = True
    """Whether slips of this device are printed by whoever says this hello: a page shows only."""
    started_slips: Annotated[tuple[TicketId, ...], Meta(max_length=1000)] = ()
    """Slips whose printing has begun or ended according to the kiosk's own disk."""


class DisplayHello(msgspec.Struct, frozen=True, kw_only=True, tag="display_hello"):
    """A display introduces itself; it is sent the board and the calls."""

    protocol: int
    device: DeviceId
    key: Key | None = None
    """`None` from a page, which names itself `page-…`: with a device cookie it is a display like others; without one it
    may look, and speak where no box can, but what it reports counts for nothing."""
    sound: bool = False
    """Whether it has a loudspeaker that works as far as it knows."""
    last_spoken: Revision | None = None
    """The last call it has said aloud; `None` after a start."""


class DeskHello(msgspec.Struct, frozen=True, kw_only=True, tag="desk_hello"):
    """A clerk's page introduces itself; the person is known by the session cookie."""

    protocol: int
    counter: CounterNumber | None = None
    """The counter the page is for; `None` shows the choice of counters."""


class OfficeHello(msgspec.Struct, frozen=True, kw_only=True, tag="office_hello"):
    """A manager's page introduces itself; the person is known by the session cookie."""

    protocol: int


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag="seen"):
    """The snapshot of this revision is on the screen: the next one may come."""

    revision: Revision


Hello = KioskHello | DisplayHello | DeskHello | OfficeHello
FromClient = Hello | Request | Seen
