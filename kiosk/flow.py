"""Owns what the kiosk's screen does: which page is up, what a tap means, and when the page goes home by itself.

Pure. The whole screen is one frozen `Walk`; each thing that happens is one function from a walk to the next. Only
`service_tapped` wants something from outside, an `Ask`. Times are seconds of one monotonic clock.

    Welcoming ──touch──► Choosing ──tap──► Asking ──ticket──► Holding ──8 or 15 s, home──► Choosing
        ▲                   │   └─closed, no server─► Sorry ◄─refused, 30 s─┘
        └────── 60 s ───────┘                           └──15 s, home──► Choosing
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from queue_protocol.answers import Refused, Result, TicketTaken
from queue_protocol.ids import Language, ServiceId, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Menu, PartState, ServiceCard, Welcome

DEAD_TIME_S = 0.6
"""Taps this soon after the page or the language changed belong to what was there before: a trembling or impatient
finger comes back within half a second, and nobody reads a page faster."""

TICKET_S = 8.0
"""Read a number aloud, look down, take the slip: the next person in the line should not wait longer than that."""

TROUBLE_S = 15.0
"""Without paper the number must be learned or written down. Also how long paper may take before that is trouble."""

IDLE_S = 60.0
"""Reading eleven services takes a slow reader half a minute; twice that without a touch means that nobody is there."""

SLOW_S = 10.0
"""A server that commits on an old disk answers in well under a second; after this the person is told what to do."""

GIVE_UP_S = 30.0
"""The server takes no ticket request older than this, so a later answer can only be about one already issued."""

REMEMBERED_ENDS = 8
"""A slip may end before its ticket is on the screen; more than a few are never in the air at once."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of the paper of a ticket. `reason` is a key as in `ReportSlip`, `None` unless there is trouble."""

    state: Literal["printing", "printed", "failed", "uncertain"] = "printing"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Welcoming:
    """Nobody is there: the screen greets and waits for a touch."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """The services."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A ticket was asked for and the answer is not here."""

    request: int
    since_s: float


@dataclass(frozen=True, slots=True)
class Holding:
    """The number of a ticket that exists, and what became of its paper."""

    ticket: TicketTaken
    paper: Paper
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Sorry:
    """No ticket, and why: `refusal`, or `None` when the server is out of reach. `asked`: a request is on its way."""

    refusal: Refused | None
    since_s: float
    until_s: float
    asked: bool = False


Page = Welcoming | Choosing | Asking | Holding | Sorry


@dataclass(frozen=True, slots=True)
class Ask:
    """A ticket of this service is wanted from the server. The answer goes to `answered` with this `request`."""

    request: int
    service: ServiceId
    language: Language


@dataclass(frozen=True, slots=True)
class Walk:
    """All that the kiosk's screen depends on."""

    language: Language
    home_language: Language
    """What the screen goes back to for the next person."""
    languages: tuple[Language, ...]
    """What a person can choose from."""
    page: Page = field(default_factory=Welcoming)
    link: Link = "connecting"
    refusal: Refused | None = None
    """Why the server turned this box away; `None` once it has let it in, or never did."""
    center: Mapping[Language, str] = field(default_factory=dict)
    menu: Menu | None = None
    utc_offset_s: int = 0
    heard: tuple[datetime, float] | None = None
    """The server's time and ours in the same moment; `None` before the first word from it."""
    printer: PartState = "unknown"
    touched_s: float = 0.0
    deaf_until_s: float = 0.0
    """Before this, taps on the page are not meant for it."""
    language_deaf_until_s: float = 0.0
    """Before this, taps on the languages were meant for the one chosen last; they are on every page alike."""
    requests: int = 0
    late: tuple[TicketTaken, ...] = ()
    """Tickets whose answer came while another person's page was up; shown next."""
    ends: tuple[tuple[TicketId, Paper], ...] = ()


def welcomed(walk: Walk, welcome: Welcome, languages: tuple[Language, ...], now_s: float) -> Walk:
    """Take over what the center is called and speaks. `languages` are those this kiosk has texts for.

    The screen starts in its own `home_language` where the center offers it, else in the center's first.
    """
    offered = tuple(language for language in welcome.languages if language in languages) or walk.languages
    home = walk.home_language if walk.home_language in offered else offered[0]
    return replace(
        time_heard(walk, welcome.now, now_s),
        center=dict(welcome.center),
        utc_offset_s=welcome.utc_offset_s,
        languages=offered,
        home_language=home,
        language=walk.language if walk.language in offered else home,
    )


def menu_arrived(walk: Walk, menu: Menu) -> Walk:
    """Show this menu from now on."""
    return replace(walk, menu=menu)


def time_heard(walk: Walk, server_now: datetime, now_s: float) -> Walk:
    """Set the screen's clock by the server's: the hall has one time."""
    return replace(walk, heard=(server_now, now_s))


def link_changed(walk: Walk, link: Link) -> Walk:
    """Note whether the server can be reached; once it lets this box in, an earlier refusal is over."""
    return replace(walk, link=link, refusal=None if link == "live" else walk.refusal)


def turned_away(walk: Walk, refusal: Refused) -> Walk:
    """Note why the server does not want this box."""
    return replace(walk, link="refused", refusal=refusal)


def printer_changed(walk: Walk, printer: PartState) -> Walk:
    """Note whether slips can be expected."""
    return replace(walk, printer=printer)


def touched(walk: Walk, now_s: float) -> Walk:
    """Note a finger anywhere on the screen. It wakes the services and keeps them up; what it hits comes separately."""
    awake = replace(walk, touched_s=now_s)
    return _turn(awake, Choosing(), now_s) if isinstance(walk.page, Welcoming) else awake


def service_tapped(walk: Walk, service: ServiceId, now_s: float) -> tuple[Walk, Ask | None]:
    """Ask for a ticket, unless one is being asked for, the service is closed or the server is out of reach."""
    if not isinstance(walk.page, Choosing) or now_s < walk.deaf_until_s:
        return walk, None
    card = card_of(walk, service)
    if walk.link != "live" or card is None:
        return _sorry(walk, None, now_s), None
    if not card.open:
        return _sorry(walk, Refused(code="service_closed"), now_s), None
    request = walk.requests + 1
    asking = _turn(replace(walk, requests=request), Asking(request=request, since_s=now_s), now_s)
    return asking, Ask(request=request, service=service, language=walk.language)


def answered(walk: Walk, request: int, result: Result, now_s: float) -> Walk:
    """Take the server's answer, however late. A ticket that exists is shown; a late refusal concerns nobody."""
    awaited = isinstance(walk.page, Asking) and walk.page.request == request
    if isinstance(result, TicketTaken):
        busy = isinstance(walk.page, Asking | Holding) and not awaited
        return replace(walk, late=(*walk.late, result)) if busy else _hold(walk, result, now_s)
    if not awaited:
        return walk
    return _sorry(walk, result if isinstance(result, Refused) else Refused(code="internal"), now_s)


def slip_ended(walk: Walk, ticket: TicketId, paper: Paper, now_s: float) -> Walk:
    """Note what became of the paper of a ticket, on the screen or not."""
    walk = replace(walk, ends=(*walk.ends, (ticket, paper))[-REMEMBERED_ENDS:])
    page = walk.page
    if not isinstance(page, Holding) or page.ticket.ticket != ticket:
        return walk
    return replace(walk, page=_papered(page.ticket, paper, now_s))


def language_tapped(walk: Walk, language: Language, now_s: float) -> Walk:
    """Speak this language until the screen goes home."""
    if language not in walk.languages or now_s < walk.language_deaf_until_s:
        return walk
    return replace(walk, language=language, language_deaf_until_s=now_s + DEAD_TIME_S)


def home_tapped(walk: Walk, now_s: float) -> Walk:
    """Leave the ticket or the apology; a request on its way is not left."""
    leaves = isinstance(walk.page, Holding | Sorry) and now_s >= walk.deaf_until_s
    return _go_home(walk, now_s) if leaves else walk


def tick(walk: Walk, now_s: float) -> Walk:
    """Let time pass; call it several times a second."""
    match walk.page:
        case Choosing() if now_s >= walk.touched_s + IDLE_S:
            return _turn(replace(walk, language=walk.home_language), Welcoming(), now_s)
        case Asking(since_s=since_s) if now_s >= since_s + GIVE_UP_S:
            return _sorry(walk, None, now_s)
        case Holding(ticket=ticket, paper=Paper(state="printing"), until_s=until_s) if now_s >= until_s:
            return replace(walk, page=_papered(ticket, Paper("uncertain", "no_report"), now_s))
        case Holding(until_s=until_s) | Sorry(until_s=until_s) if now_s >= until_s:
            return _go_home(walk, now_s)
    return walk


def remaining(walk: Walk, now_s: float) -> float | None:
    """Return how much of the page's time is left, from 1 to 0; `None` where the page does not go home by itself."""
    match walk.page:
        case Holding(paper=Paper(state="printing")):
            return None
        case Holding(since_s=since_s, until_s=until_s) | Sorry(since_s=since_s, until_s=until_s):
            return min(1.0, max(0.0, (until_s - now_s) / (until_s - since_s)))
    return None


def is_slow(walk: Walk, now_s: float) -> bool:
    """Say whether the person waits for the server longer than anybody should without a word."""
    return isinstance(walk.page, Asking) and now_s >= walk.page.since_s + SLOW_S


def hall_time(walk: Walk, now_s: float) -> datetime | None:
    """Return the server's time by our clock; `None` before the first word from it."""
    if walk.heard is None:
        return None
    server_now, heard_s = walk.heard
    return server_now + timedelta(seconds=now_s - heard_s)


def card_of(walk: Walk, service: ServiceId) -> ServiceCard | None:
    """Return the service as the menu has it; `None` when the menu has none, or there is no menu."""
    services = walk.menu.services if walk.menu else ()
    return next((card for card in services if card.service == service), None)


def _go_home(walk: Walk, now_s: float) -> Walk:
    if walk.late:
        first, *others = walk.late
        return _hold(replace(walk, late=tuple(others)), first, now_s)
    return _turn(replace(walk, language=walk.home_language, touched_s=now_s), Choosing(), now_s)


def _hold(walk: Walk, ticket: TicketTaken, now_s: float) -> Walk:
    unprinted = Paper() if ticket.print_at else Paper("failed", "no_printer")
    paper = dict(walk.ends).get(ticket.ticket, unprinted)
    return _turn(walk, _papered(ticket, paper, now_s), now_s)


def _papered(ticket: TicketTaken, paper: Paper, now_s: float) -> Holding:
    stays_s = TICKET_S if paper.state == "printed" else TROUBLE_S
    return Holding(ticket=ticket, paper=paper, since_s=now_s, until_s=now_s + stays_s)


def _sorry(walk: Walk, refusal: Refused | None, now_s: float) -> Walk:
    asked = refusal is None and isinstance(walk.page, Asking)
    return _turn(walk, Sorry(refusal=refusal, since_s=now_s, until_s=now_s + TROUBLE_S, asked=asked), now_s)


def _turn(walk: Walk, page: Page, now_s: float) -> Walk:
    return replace(walk, page=page, deaf_until_s=now_s + DEAD_TIME_S)
