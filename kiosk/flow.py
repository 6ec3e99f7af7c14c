"""Owns what the kiosk's screen does: which page is up, what a tap means, and when the page goes home by itself.

Pure. The whole screen is one frozen `Walk`; each thing that happens is one function from a walk to the next. What is
wanted of the server, or without it of the reserve, comes beside it as a `Wish`. Times are seconds of one monotonic
clock.

    Welcoming ──touch──► Choosing ──tap──► Asking ──ticket──► Holding ──12 or 30 s, home──► Choosing
        ▲                 │ ▲ └─papers,─► Confirming ─take─► Asking  └─"wrong choice"─► Reconsidering ─keep─► Holding
        │                 │ │   dossiers     └─back─► Choosing                            └─give up─► Cancelling
        └───── 60 s ──────┘ └── home, 15 s ── Sorry ◄── closed, refused, no server                       │
                                                                            Choosing ◄─ Cancelled, Kept ◄┘
    A server that leaves Asking without an answer for 5 s: the request is withdrawn and the reserve gives a number.
"""

from dataclasses import replace
from datetime import datetime

import msgspec

from kiosk.closing import Closure, closure_alone, closure_of_refusal
from kiosk.pages import (
    Asking,
    Cancelled,
    Cancelling,
    Choosing,
    Confirming,
    Holding,
    Kept,
    Paper,
    Passing,
    Reconsidering,
    Sorry,
    Welcoming,
)
from kiosk.reserve import Reserve, is_good
from kiosk.touches import DEAD_TIME_S, is_calm, is_deaf, note_touch, turn
from kiosk.walk import (
    IDLE_S,
    TICKET_S,
    UNPROVEN_S,
    Point,
    Walk,
    asks_dossiers,
    card_of,
    closure_of,
    gives_alone,
    hall_now,
    hall_time,
    may_cancel,
)
from kiosk.wishes import Cancel, Give, Take, Wish, Withdraw
from queue_protocol.answers import Done, Refused, Result, TicketTaken
from queue_protocol.ids import Language, ServiceId, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Menu, PartState, Welcome

TROUBLE_S = 15.0
"""To read why there is no number and what to do. Also how long paper may take before that is trouble."""

ALONE_AFTER_S = 5.0
"""A server that does not answer for so long hangs: its disk, its network or itself. Nobody waits for it longer while
there is a reserve. A restart takes two to three seconds, and the same request is answered then."""

GIVE_UP_S = 15.0
"""So long a kiosk without a reserve waits for an answer, and a person before a page that says to wait."""

RECONSIDER_S = 20.0
"""Who asked to choose again and says nothing more keeps the number."""

CANCEL_GIVE_UP_S = 12.0
"""The server cancels nothing that was asked for more than 10 s ago; the rest is the way of its answer."""

REMEMBERED_ENDS = 8
"""A slip may end before its ticket is on the screen; more than a few are never in the air at once."""

COUNTED_FROM = 4
"""So many dossiers and more are counted by steps; fewer are one tap."""

MOST_DOSSIERS = 99
"""As `TakeTicket` allows."""


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


def reserve_changed(walk: Walk, reserve: Reserve) -> Walk:
    """Note what this kiosk may give by itself."""
    return replace(walk, reserve=reserve)


def remembered(walk: Walk, reserve: Reserve, now: datetime, languages: tuple[Language, ...], now_s: float) -> Walk:
    """Begin with what the server said in an earlier life of this kiosk; `now` is the time of the PC."""
    if not is_good(reserve, now):
        return walk
    welcome = msgspec.structs.replace(reserve.welcome, now=now)
    return reserve_changed(menu_arrived(welcomed(walk, welcome, languages, now_s), reserve.menu), reserve)


def printer_changed(walk: Walk, printer: PartState) -> Walk:
    """Note whether slips can be expected."""
    return replace(walk, printer=printer)


def touched(walk: Walk, now_s: float, place: Point | None = None) -> Walk:
    """Note a finger anywhere on the screen. It wakes the services and keeps them up; what it hits comes separately.

    `place` in units of `screens.look`; `None`: by a keyboard, which has no finger.
    """
    awake = note_touch(walk, now_s, place)
    return turn(awake, Choosing(), now_s) if isinstance(walk.page, Welcoming) else awake


def missed(walk: Walk, now_s: float) -> Walk:
    """Note that a touch hit nothing: beside the two answers about a number it keeps the number."""
    return keep_tapped(walk, now_s)


def more_time(walk: Walk, now_s: float) -> Walk:
    """Let a page that was about to leave stay as long again."""
    page = walk.page
    if not isinstance(page, Holding):
        return replace(walk, touched_s=now_s)
    return replace(walk, page=replace(page, since_s=now_s, until_s=max(page.until_s, now_s + UNPROVEN_S)))


def service_tapped(walk: Walk, service: ServiceId, now_s: float) -> tuple[Walk, Wish | None]:
    """Ask for a ticket, or first for what must be known, unless the service is closed or the server out of reach."""
    if not isinstance(walk.page, Choosing) or is_deaf(walk, now_s):
        return walk, None
    taken = _take(walk, service, 1, now_s)
    if isinstance(taken[0].page, Asking) and _has_more_to_say(walk, service):
        return turn(walk, Confirming(service), now_s), None
    return taken


def dossiers_tapped(walk: Walk, dossiers: int, now_s: float) -> tuple[Walk, Wish | None]:
    """Ask for a ticket for so many dossiers; from `COUNTED_FROM` on let them be counted first."""
    if not isinstance(walk.page, Confirming) or not asks_dossiers(walk) or is_deaf(walk, now_s):
        return walk, None
    if dossiers >= COUNTED_FROM:
        return turn(walk, replace(walk.page, dossiers=dossiers), now_s), None
    return _take(walk, walk.page.service, dossiers, now_s)


def dossiers_stepped(walk: Walk, step: int, now_s: float) -> Walk:
    """Count one dossier more or less."""
    page = walk.page
    if not isinstance(page, Confirming) or page.dossiers is None or is_deaf(walk, now_s):
        return walk
    return replace(walk, page=replace(page, dossiers=min(max(page.dossiers + step, 1), MOST_DOSSIERS)))


def confirmed(walk: Walk, now_s: float) -> tuple[Walk, Wish | None]:
    """Ask for the ticket that was chosen; not before it was said for how many dossiers, where that is asked."""
    page = walk.page
    if not isinstance(page, Confirming) or is_deaf(walk, now_s):
        return walk, None
    if page.dossiers is None and asks_dossiers(walk):
        return walk, None
    return _take(walk, page.service, page.dossiers or 1, now_s)


def wrong_choice_tapped(walk: Walk, now_s: float) -> Walk:
    """Ask whether the number on the screen is given up, while that can still be done here."""
    page = walk.page
    if not isinstance(page, Holding) or is_deaf(walk, now_s) or not may_cancel(walk, now_s):
        return walk
    return turn(walk, Reconsidering(page, until_s=now_s + RECONSIDER_S), now_s)


def keep_tapped(walk: Walk, now_s: float) -> Walk:
    """Go back to the number, which is good as before."""
    if not isinstance(walk.page, Reconsidering) or is_deaf(walk, now_s):
        return walk
    return _back_to_number(walk, walk.page, now_s)


def cancel_tapped(walk: Walk, now_s: float) -> tuple[Walk, Wish | None]:
    """Give the number up; not by a touch that is one of many."""
    page = walk.page
    if not isinstance(page, Reconsidering) or is_deaf(walk, now_s) or not is_calm(walk):
        return walk, None
    ticket, request = page.holding.ticket, walk.requests + 1
    cancelling = Cancelling(request=request, ticket=ticket, since_s=now_s)
    return turn(replace(walk, requests=request), cancelling, now_s), Cancel(request, ticket.ticket)


def answered(walk: Walk, request: int, result: Result, now_s: float) -> Walk:
    """Take the server's answer. One that is not waited for any more concerns nobody: its request was withdrawn."""
    page = walk.page
    if not isinstance(page, Asking | Cancelling) or page.request != request:
        return walk
    if isinstance(page, Cancelling):
        return _end_cancelling(walk, page, result, now_s)
    if isinstance(result, TicketTaken):
        return _hold(walk, result, now_s)
    refusal = result if isinstance(result, Refused) else Refused(code="internal")
    return _sorry(walk, closure_of_refusal(refusal, walk.menu) or refusal, now_s)


def slip_ended(walk: Walk, ticket: TicketId, paper: Paper, now_s: float) -> Walk:
    """Note what became of the paper of a ticket, on the screen or not."""
    walk = replace(walk, ends=(*walk.ends, (ticket, paper))[-REMEMBERED_ENDS:])
    page = walk.page
    if isinstance(page, Reconsidering) and page.holding.ticket.ticket == ticket:
        return replace(walk, page=replace(page, holding=_papered(page.holding.ticket, paper, now_s)))
    if not isinstance(page, Holding) or page.ticket.ticket != ticket:
        return walk
    return replace(walk, page=_papered(page.ticket, paper, now_s))


def language_tapped(walk: Walk, language: Language, now_s: float) -> Walk:
    """Speak this language until the screen goes home."""
    if language not in walk.languages or now_s < walk.language_deaf_until_s:
        return walk
    return replace(walk, language=language, language_deaf_until_s=now_s + DEAD_TIME_S)


def home_tapped(walk: Walk, now_s: float) -> Walk:
    """Leave what is on the screen; a request on its way is not left. Who has no ticket yet keeps the language."""
    if is_deaf(walk, now_s) or not isinstance(walk.page, Passing | Confirming):
        return walk
    return _go_on(walk, now_s) if isinstance(walk.page, Confirming | Cancelled) else _go_home(walk, now_s)


def tick(walk: Walk, now_s: float) -> tuple[Walk, Wish | None]:
    """Let time pass; call it several times a second."""
    match walk.page:
        case Choosing() | Confirming() if now_s >= walk.touched_s + IDLE_S:
            return turn(replace(walk, language=walk.home_language), Welcoming(), now_s), None
        case Asking() as page:
            return _wait(walk, page, now_s)
        case Cancelling() as page if now_s >= page.since_s + CANCEL_GIVE_UP_S:
            return turn(walk, _kept(page.ticket, now_s, sure=False), now_s), None
        case Reconsidering() as page if now_s >= page.until_s:
            return _back_to_number(walk, page, now_s), None
        case Holding() | Cancelled() | Kept() | Sorry() as page if now_s >= page.until_s:
            return _leave(walk, page, now_s), None
    return walk, None


def _wait(walk: Walk, page: Asking, now_s: float) -> tuple[Walk, Wish | None]:
    """Wait for the server, but not for ever: then the request is withdrawn, and the reserve gives a number."""
    if now_s < page.since_s + ALONE_AFTER_S:
        return walk, None
    give = _give_alone(walk, page, now_s)
    if give is not None:
        return replace(walk, requests=give.request, page=replace(page, request=give.request)), give
    if now_s < page.since_s + GIVE_UP_S:
        return walk, None
    return _sorry(walk, None, now_s), Withdraw(page.request)


def _give_alone(walk: Walk, page: Asking, now_s: float) -> Give | None:
    """Return what is to be given from the reserve in place of a request without an answer; `None`: nothing may be."""
    card, now = card_of(walk, page.service), hall_time(walk, now_s)
    if walk.menu is None or card is None or now is None or walk.link == "refused" or not is_good(walk.reserve, now):
        return None
    if closure_alone(walk.menu, card, now) is not None:
        return None
    return Give(walk.requests + 1, page.service, walk.language, page.dossiers, now, instead_of=page.request)


def _back_to_number(walk: Walk, page: Reconsidering, now_s: float) -> Walk:
    holding = page.holding
    return turn(walk, _papered(holding.ticket, holding.paper, now_s), now_s)


def _leave(walk: Walk, page: Passing, now_s: float) -> Walk:
    """Follow a page whose time is over."""
    match page:
        case Holding(ticket=ticket, paper=Paper(state="printing")):
            return replace(walk, page=_papered(ticket, Paper("uncertain", "no_report"), now_s))
        case Cancelled():
            return _go_on(walk, now_s)
    return _go_home(walk, now_s)


def _has_more_to_say(walk: Walk, service: ServiceId) -> bool:
    card = card_of(walk, service)
    return asks_dossiers(walk) or (card is not None and bool(card.papers))


def _take(walk: Walk, service: ServiceId, dossiers: int, now_s: float) -> tuple[Walk, Wish | None]:
    card = card_of(walk, service)
    alone = gives_alone(walk, now_s)
    if not (walk.link == "live" or alone) or walk.menu is None or card is None:
        return _sorry(walk, None, now_s), None
    closure = closure_of(walk, walk.menu, card, now_s)
    if closure is not None:
        return _sorry(walk, closure, now_s, service), None
    request = walk.requests + 1
    asking = turn(replace(walk, requests=request), Asking(request, service, dossiers, now_s), now_s)
    if alone:
        return asking, Give(request, service, walk.language, dossiers, hall_now(walk, walk.menu, now_s))
    return asking, Take(request, service, walk.language, dossiers)


def _go_home(walk: Walk, now_s: float) -> Walk:
    return _go_on(replace(walk, language=walk.home_language), now_s)


def _go_on(walk: Walk, now_s: float) -> Walk:
    return turn(replace(walk, touched_s=now_s), Choosing(), now_s)


def _hold(walk: Walk, ticket: TicketTaken, now_s: float) -> Walk:
    unprinted = Paper() if ticket.print_at else Paper("failed", "no_printer")
    paper = dict(walk.ends).get(ticket.ticket, unprinted)
    return turn(walk, _papered(ticket, paper, now_s), now_s)


def _papered(ticket: TicketTaken, paper: Paper, now_s: float) -> Holding:
    stays_s = {"printed": TICKET_S, "printing": TROUBLE_S}.get(paper.state, UNPROVEN_S)
    return Holding(ticket=ticket, paper=paper, since_s=now_s, until_s=now_s + stays_s)


def _end_cancelling(walk: Walk, page: Cancelling, result: Result, now_s: float) -> Walk:
    if not isinstance(result, Done):
        return turn(walk, _kept(page.ticket, now_s, sure=isinstance(result, Refused)), now_s)
    return turn(walk, Cancelled(page.ticket, since_s=now_s, until_s=now_s + TICKET_S), now_s)


def _kept(ticket: TicketTaken, now_s: float, *, sure: bool) -> Kept:
    return Kept(ticket, sure, since_s=now_s, until_s=now_s + TROUBLE_S)


def _sorry(walk: Walk, why: Closure | Refused | None, now_s: float, service: ServiceId | None = None) -> Walk:
    page = walk.page
    asked = page.service if isinstance(page, Asking) else None
    sorry = Sorry(
        why=why,
        service=service or asked,
        since_s=now_s,
        until_s=now_s + TROUBLE_S,
    )
    return turn(walk, sorry, now_s)
