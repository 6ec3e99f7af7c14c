"""The whole of what a screen shows. Screens are functions of a snapshot.

A snapshot is complete and small, has a revision and holds instants, never durations. A client has one in flight: it
answers `Seen` and then gets the newest.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.announcements import CallAnnouncement, CallKind, PrintSlip
from queue_protocol.answers import Answer, Facts, WaitRange
from queue_protocol.commands import PauseReason
from queue_protocol.day_commands import EndReason
from queue_protocol.desk_tickets import AwayRow, CarriedRow, CurrentTicket, FinishedTicket, Note, QueueRow
from queue_protocol.ids import (
    AccountId,
    Count,
    CounterNumber,
    DeviceId,
    Dossiers,
    HallId,
    Instant,
    Language,
    Revision,
    ServiceId,
    TicketId,
    TicketNumber,
)
from queue_protocol.journal_end import JournalEnd

Words = dict[Language, str]
"""A name in each language the center offers; `vi` is always there."""

PartState = Literal["ready", "failed", "unknown"]

ClosedBecause = Literal["hours", "full", "quota", "ended", "numbers", "no_counter"]
"""Why a service gives no tickets: outside of hours; who waits takes until closing time; the session's quota is given;
staff ended the day; the numbers of the day are used up; no counter serves it today."""

ClockState = Literal["fine", "behind", "ahead"]
"""`behind`: the server's clock is before what the center has lived through; `ahead`: it jumped, and a manager has not
confirmed it. In both cases the hall's time goes on from the last good instant."""


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
    """Tickets that wait in the line of this service alone."""
    people_ahead: Count = 0
    """As `TicketTaken.people_ahead` of a ticket taken now: at a shared counter others are called first as well."""
    wait: WaitRange | None
    """For a ticket taken now; `None`: not enough is known to say."""
    counters: tuple[CounterNumber, ...]
    """Counters that serve it when they are open."""
    papers: Words = {}
    """What to bring along; may be empty."""
    open: bool
    """Whether a ticket can be taken; a closed service stays visible."""
    closed_because: ClosedBecause | None = None
    """`None` while open."""
    after_break: bool = False
    """The turn of a ticket taken now may come only after the coming break, as lunch."""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """A span of the day in which something is open."""

    opens_at: Instant
    closes_at: Instant


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk gives by itself while the server is out of reach: numbers of series that are its own.

    Good on the day of its menu alone.
    """

    device: DeviceId
    mark: Annotated[str, Meta(pattern=r"^[A-Z]\Z")]
    """Stands behind the prefix of a service: with mark K, A gives `AK01`, `AK02`…"""
    spent: dict[str, Count] = {}
    """The highest count that was handed in of each series, as `AK` to 7; 0 where one is missing."""


class Menu(msgspec.Struct, frozen=True, kw_only=True, tag="menu"):
    """The kiosk."""

    revision: Revision
    now: Instant
    day: date
    services: tuple[ServiceCard, ...]
    opens_at: Instant | None = None
    """When tickets are given again today; `None`: they are now, or no more today."""
    reopens_at: Instant | None = None
    """When tickets are given on the next day that the calendar opens; `None`: it has no hours, or no such day soon."""
    cancel_within_s: Count = 0
    """How long a ticket may be cancelled at the kiosk that issued it."""
    dossiers_per_turn: Dossiers | None = None
    """Who brings more goes to the end of the line with the rest; `None`: all in one turn."""
    issuing: tuple[Hours, ...] | None = None
    """When tickets are given today; `None`: always."""
    reserves: tuple[Reserve, ...] = ()
    """Of the kiosks that have one."""


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
    paused: bool = False
    ticket: TicketId | None = None
    """The same ticket by its id: what a call pad's next key comes after."""
    serving: bool = False
    """The person has come: a call pad's next key finishes the visit. Before that it starts it."""


class SlipsToCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Slips given in this span may be unknown to the server: their holders should show them to staff."""

    since: Instant
    until: Instant


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
    one_key: bool = True
    """Whether the key that marks a no-show calls the next person, too."""
    slips_to_check: SlipsToCheck | None = None
    """`None`: every slip of today is known."""


class SlipTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket whose holder may stand there without paper."""

    ticket: TicketId
    number: TicketNumber
    state: Literal["failed", "uncertain", "unknown", "accepted"]
    """`unknown`: the kiosk has not said how it ended. `accepted`: sent to a printer that never says whether it printed;
    no trouble by itself, listed last."""


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a box. Silence is `connected=False` and `unknown`, never fine."""

    device: DeviceId
    connected: bool
    seen: bool = True
    """It was here today, or since the server started; a box that was not has a key and never came."""
    printer: PartState | None
    """`None`: the box has none."""
    speaker: PartState | None
    """`None`: the box has none."""
    reason: str | None
    """Key of what is wrong; `None` when nothing is known to be."""
    slips_left: Count | None = None
    """What the roll is still good for, counted since it was put in; `None`: nobody has said when that was."""


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
    paused: PauseReason | None = None
    """`None`: it calls."""
    hall: HallId | None = None


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that staff should look at. `facts` fill the sentence `alarm_<kind>`."""

    kind: Literal[
        "hoarding",
        "outage",
        "left_yesterday",
        "journal_damaged",
        "journal_restored",
        "entries_missing",
        "paper_low",
        "unattended_line",
        "counter_idle",
        "call_forgotten",
        "call_unshown",
        "box_away",
        "box_never",
        "storage",
        "disk_low",
        "backup_old",
        "numbers_widen",
        "numbers_ending",
    ]
    at: Instant
    facts: Facts = {}


class Unserved(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is still to be served when the day ends."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    status: Literal["waiting", "called", "held"]
    issued_at: Instant


class Desk(msgspec.Struct, frozen=True, kw_only=True, tag="desk"):
    """A clerk's page."""

    revision: Revision
    now: Instant
    account: AccountId
    counter: CounterNumber | None
    """`None`: the page has not chosen one, or its person works at none: `line` is who waits for any counter."""
    counters: tuple[CounterState, ...]
    current: CurrentTicket | None
    line: tuple[QueueRow, ...]
    """The first fifty, in the order of calling."""
    waiting: Count
    """All that wait for this counter."""
    services: tuple[ServiceCard, ...]
    """Of the whole center: any of them can be issued here."""
    one_key: bool
    """Whether the key that marks a no-show calls the next person, too."""
    printers: tuple[DeviceId, ...]
    """Kiosks that are connected and print."""
    slips: tuple[SlipTrouble, ...]
    speaker: PartState
    serves: tuple[ServiceId, ...] = ()
    """What this counter serves today."""
    preferred: tuple[ServiceId, ...] = ()
    """Those of them that are called before the others."""
    paused: PauseReason | None = None
    away: tuple[AwayRow, ...] = ()
    """On hold or missed, the latest first; fifty at most."""
    dossiers_per_turn: Dossiers | None = None
    carried: tuple[CarriedRow, ...] = ()
    """Fifty at most."""
    ended: bool = False
    """Kiosks give no more tickets today."""
    unserved: tuple[Unserved, ...] = ()
    """Who is still to be served, once the day was ended; fifty at most."""
    alarms: tuple[Alarm, ...] = ()
    notes: dict[TicketId, tuple[Note, ...]] = {}
    """Of the tickets that this page shows, the oldest first."""
    finished: FinishedTicket | None = None
    """`None`: nothing can be taken back."""


class LineState(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a service as the manager sees it."""

    service: ServiceId
    names: Words
    prefix: str
    hue: Count
    waiting: Count
    """All of them, those too who were sent to one counter."""
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
    clock: ClockState
    sessions: tuple[Hours, ...] | None = None
    """When counters work today; `None`: always; empty: closed."""
    ended: bool = False
    """Kiosks give no more tickets today."""
    ended_because: EndReason | None = None
    """Why; `None` unless `ended`."""
    unserved: tuple[Unserved, ...] = ()
    """Who is still to be served; two hundred at most."""
    alarms: tuple[Alarm, ...] = ()
    """The latest first."""


Snapshot = Menu | Board | Desk | Office


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The hello is accepted; the first snapshot follows."""

    protocol: int
    center: Words
    languages: tuple[Language, ...]
    """What the center offers, the first is the one to start with."""
    utc_offset_s: int
    """Local time of the center = UTC + this, in seconds. When it changes, the server ends the session within a beat."""
    now: Instant
    device: DeviceId | None
    """The name the server knows the box by; `None` for people's pages."""
    unknown_slips: tuple[TicketId, ...] = ()
    """Slips of the hello that this server's journal may not have: each is to be told with `RecordPrinted`."""


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """A sign of life, every 5 s. 12 s of silence mean that what is on the screen is old."""

    now: Instant
    revision: Revision
    end: JournalEnd | None = None
    """Where the journal ends, to be kept and said in each hello; `None`: no day was opened yet."""


FromServer = Welcome | Answer | Snapshot | CallAnnouncement | PrintSlip | Beat
