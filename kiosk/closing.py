"""Owns why and until when no tickets are given, as a person at the kiosk is told: for one service, or for the hall.

Pure. The menu says it for what is on the screen, a refusal for what was asked a moment too late; both become the same
`Closure`, so that the words are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from queue_protocol.answers import RefusalCode, Refused
from queue_protocol.snapshots import ClosedBecause, Menu, ServiceCard

Kind = Literal["hours", "today", "full", "quota", "ended", "numbers", "no_counter"]
"""As `ClosedBecause`, with one more: `today` is `hours` when no further session comes today. Each has the texts
`closed_<kind>` and `closed_<kind>_next` for a tile, `closed_<kind>_title` and `closed_<kind>_text` for a page."""

OF_THE_HALL: frozenset[ClosedBecause] = frozenset({"hours", "ended"})
"""Reasons that close all services alike."""

_REFUSED: Mapping[RefusalCode, ClosedBecause] = {
    "hall_closed": "hours",
    "service_full": "full",
    "quota_reached": "quota",
    "no_numbers_left": "numbers",
    "no_counter": "no_counter",
}


@dataclass(frozen=True, slots=True)
class Closure:
    """Why no ticket is given, and when one is given again.

    `opens_at` is a time of today where `kind` is `hours`, of a later day where it is `today` or `ended` and the
    calendar says so; else `None`.
    """

    kind: Kind
    opens_at: datetime | None = None


def closure_of_service(menu: Menu, card: ServiceCard, now: datetime) -> Closure | None:
    """Return why this service gives no tickets; `None`: it gives them, as far as can be known here.

    A pause that was to end before `now` is over: the server sends no menu only because the clock has moved on, and
    decides anyway.
    """
    if card.open:
        return None
    if card.closed_because == "hours" and menu.opens_at is not None:
        return None if menu.opens_at <= now else Closure("hours", menu.opens_at)
    return _without_end(card.closed_because or "hours", menu)


def closure_alone(menu: Menu, card: ServiceCard, now: datetime) -> Closure | None:
    """Return why this service gives no tickets while the server is out of reach; `None`: it gives them.

    The hours of the day are known; what else closed a service when the server was last heard may be so still.
    """
    if menu.issuing is not None and not any(each.opens_at <= now < each.closes_at for each in menu.issuing):
        coming = min((each.opens_at for each in menu.issuing if each.opens_at > now), default=None)
        return _without_end("hours", menu) if coming is None else Closure("hours", coming)
    return None if card.open or card.closed_because == "hours" else _without_end(card.closed_because or "ended", menu)


def closure_of_hall(menu: Menu, now: datetime) -> Closure | None:
    """Return why the whole hall gives no tickets; `None`: at least one service may."""
    if not menu.services or any(card.closed_because not in OF_THE_HALL for card in menu.services):
        return None
    return closure_of_service(menu, menu.services[0], now)


def closure_of_refusal(refusal: Refused, menu: Menu | None) -> Closure | None:
    """Return the closure that a refused request speaks of; `None` when it speaks of something else."""
    because = _REFUSED.get(refusal.code)
    if because is None:
        return None
    opens_at = _instant(refusal.facts.get("opens_at"))
    return _without_end(because, menu) if because != "hours" or opens_at is None else Closure("hours", opens_at)


def _without_end(because: ClosedBecause, menu: Menu | None) -> Closure:
    kind: Kind = "today" if because == "hours" else because
    return Closure(kind, menu.reopens_at if menu is not None and because in OF_THE_HALL else None)


def _instant(fact: str | int | None) -> datetime | None:
    try:
        return datetime.fromisoformat(fact) if isinstance(fact, str) else None
    except ValueError:
        return None
