"""The whole of what a screen shows. Screens are functions of a snapshot.

A snapshot is complete and small, has a revision and holds instants, never durations. A client has one in flight: it
answers `Seen` and then gets the newest.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.announcements import CallAnnouncement, CallKind, PrintSlip
from queue_protocol.answers import Answer, WaitRange
from queue_protocol.ids import (
    AccountId,
    CounterNumber,
    DeviceId,
    Instant,
    Language,
    Revision,
    ServiceId,
    TicketId,
    TicketNumber,
)

Words = dict[Language, str]
"""A name in each language the center offers; `vi` is always there."""

Count = Annotated[int, Meta(ge=0)]
PartState = Literal["ready", "failed", "unknown"]


class ServiceCard(msgspec.Struct, frozen=True, kw_only=True):
    """A service as the citizen chooses it."""

    service: ServiceId
    prefix: str
    names: Words
    hints: Words
    """Everyday words for it; may be empty."""
    icon: str
    hue: Count
    """Place in the order of hues of `assets/look.toml`."""
    waiting: Count
    wait: WaitRange | None
    """For a ticket taken now; `None`: not enough is known to say."""
    counters: tuple[CounterNumber, ...]
    """Counters that serve it when they are open."""
    open: bool
    """Whether a ticket can be taken; a closed service stays visible."""


class Menu(msgspec.Struct, frozen=True, kw_only=True, tag="menu"):
    """The kiosk."""

    revision: Revision
    now: Instant
    day: date
    services: tuple[ServiceCard, ...]


class BoardCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as the hall sees it."""

    call: Revision
    number: TicketNumber
    counter: CounterNumber
    kind: CallKind
    priority: bool
    called_at: Instant


class BoardCounter(msgspec.Struct, frozen=True, kw_only=True):
    """A counter as the hall sees it."""

    counter: CounterNumber
    open: bool
    number: TicketNumber | None
    """The ticket there; `None`: nobody."""
    services: tuple[ServiceId, ...]


class Board(msgspec.Struct, frozen=True, kw_only=True, tag="board"):
    """The display."""

    revision: Revision
    now: Instant
    calls: tuple[BoardCall, ...]
    """The newest first, five at most, one per ticket."""
    counters: tuple[BoardCounter, ...]
    missed: tuple[TicketNumber, ...]
    """Called and did not come, the newest first, twelve at most."""
    speaker: DeviceId | None
    """The one display that speaks; `None`: no loudspeaker is known to work."""


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting ticket, in the order in which this counter would call."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    issued_at: Instant


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
    recall_from: Instant
    """Before this moment a recall is refused."""
    shown: bool
    """A display has shown the latest call."""
    spoken: bool
    """The speaker has said the latest call."""


class SlipTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket whose holder may stand there without paper."""

    ticket: TicketId
    number: TicketNumber
    state: Literal["failed", "uncertain", "unknown"]
    """`unknown`: the kiosk has not said how it ended."""


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a box. Silence is `connected=False` and `unknown`, never fine."""

    device: DeviceId
    connected: bool
    printer: PartState | None
    """`None`: the box has none."""
    speaker: PartState | None
    """`None`: the box has none."""
    reason: str | None
    """Key of what is wrong; `None` when nothing is known to be."""


class CounterState(msgspec.Struct, frozen=True, kw_only=True):
    """A counter as staff see it."""

    counter: CounterNumber
    services: tuple[ServiceId, ...]
    clerk: AccountId | None
    """`None`: closed."""
    number: TicketNumber | None
    status: Literal["called", "serving"] | None
    since: Instant | None
    """When the present status began; `None` where `status` is."""


class Desk(msgspec.Struct, frozen=True, kw_only=True, tag="desk"):
    """A clerk's page."""

    revision: Revision
    now: Instant
    account: AccountId
    counter: CounterNumber | None
    """`None`: the page has not chosen one; only `counters` matters then."""
    counters: tuple[CounterState, ...]
    current: CurrentTicket | None
    line: tuple[QueueRow, ...]
    """The first fifty, in the order of calling."""
    waiting: Count
    """All that wait for this counter."""
    services: tuple[ServiceCard, ...]
    """Of the whole center: any of them can be issued here."""
    one_key: bool
    """Whether "next" may finish a ticket that is only called."""
    printers: tuple[DeviceId, ...]
    """Kiosks that are connected and print."""
    slips: tuple[SlipTrouble, ...]
    speaker: PartState


class LineState(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a service as the manager sees it."""

    service: ServiceId
    names: Words
    prefix: str
    hue: Count
    waiting: Count
    longest_since: Instant | None
    """Issue of the ticket that waits longest; `None`: nobody waits."""
    expected_minutes: Annotated[int, Meta(ge=1)]


class Office(msgspec.Struct, frozen=True, kw_only=True, tag="office"):
    """The first screen of the manager, who asks: is the hall all right now."""

    revision: Revision
    now: Instant
    day: date
    lines: tuple[LineState, ...]
    counters: tuple[CounterState, ...]
    devices: tuple[DeviceState, ...]
    slips: tuple[SlipTrouble, ...]
    clock_suspect: bool
    """The server's clock is behind what the center has lived through; times of the day may be wrong."""


Snapshot = Menu | Board | Desk | Office


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The hello is accepted; the first snapshot follows."""

    protocol: int
    center: Words
    languages: tuple[Language, ...]
    """What the center offers, the first is the one to start with."""
    utc_offset_s: int
    """Local time of the center = UTC + this, in seconds."""
    now: Instant
    device: DeviceId | None
    """The name the server knows the box by; `None` for people's pages."""


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """A sign of life, every 5 s. 12 s of silence mean that what is on the screen is old."""

    now: Instant
    revision: Revision


FromServer = Welcome | Answer | Snapshot | CallAnnouncement | PrintSlip | Beat
