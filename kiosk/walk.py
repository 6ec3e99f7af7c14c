"""Owns what the kiosk's screen depends on: one frozen `Walk`, and the questions that words and rules ask of it.

Pure. How one walk follows another is in `flow`. Times are seconds of one monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.closing import Closure, closure_alone, closure_of_hall, closure_of_service
from kiosk.pages import Asking, Choosing, Confirming, Holding, Page, Paper, Passing, Welcoming
from kiosk.reserve import Reserve, is_good
from queue_protocol.answers import Refused
from queue_protocol.ids import Language, ServiceId, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Menu, PartState, ServiceCard

TICKET_S = 12.0
"""With the slip in sight: read a number aloud, look down, take the slip. Old eyes need longer than eight seconds."""

UNPROVEN_S = 30.0
"""Without proof of paper the number must be learned or written down."""

IDLE_S = 60.0
"""Reading eleven services takes a slow reader half a minute; twice that without a touch means that nobody is there."""

WARNING_S = 20.0
"""So long before an untouched page leaves it asks whether somebody is still there."""

LEAVING_S = 10.0
"""So long before a number without proof of paper leaves the screen it says so."""

SLOW_S = 5.0
"""A server that commits on an old disk answers in well under a second; after this the person is told what to do."""

STARTING_S = 5.0
"""A server that is there is found sooner; before this the screen does not say that it is not."""

CANCEL_LEAST_S = 3
"""A wish to cancel is not offered with less time left than it takes to say it twice."""

Point = tuple[float, float]


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
    reserve: Reserve | None = None
    """What this kiosk may give by itself; `None`: nothing is known yet."""
    utc_offset_s: int = 0
    heard: tuple[datetime, float] | None = None
    """The server's time and ours in the same moment; `None` before the first word from it."""
    printer: PartState = "unknown"
    touched_s: float = 0.0
    touches: tuple[float, ...] = ()
    """When the screen was touched lately, the last touch at the end: three at most."""
    finger: Point | None = None
    """Where the last touch was, in units of `screens.look`; `None`: not known."""
    opened_at: Point | None = None
    """Where the touch was that brought this page up."""
    repeat_until_s: float = 0.0
    """Before this, a touch at `opened_at` is one more of the same impatient finger."""
    repeated: bool = False
    """Whether the last touch was one."""
    deaf_until_s: float = 0.0
    """Before this, taps on the page are not meant for it."""
    language_deaf_until_s: float = 0.0
    """Before this, taps on the languages were meant for the one chosen last; they are on every page alike."""
    requests: int = 0
    ends: tuple[tuple[TicketId, Paper], ...] = ()
    device: str = ""
    """What this kiosk is called, for staff."""
    server: str = ""
    """The address of the server as this kiosk was told it, for staff."""
    began_s: float = 0.0


def remaining(walk: Walk, now_s: float) -> float | None:
    """Return how much of the page's time is left, from 1 to 0; `None` where the page does not go home by itself."""
    page = walk.page
    if not isinstance(page, Passing) or (isinstance(page, Holding) and page.paper.state == "printing"):
        return None
    return min(1.0, max(0.0, (page.until_s - now_s) / (page.until_s - page.since_s)))


def may_cancel(walk: Walk, now_s: float) -> bool:
    """Say whether the ticket on the screen can still be taken back here: as long as the center allows."""
    page, now = walk.page, hall_time(walk, now_s)
    if not isinstance(page, Holding) or walk.menu is None or now is None or walk.link != "live":
        return False
    left_s = (page.ticket.issued_at - now).total_seconds() + walk.menu.cancel_within_s
    return left_s >= CANCEL_LEAST_S


def is_leaving(walk: Walk, now_s: float) -> bool:
    """Say whether the page will soon go home, and somebody who still reads it should be asked."""
    match walk.page:
        case Choosing() | Confirming():
            return now_s >= walk.touched_s + IDLE_S - WARNING_S
        case Holding(paper=paper, until_s=until_s):
            return paper.state not in {"printing", "printed"} and now_s >= until_s - LEAVING_S
    return False


def is_slow(walk: Walk, now_s: float) -> bool:
    """Say whether the person waits for the server longer than anybody should without a word."""
    return isinstance(walk.page, Asking) and now_s >= walk.page.since_s + SLOW_S


def hall_time(walk: Walk, now_s: float) -> datetime | None:
    """Return the server's time by our clock; `None` before the first word from it."""
    if walk.heard is None:
        return None
    server_now, heard_s = walk.heard
    return server_now + timedelta(seconds=now_s - heard_s)


def gives_alone(walk: Walk, now_s: float) -> bool:
    """Say whether this kiosk goes on by itself: it has a reserve for this day, and the server does not answer.

    A server that hangs still counts as linked; then a request that was given up waits for its withdrawal.
    """
    now = hall_time(walk, now_s)
    if now is None or walk.reserve is None or not is_good(walk.reserve, now):
        return False
    return walk.link == "connecting" or (walk.link == "live" and bool(walk.reserve.withdrawn))


def is_off_duty(walk: Walk, now_s: float) -> bool:
    """Say whether this kiosk can give no number: the server is not there or does not want it, and it has no reserve."""
    return walk.link != "live" and not gives_alone(walk, now_s)


def is_starting(walk: Walk, now_s: float) -> bool:
    """Say whether it is too early to know that the server is not there."""
    return walk.link == "connecting" and walk.menu is None and now_s < walk.began_s + STARTING_S


def closure_of(walk: Walk, menu: Menu, card: ServiceCard, now_s: float) -> Closure | None:
    """Return why this service of the menu gives no tickets at this moment; `None`: it gives them."""
    closed_by = closure_alone if gives_alone(walk, now_s) else closure_of_service
    return closed_by(menu, card, hall_now(walk, menu, now_s))


def closure_of_all(walk: Walk, menu: Menu, now_s: float) -> Closure | None:
    """Return why the whole hall gives no tickets; `None`: at least one service may."""
    if not gives_alone(walk, now_s):
        return closure_of_hall(menu, hall_now(walk, menu, now_s))
    closures = [closure_of(walk, menu, card, now_s) for card in menu.services]
    same = len(set(closures)) == 1 and menu.issuing is not None
    return closures[0] if same and closures[0] is not None and closures[0].kind in {"hours", "today"} else None


def hall_now(walk: Walk, menu: Menu, now_s: float) -> datetime:
    """Return the server's time by our clock, or that of the menu before any other word from it."""
    return hall_time(walk, now_s) or menu.now


def card_of(walk: Walk, service: ServiceId) -> ServiceCard | None:
    """Return the service as the menu has it; `None` when the menu has none, or there is no menu."""
    services = walk.menu.services if walk.menu else ()
    return next((card for card in services if card.service == service), None)


def asks_dossiers(walk: Walk) -> bool:
    """Say whether the center wants to know how many dossiers a person brings."""
    return walk.menu is not None and walk.menu.dossiers_per_turn is not None
