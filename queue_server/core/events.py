"""What happened. Past tense, frozen, stored for ever; the tag carries the version of the shape.

An event names people by account id and tickets by id. The server's instant and the place in the journal stand in the
`Entry` around it; a fact that belongs to another moment carries its own instant. A field may be added with a default
that says what held before it was there; every other change is a new version, which `storage.records` reads the old
ones as.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from queue_protocol.answers import WaitRange
from queue_protocol.commands import HoldReason, Outcome, PauseReason, VoidReason
from queue_protocol.day_commands import EndReason
from queue_protocol.ids import AccountId, CommandId, DeviceId, Instant, ServiceId, TicketId, Token
from queue_server.core.box_events import (
    CallShown,
    CallSpoken,
    DeviceReported,
    KioskMarked,
    PaperReplaced,
    SlipAccepted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
    TakeWithdrawn,
)
from queue_server.core.catalogue import Catalogue
from queue_server.core.clock_events import ClockConfirmed, ClockPutBack
from queue_server.core.facts import (
    CallReason,
    CarriedSlip,
    KioskMark,
    KnownPart,
    OpenedCounter,
    Origin,
    PaperRoll,
    Place,
    Session,
)
from queue_server.core.loss_events import EntriesMissing


class DayOpened(msgspec.Struct, frozen=True, kw_only=True, tag="day_opened.1"):
    """A day began. Carries all that crosses midnight, so that a day replays from here."""

    day: date
    catalogue: Catalogue
    counters: tuple[OpenedCounter, ...]
    parts: tuple[KnownPart, ...] = ()
    marks: tuple[KioskMark, ...] = ()
    sessions: tuple[Session, ...] | None = None
    """`None`: the catalogue has no hours, and the center is always open."""
    carried: tuple[CarriedSlip, ...] = ()
    paper: tuple[PaperRoll, ...] = ()
    left_yesterday: int = 0
    """People whom midnight found in the hall, on the last day on which the center was open."""
    numbers_ahead: dict[str, dict[str, int]] = {}
    """The last number of each series of later days that a wrong clock has begun already, by their dates."""
    missing: tuple[EntriesMissing, ...] = ()
    """What was told of numbers of this day or a later one before it was opened."""


class DayClosed(msgspec.Struct, frozen=True, kw_only=True, tag="day_closed.1"):
    """A day ended; what was still in the hall is listed and called no more."""

    day: date
    left: tuple[TicketId, ...]


class CatalogueChanged(msgspec.Struct, frozen=True, kw_only=True, tag="catalogue_changed.1"):
    """Services, counters, hours or policy were set anew."""

    catalogue: Catalogue


class TodayChanged(msgspec.Struct, frozen=True, kw_only=True, tag="today_changed.1"):
    """The sessions of the day are these: a manager opened or closed it, or the catalogue's hours changed."""

    sessions: tuple[Session, ...] | None


class DayEnded(msgspec.Struct, frozen=True, kw_only=True, tag="day_ended.1"):
    """Kiosks give no more numbers today; these tickets were still in the hall."""

    reason: EndReason
    unserved: tuple[TicketId, ...]


class OutageEnded(msgspec.Struct, frozen=True, kw_only=True, tag="outage_ended.1"):
    """The server was not there between these moments."""

    began_at: Instant
    """Its last sign of life."""
    ended_at: Instant


class HoardingSuspected(msgspec.Struct, frozen=True, kw_only=True, tag="hoarding_suspected.1"):
    """Many tickets of one service were taken at one kiosk in a short time; none was refused."""

    device: DeviceId
    service: ServiceId
    tickets: int
    within_s: int


class CounterOpened(msgspec.Struct, frozen=True, kw_only=True, tag="counter_opened.1"):
    """A clerk began to work at a counter."""

    counter: int
    clerk: AccountId


class CounterClosed(msgspec.Struct, frozen=True, kw_only=True, tag="counter_closed.1"):
    """A clerk stopped to work at a counter."""

    counter: int
    clerk: AccountId


class CounterTakenOver(msgspec.Struct, frozen=True, kw_only=True, tag="counter_taken_over.1"):
    """A clerk went on where another one had left; a ticket there stayed."""

    counter: int
    clerk: AccountId
    before: AccountId


class CounterPaused(msgspec.Struct, frozen=True, kw_only=True, tag="counter_paused.1"):
    """A counter stopped to call for a while."""

    counter: int
    reason: PauseReason


class CounterResumed(msgspec.Struct, frozen=True, kw_only=True, tag="counter_resumed.1"):
    """A counter calls again."""

    counter: int


class CounterServicesSet(msgspec.Struct, frozen=True, kw_only=True, tag="counter_services_set.1"):
    """A counter serves these services for the rest of the day."""

    counter: int
    services: tuple[ServiceId, ...]
    """Empty: what the catalogue says."""
    preferred: tuple[ServiceId, ...] = ()


class TicketIssued(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_issued.2"):
    """A person got a place in a line."""

    ticket: TicketId
    service: ServiceId
    priority: bool
    token: Token
    origin: Origin
    print_at: DeviceId | None
    place: Place
    people_ahead: int
    wait: WaitRange | None
    after_break: bool = False
    """The slip says that the turn may come after the coming break."""
    dossiers: int = 1
    issued_at: Instant | None = None
    """When a kiosk issued it while the server was out of reach; `None`: the server did, at the entry's instant."""
    carried_over: Token | None = None
    """Of the slip of an earlier day that it was taken with."""
    recovered: bool = False
    """The journal had lost it, and the kiosk that printed its slip has told of it again."""


class TicketCancelled(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_cancelled.1"):
    """The person had chosen by mistake, or had left without it when the kiosk waited no longer for the server."""

    ticket: TicketId


class TicketVoided(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_voided.1"):
    """Staff took a ticket out of the queue."""

    ticket: TicketId
    reason: VoidReason


class ServiceChanged(msgspec.Struct, frozen=True, kw_only=True, tag="service_changed.1"):
    """A waiting ticket waits for another service, or for its own again when the counter it was sent to has closed."""

    ticket: TicketId
    service: ServiceId
    place: Place


class PriorityChanged(msgspec.Struct, frozen=True, kw_only=True, tag="priority_changed.1"):
    """Staff granted or removed priority."""

    ticket: TicketId
    priority: bool
    place: Place


class TicketReissued(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_reissued.1"):
    """A lost slip was replaced; its token is good no more."""

    ticket: TicketId
    token: Token
    before: Token
    print_at: DeviceId | None


class SlipReprinted(msgspec.Struct, frozen=True, kw_only=True, tag="slip_reprinted.1"):
    """A person asked for the same slip once more."""

    ticket: TicketId
    print_at: DeviceId
    copy_number: int
    """1 for the first reprint."""


class TicketCarriedOver(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_carried_over.1"):
    """A person who could not be served got a slip that goes first on a later day."""

    ticket: TicketId
    service: ServiceId
    token: Token
    reason: EndReason
    print_at: DeviceId | None


class TicketCalled(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_called.1"):
    """A ticket was called to a counter, for the first time since it waits."""

    ticket: TicketId
    counter: int
    reason: CallReason
    clerk: AccountId | None = None
    """Who works there; `None`: the actor of the entry."""


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
    outcome: Outcome = "done"
    also: tuple[ServiceId, ...] = ()
    """Further services done in the visit."""
    estimated: bool = False
    """Nobody pressed "finish" in time: the end is not known, and averages leave it out."""
    counted_from: Instant | None = None
    """The latest call, where "start" was pressed long after it and just before "finish": the service counts from here,
    and its start is marked as estimated. `None`: it counts from its start."""


class FinishTakenBack(msgspec.Struct, frozen=True, kw_only=True, tag="finish_taken_back.1"):
    """The visit was not done after all, and goes on as if nobody had finished it."""

    ticket: TicketId
    counter: int
    started_at: Instant
    """When the service began that goes on, as it was pressed."""
    counted_from: Instant | None = None
    """The call that the finished service had been counted from; `None`: from its start."""


class CallWithdrawn(msgspec.Struct, frozen=True, kw_only=True, tag="call_withdrawn.1"):
    """A call was a mistake: the ticket waits as if it had not been called."""

    ticket: TicketId
    counter: int
    calls: int
    """How often it was called since it waited last."""
    first: bool
    """It had never been called before."""


class TicketMissed(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_missed.1"):
    """The person was called and did not come."""

    ticket: TicketId
    counter: int


class TicketReturned(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_returned.1"):
    """The person who did not come was there after all."""

    ticket: TicketId
    place: Place


class TicketHeld(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_held.1"):
    """The person went away for a few minutes."""

    ticket: TicketId
    reason: HoldReason
    counter: int | None
    """Where it was; `None`: it waited."""


class TicketResumed(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_resumed.1"):
    """The person came back and waits."""

    ticket: TicketId
    place: Place


class TicketTransferred(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_transferred.1"):
    """The visit goes on at another service or counter, with the same number."""

    ticket: TicketId
    counter: int
    """Where it was."""
    service: ServiceId
    place: Place
    dossiers: int | None = None
    """How many are left, when the most of one turn were done; `None`: as before."""
    estimated: bool = False
    """Its time at the counter is not known, and averages leave it out."""


class VisitRated(msgspec.Struct, frozen=True, kw_only=True, tag="visit_rated.1"):
    """The holder of the slip said how it was, from 1 to 5."""

    ticket: TicketId
    rating: int


TicketEvent = (
    TicketIssued
    | TicketCancelled
    | TicketVoided
    | ServiceChanged
    | PriorityChanged
    | TicketReissued
    | TicketCarriedOver
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | ServiceFinished
    | FinishTakenBack
    | CallWithdrawn
    | TicketMissed
    | TicketReturned
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | VisitRated
)
SlipEvent = SlipReprinted | SlipPrinted | SlipAccepted | SlipFailed | SlipUncertain
CallEvent = CallShown | CallSpoken
CounterEvent = CounterOpened | CounterClosed | CounterTakenOver | CounterPaused | CounterResumed | CounterServicesSet
DayEvent = DayOpened | DayClosed | CatalogueChanged | TodayChanged | DayEnded
ServerEvent = OutageEnded | ClockConfirmed | ClockPutBack | EntriesMissing
BoxEvent = DeviceReported | PaperReplaced | KioskMarked | TakeWithdrawn
Event = TicketEvent | SlipEvent | CallEvent | CounterEvent | DayEvent | ServerEvent | BoxEvent | HoardingSuspected

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
