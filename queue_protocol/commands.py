"""What a box may ask for. Imperative, frozen, bounded.

A command is pure data; who asks is known from the connection, and when and under which id stands in the `Request`
around it. A desk command names what the clerk saw, so that a second press of the same key is refused
(`desk_moved_on`) and calls nobody.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay, EndReason, ReplacePaper
from queue_protocol.ids import (
    AgeMs,
    CommandId,
    CounterNumber,
    DeviceId,
    Dossiers,
    Instant,
    Language,
    Reason,
    Revision,
    ServiceId,
    TicketId,
    TicketNumber,
    Token,
)

HoldReason = Literal["stepped_out", "fetching_papers", "waiting_for_result", "other"]
PauseReason = Literal["break", "meeting", "paperwork", "technical", "other"]
VoidReason = Literal["mistake", "double", "left", "other"]
Outcome = Literal["done", "more_papers", "other_place"]
"""How a visit ended: done, the person comes back with more papers, or was sent to another place."""
LongService = Literal["ask", "true", "forgotten"]
"""About a ticket open over three times its expected time: not asked yet, it did take so long, or nobody pressed
finish; a forgotten one is marked as estimated and left out of averages."""
Leaving = Literal["finished", "no_show", "held"]
"""What becomes of the ticket at a counter when another one is called: its visit is done, the person did not come, or is
away for a few minutes. A ticket that was only called is not `finished`: nobody has said that the person came."""
Services = Annotated[tuple[ServiceId, ...], Meta(max_length=40)]


# ---------------------------------------------------------------- a ticket before its call


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
    dossiers: Dossiers = 1
    appointment_at: Instant | None = None
    """The time the person was asked to come; `None`: without an appointment."""
    carried_over: Token | None = None
    """Of a slip that was carried over from an earlier day: good once."""


class CancelTicket(msgspec.Struct, frozen=True, kw_only=True, tag="cancel_ticket"):
    """The person chose by mistake; for a short time after issue, at the kiosk that issued the ticket."""

    ticket: TicketId


class WithdrawTake(msgspec.Struct, frozen=True, kw_only=True, tag="withdraw_take"):
    """The kiosk waits no longer for the answer to a `TakeTicket` with this token: nobody holds a ticket of it.

    A ticket that was given is cancelled; one that was not is refused for the rest of the day (`too_late`), should its
    request still arrive. Asked again, it has no further effect.
    """

    token: Token


class ChangeService(msgspec.Struct, frozen=True, kw_only=True, tag="change_service"):
    """The ticket waits for another service, with its number and its place in time."""

    ticket: TicketId
    service: ServiceId


class SetPriority(msgspec.Struct, frozen=True, kw_only=True, tag="set_priority"):
    """Staff grants or removes priority of a ticket that waits. No reason is kept."""

    ticket: TicketId
    priority: bool


class VoidTicket(msgspec.Struct, frozen=True, kw_only=True, tag="void_ticket"):
    """The ticket counts no more; its number stays in the ledger."""

    ticket: TicketId
    reason: VoidReason


class ReissueTicket(msgspec.Struct, frozen=True, kw_only=True, tag="reissue_ticket"):
    """The slip was lost: a new one with the same number and a new token; the old one is good no more."""

    ticket: TicketId
    token: Token
    print_at: DeviceId | None = None
    """The kiosk that prints it; `None` means no paper."""


class ReprintSlip(msgspec.Struct, frozen=True, kw_only=True, tag="reprint_slip"):
    """The same slip once more, marked as a reprint: the paper did not come out, or is not readable."""

    ticket: TicketId
    print_at: DeviceId


class CarryOver(msgspec.Struct, frozen=True, kw_only=True, tag="carry_over"):
    """The person cannot be served today: the slip with this token goes first on a later day, once."""

    ticket: TicketId
    token: Token
    reason: EndReason
    print_at: DeviceId | None = None
    """The kiosk that prints the slip; `None` means no paper."""


class RateVisit(msgspec.Struct, frozen=True, kw_only=True, tag="rate_visit"):
    """The holder of a slip says how the visit was, from 1 (bad) to 5 (very good); once."""

    token: Token
    rating: Annotated[int, Meta(ge=1, le=5)]


class RecordOffline(msgspec.Struct, frozen=True, kw_only=True, tag="record_offline"):
    """A kiosk hands in a ticket that it issued from its own series while the server was out of reach."""

    number: TicketNumber
    service: ServiceId
    token: Token
    issued_at: Instant
    """By the kiosk's clock, set by the server's when they last met."""
    priority: bool = False
    dossiers: Dossiers = 1
    language: Language = "vi"


class RecordPrinted(msgspec.Struct, frozen=True, kw_only=True, tag="record_printed"):
    """A kiosk tells of a slip that it printed and that the server's journal may have lost, as `Welcome` asks."""

    ticket: TicketId
    service: ServiceId
    token: Token
    issued_at: Instant
    priority: bool = False
    dossiers: Dossiers = 1
    language: Language = "vi"


# ---------------------------------------------------------------- a ticket and its counter


class CallNext(msgspec.Struct, frozen=True, kw_only=True, tag="call_next"):
    """End the current ticket and call the next one. Answered by `NextCalled`."""

    counter: CounterNumber
    after: TicketId | None
    """The ticket that the clerk saw as current; `None` means none."""
    current: Leaving = "finished"
    long_service: LongService = "ask"


class CallTicket(msgspec.Struct, frozen=True, kw_only=True, tag="call_ticket"):
    """End the current ticket and call this one, out of turn. Answered by `NextCalled`."""

    counter: CounterNumber
    after: TicketId | None
    """The ticket that the clerk saw as current; `None` means none."""
    ticket: TicketId
    current: Leaving = "finished"
    long_service: LongService = "ask"


class RecallTicket(msgspec.Struct, frozen=True, kw_only=True, tag="recall_ticket"):
    """Call the ticket that was called and has not come once more."""

    ticket: TicketId


class StartService(msgspec.Struct, frozen=True, kw_only=True, tag="start_service"):
    """The person has come to the counter."""

    ticket: TicketId


class FinishService(msgspec.Struct, frozen=True, kw_only=True, tag="finish_service"):
    """The visit is done. On a ticket only called it counts as started at the call."""

    ticket: TicketId
    outcome: Outcome = "done"
    also: Services = ()
    """Further services that were done in the same visit."""
    long_service: LongService = "ask"


class TakeBackFinish(msgspec.Struct, frozen=True, kw_only=True, tag="take_back_finish"):
    """The visit was not done: within a minute of its finish the ticket is served on at its counter.

    A ticket that was called there since, and has not come yet, goes back to its place; its call is withdrawn.
    """

    ticket: TicketId
    after: TicketId | None
    """The ticket that the clerk saw as current; `None` means none."""


class MarkNoShow(msgspec.Struct, frozen=True, kw_only=True, tag="mark_no_show"):
    """The person was called and did not come."""

    ticket: TicketId


class ReturnTicket(msgspec.Struct, frozen=True, kw_only=True, tag="return_ticket"):
    """The person who did not come is here: next but one when soon, at the end when late."""

    ticket: TicketId


class HoldTicket(msgspec.Struct, frozen=True, kw_only=True, tag="hold_ticket"):
    """The person is away for a few minutes and is not called until resumed."""

    ticket: TicketId
    reason: HoldReason


class ResumeTicket(msgspec.Struct, frozen=True, kw_only=True, tag="resume_ticket"):
    """The person who was on hold is back."""

    ticket: TicketId


class TransferTicket(msgspec.Struct, frozen=True, kw_only=True, tag="transfer_ticket"):
    """The visit goes on elsewhere with the same number: at another service, or at one counter."""

    ticket: TicketId
    service: ServiceId | None = None
    """`None`: the service stays as it is."""
    counter: CounterNumber | None = None
    """`None`: any counter that serves the service."""
    first: bool = False
    """Whether it is called before all others there; otherwise it keeps its place in time."""


class RequeueTicket(msgspec.Struct, frozen=True, kw_only=True, tag="requeue_ticket"):
    """The most dossiers of one turn are done: the rest waits at the end of the line with the same number."""

    ticket: TicketId
    dossiers_left: Dossiers


# ---------------------------------------------------------------- a counter


class OpenCounter(msgspec.Struct, frozen=True, kw_only=True, tag="open_counter"):
    """The clerk starts to work at this counter. Repeating it is no error."""

    counter: CounterNumber


class CloseCounter(msgspec.Struct, frozen=True, kw_only=True, tag="close_counter"):
    """The clerk stops to work at this counter; refused while a ticket is there."""

    counter: CounterNumber


class TakeOverCounter(msgspec.Struct, frozen=True, kw_only=True, tag="take_over_counter"):
    """The clerk goes on with a counter that another one has left, and with the ticket there."""

    counter: CounterNumber


class PauseCounter(msgspec.Struct, frozen=True, kw_only=True, tag="pause_counter"):
    """Nobody is called here until resumed; a ticket that is there stays."""

    counter: CounterNumber
    reason: PauseReason


class ResumeCounter(msgspec.Struct, frozen=True, kw_only=True, tag="resume_counter"):
    """The counter calls again."""

    counter: CounterNumber


class SetCounterServices(msgspec.Struct, frozen=True, kw_only=True, tag="set_counter_services"):
    """For the rest of the day this counter serves these services."""

    counter: CounterNumber
    services: Services
    """Empty: what the catalogue says."""
    preferred: Services = ()
    """Those of them that are called before the others, in this order."""


# ---------------------------------------------------------------- reports of boxes


SlipOutcome = Literal["printed", "accepted", "failed", "uncertain"]
"""`printed`: the printer proved that the whole slip is on paper. `accepted`: all of it went to a printer or a queue
that never proves anything. `failed`: no dot reached the paper. `uncertain`: some of it went out, and the printer showed
trouble or did not prove its end although it can."""


class ReportSlip(msgspec.Struct, frozen=True, kw_only=True, tag="report_slip"):
    """How the paper of a ticket ended. Sent by the kiosk that printed it."""

    ticket: TicketId
    outcome: SlipOutcome
    reason: Reason | None = None
    """`None` when printed or accepted."""
    length_mm: Annotated[int, Meta(ge=0, le=2000)] | None = None
    """Paper it took; `None`: none, or it is not known."""


class ReportCall(msgspec.Struct, frozen=True, kw_only=True, tag="report_call"):
    """A display has shown or spoken a call."""

    call: Revision
    outcome: Literal["shown", "spoken"]


class ReportDevice(msgspec.Struct, frozen=True, kw_only=True, tag="report_device"):
    """The state of a part of the box that says so."""

    part: Literal["printer", "speaker"]
    state: Literal["ready", "failed", "unknown"]
    reason: Reason | None = None
    """What is wrong; `None`: nothing is known to be. One that is ready may lack something, as some of its clips."""


TicketCommand = (
    TakeTicket
    | CancelTicket
    | WithdrawTake
    | ChangeService
    | SetPriority
    | VoidTicket
    | ReissueTicket
    | ReprintSlip
    | CarryOver
    | RateVisit
    | RecordOffline
    | RecordPrinted
)
CallCommand = (
    CallNext
    | CallTicket
    | RecallTicket
    | StartService
    | FinishService
    | TakeBackFinish
    | MarkNoShow
    | ReturnTicket
    | HoldTicket
    | ResumeTicket
    | TransferTicket
    | RequeueTicket
)
CounterCommand = OpenCounter | CloseCounter | TakeOverCounter | PauseCounter | ResumeCounter | SetCounterServices
DayCommand = ChangeToday | EndDay | ConfirmClock | ReplacePaper
ReportCommand = ReportSlip | ReportCall | ReportDevice
Command = TicketCommand | CallCommand | CounterCommand | DayCommand | ReportCommand


class Request(msgspec.Struct, frozen=True, kw_only=True, tag="request"):
    """A command on its way, sent again until it is answered."""

    command_id: CommandId
    age_ms: AgeMs
    command: Command
