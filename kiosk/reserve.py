"""Owns what this kiosk may give by itself while the server is out of reach, and what it has given.

Pure. A kiosk decides nothing then: it goes on with the menu that it knew last, in a series of numbers that is its own
for the day, and hands each number in as soon as the server is back.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from queue_protocol.answers import TicketTaken
from queue_protocol.commands import RecordOffline
from queue_protocol.ids import DeviceId, Language, ServiceId, TicketNumber, Token, reserve_number, ticket_id
from queue_protocol.snapshots import Menu, ServiceCard, Welcome
from queue_protocol.snapshots import Reserve as Granted

GAP_AFTER_DOUBT = 100
"""Numbers left out of each series once when what was given is in doubt: more than a kiosk gives in an hour alone. The
server knows those that were handed in; what was given after that stands on slips, and nowhere else."""


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """What the server said last, and what was given since. It outlives the program, on the kiosk's disk."""

    device: DeviceId
    welcome: Welcome
    menu: Menu
    counts: Mapping[str, int] = {}
    """The highest count of each series on the day of the menu."""
    in_doubt: bool = False
    """Whether this kiosk may have given numbers that this reserve does not know of."""
    given: tuple[RecordOffline, ...] = ()
    """Tickets that the server is not known to have, in the order in which they were given."""
    withdrawn: tuple[Token, ...] = ()
    """Requests that were given up for want of an answer, and that the server is not known to have withdrawn."""


def learned(
    before: Reserve | None, welcome: Welcome, menu: Menu, device: DeviceId, *, is_lost: bool = False
) -> Reserve:
    """Return the reserve after the server has spoken; counts begin anew with each day, and never fall within one.

    `is_lost`: there was a reserve before the first one that is known. After a doubt each series goes on behind a gap.
    """
    granted = next((each for each in menu.reserves if each.device == device), None)
    known = before.counts if before is not None and before.menu.day == menu.day else {}
    spent: Mapping[str, int] = {} if granted is None else granted.spent
    counts = {series: max(known.get(series, 0), spent.get(series, 0)) for series in {*known, *spent}}
    if granted is not None and (is_lost if before is None else before.in_doubt):
        every = {f"{card.prefix}{granted.mark}" for card in menu.services}
        counts = {series: counts.get(series, 0) + GAP_AFTER_DOUBT for series in {*counts, *every}}
    given, withdrawn = ((), ()) if before is None else (before.given, before.withdrawn)
    return Reserve(device=device, welcome=welcome, menu=menu, counts=counts, given=given, withdrawn=withdrawn)


def same_rules(one: Reserve | None, other: Reserve) -> bool:
    """Say whether a kiosk alone would act alike: how many wait, and what time it was, does not matter to it."""
    return one is not None and _rules(one) == _rules(other)


def is_good(reserve: Reserve | None, now: datetime) -> bool:
    """Say whether this kiosk may give numbers by itself at this moment: it has a series, and the day is that of it.

    A reserve in doubt is good for nothing until the server was heard. A clock before what the kiosk has lived through
    knows no day.
    """
    if reserve is None or reserve.in_doubt or _granted(reserve) is None:
        return False
    local = now + timedelta(seconds=reserve.welcome.utc_offset_s)
    lived_until = max([reserve.menu.now, *(each.issued_at for each in reserve.given)])
    return now >= lived_until and local.date() == reserve.menu.day


def give(
    reserve: Reserve, service: ServiceId, token: Token, now: datetime, dossiers: int, language: Language
) -> tuple[Reserve, TicketTaken] | None:
    """Return the reserve after one more ticket, and the ticket; `None`: this kiosk may not give it.

    Whether the service is open is for whoever asks to know.
    """
    granted = _granted(reserve)
    card = next((each for each in reserve.menu.services if each.service == service), None)
    if granted is None or card is None or not is_good(reserve, now):
        return None
    series = f"{card.prefix}{granted.mark}"
    count = reserve.counts.get(series, 0) + 1
    record = RecordOffline(
        number=reserve_number(series, count),
        service=service,
        token=token,
        issued_at=now,
        dossiers=dossiers,
        language=language,
    )
    after = replace(reserve, counts={**reserve.counts, series: count}, given=(*reserve.given, record))
    return after, _ticket(after, record, card)


def handed_in(reserve: Reserve, number: TicketNumber, issued_at: datetime) -> Reserve:
    """Return the reserve without a ticket that the server has answered to."""
    left = tuple(each for each in reserve.given if (each.number, each.issued_at) != (number, issued_at))
    return replace(reserve, given=left)


def withdrawing(reserve: Reserve, token: Token) -> Reserve:
    """Return the reserve with a request that is given up."""
    return replace(reserve, withdrawn=(*reserve.withdrawn, token))


def withdrawn(reserve: Reserve, token: Token) -> Reserve:
    """Return the reserve without a request whose withdrawal the server has answered."""
    return replace(reserve, withdrawn=tuple(each for each in reserve.withdrawn if each != token))


def _ticket(reserve: Reserve, record: RecordOffline, card: ServiceCard) -> TicketTaken:
    return TicketTaken(
        ticket=ticket_id(reserve.menu.day, record.number),
        number=record.number,
        service=record.service,
        priority=False,
        issued_at=record.issued_at,
        people_ahead=None,
        wait=None,
        counters=card.counters,
        print_at=reserve.device,
        dossiers=record.dossiers,
    )


def _granted(reserve: Reserve) -> Granted | None:
    return next((each for each in reserve.menu.reserves if each.device == reserve.device), None)


def _rules(reserve: Reserve) -> object:
    menu, welcome = reserve.menu, reserve.welcome
    cards = tuple(replace(card, waiting=0, people_ahead=0, wait=None, after_break=False) for card in menu.services)
    said = (menu.day, menu.issuing, menu.reserves, menu.dossiers_per_turn, cards)
    own = dict(reserve.counts), reserve.given, reserve.withdrawn
    return said, welcome.center, welcome.languages, welcome.utc_offset_s, own
