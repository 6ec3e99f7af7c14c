"""Owns what the kiosk's screen depends on: one frozen `Walk`, and the questions that words and rules ask of it.

Pure. How one walk follows another is in `flow`. Times are seconds of one monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.closing import Closure, closure_alone, closure_of_hall, closure_of_service
from kiosk.pages import Asking, Holding, Page, Paper, Passing, Welcoming
from kiosk.reserve import Reserve, is_good
from queue_protocol.answers import Refused, TicketTaken
from queue_protocol.ids import Language, ServiceId, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Menu, PartState, ServiceCard

TICKET_S = 8.0
"""Read a number aloud, look down, take the slip: the next person in the line should not wait longer than that."""

SLOW_S = 10.0
"""A server that commits on an old disk answers in well under a second; after this the person is told what to do."""


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
    deaf_until_s: float = 0.0
    """Before this, taps on the page are not meant for it."""
    language_deaf_until_s: float = 0.0
    """Before this, taps on the languages were meant for the one chosen last; they are on every page alike."""
    requests: int = 0
    late: tuple[TicketTaken, ...] = ()
    """Tickets whose answer came while another person's page was up; shown next."""
    ends: tuple[tuple[TicketId, Paper], ...] = ()


def remaining(walk: Walk, now_s: float) -> float | None:
    """Return how much of the page's time is left, from 1 to 0; `None` where the page does not go home by itself."""
    page = walk.page
    if not isinstance(page, Passing) or (isinstance(page, Holding) and page.paper.state == "printing"):
        return None
    return min(1.0, max(0.0, (page.until_s - now_s) / (page.until_s - page.since_s)))


def cancel_seconds(walk: Walk, now_s: float) -> int | None:
    """Return for how many seconds the ticket on the screen can still be taken back here; `None`: it cannot.

    As long as the center allows and the page stays: what is offered is what a person has.
    """
    page, now = walk.page, hall_time(walk, now_s)
    if not isinstance(page, Holding) or walk.menu is None or now is None or walk.link != "live":
        return None
    allowed_s = (page.ticket.issued_at - now).total_seconds() + walk.menu.cancel_within_s
    stays_s = TICKET_S if page.paper.state == "printing" else page.until_s - now_s
    left_s = min(allowed_s, stays_s)
    return int(left_s) if left_s >= 1 else None


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
    """Say whether this kiosk goes on by itself: the server is out of reach, and there is a reserve for this day."""
    now = hall_time(walk, now_s)
    return walk.link == "connecting" and now is not None and is_good(walk.reserve, now)


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
