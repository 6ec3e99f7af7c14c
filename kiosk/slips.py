"""Owns what a slip says: the server's order to print, put into the words and the language of the person.

Pure. How the words become dots is the business of `printer_drivers`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import assets
from printer_drivers.slip import Slip, can_be_code
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import TicketTaken, WaitRange
from queue_protocol.ids import Language, ServiceId
from queue_protocol.snapshots import Menu, Welcome
from queue_protocol.texts import Texts

SOURCE_LANGUAGE = "vi"
"""Every name and text exists in it; it stands in wherever another language lacks one."""

_WEEKDAYS = (
    "weekday_monday",
    "weekday_tuesday",
    "weekday_wednesday",
    "weekday_thursday",
    "weekday_friday",
    "weekday_saturday",
    "weekday_sunday",
)


@dataclass(frozen=True, slots=True)
class Center:
    """What a slip says that is not the ticket's own: names by language, icons, and local time."""

    names: Mapping[Language, str] = field(default_factory=dict)
    services: Mapping[ServiceId, Mapping[Language, str]] = field(default_factory=dict)
    icons: Mapping[ServiceId, str] = field(default_factory=dict)
    utc_offset_s: int = 0


def center_of(welcome: Welcome, menu: Menu) -> Center:
    """Return what the server said about the center."""
    return Center(
        names=welcome.center,
        services={card.service: card.names for card in menu.services},
        icons={card.service: card.icon for card in menu.services},
        utc_offset_s=welcome.utc_offset_s,
    )


def compose(order: PrintSlip, center: Center, languages: Mapping[Language, Texts]) -> Slip:
    """Return the slip of a ticket in the language of the order, or in Vietnamese where the kiosk lacks that one.

    A service that is no longer in the menu leaves its line to the number's own letter; an address that cannot be
    printed as a code leaves the slip without one. Raises `ValueError` for an order that no server should give, as one
    for a day that is not in the calendar.
    """
    texts = languages.get(order.language) or languages[SOURCE_LANGUAGE]
    slip = _place_in_front(order, center, texts) if order.kind == "carried_over" else _place_today(order, center, texts)
    marks = [texts.say("slip_reissued")] if order.reissued else []
    marks += [texts.say("slip_reprint", n=order.copy_number)] if order.copy_number else []
    return replace(slip, reprint_mark=" · ".join(marks) or None)


def _place_today(order: PrintSlip, center: Center, texts: Texts) -> Slip:
    ticket, code = order.slip, _code(order)
    return Slip(
        center=in_language(center.names, texts.language).upper(),
        service=_service(ticket, center, texts),
        icon=_icon(ticket, center),
        number=ticket.number,
        priority_mark=texts.say("priority") if ticket.priority else None,
        lines=tuple(_lines(ticket, center, texts)),
        qr=code,
        qr_caption=texts.say("slip_follow") if code else None,
        time_line=_time_line(ticket, center, texts),
        note=f"{texts.say('slip_note')} {texts.say('slip_valid', date=_digits(date.fromisoformat(order.valid_on)))}",
    )


def _place_in_front(order: PrintSlip, center: Center, texts: Texts) -> Slip:
    """Return the slip for a place in front on a later day.

    Its day stands where other slips have the number: that number will be somebody else's on that day. The code holds
    the slip's token, for the clerk who honours it.
    """
    ticket, day, code = order.slip, date.fromisoformat(order.valid_on), _code(order)
    return Slip(
        center=in_language(center.names, texts.language).upper(),
        service=_service(ticket, center, texts),
        icon=_icon(ticket, center),
        number=f"{day:%d/%m}",
        priority_mark=texts.say("slip_carried"),
        lines=(
            texts.say("slip_carried_day", weekday=texts.say(_WEEKDAYS[day.weekday()]), date=_digits(day)),
            texts.say("slip_carried_use"),
            texts.say("slip_carried_from", number=ticket.number, date=_digits(_local(ticket, center).date())),
        ),
        qr=code,
        qr_caption=texts.say("slip_carried_code") if code else None,
        time_line=_time_line(ticket, center, texts),
        note=f"{texts.say('slip_carried_once')} {texts.say('slip_note')}",
    )


def _code(order: PrintSlip) -> str | None:
    """Return what the code says; `None`: there is no address, or no printer could draw it."""
    return order.address if order.address and can_be_code(order.address) else None


def in_language(words: Mapping[Language, str], language: Language) -> str:
    """Return a name in this language, else in Vietnamese, else nothing."""
    return words.get(language) or words.get(SOURCE_LANGUAGE, "")


def say_ahead(ticket: TicketTaken, utc_offset_s: int, texts: Texts) -> str:
    """Return how many are called before this ticket, as of its issue, or that nobody knows."""
    if ticket.people_ahead is None:
        return texts.say("given_alone")
    if ticket.people_ahead == 0:
        return texts.say("you_are_next")
    return texts.count("people_ahead", ticket.people_ahead, time=texts.time(ticket.issued_at, utc_offset_s))


def say_range(wait: WaitRange, texts: Texts) -> str:
    """Return a range of minutes in words."""
    return texts.say("wait_range", low=wait.low_minutes, high=wait.high_minutes)


def _service(ticket: TicketTaken, center: Center, texts: Texts) -> str:
    return in_language(center.services.get(ticket.service, {}), texts.language) or ticket.number[:1]


def _icon(ticket: TicketTaken, center: Center) -> str | None:
    """Return the character of the service's icon, the one of its card; `None` when it has none that can be drawn."""
    try:
        return assets.icon(center.icons.get(ticket.service, ""))
    except KeyError:
        return None


def _lines(ticket: TicketTaken, center: Center, texts: Texts) -> Iterator[str]:
    yield say_ahead(ticket, center.utc_offset_s, texts)
    if ticket.wait is not None:
        yield texts.say("kiosk_estimated_wait", range=say_range(ticket.wait, texts))
    if ticket.after_break:
        yield texts.say("kiosk_after_break")
    if ticket.counters:
        yield say_called_to(ticket.counters, texts)


def say_called_to(counters: Sequence[int], texts: Texts) -> str:
    """Return where a person is called to, `Quầy 1, 2 hoặc 3`: it will be one of them. There is at least one."""
    *others, last = map(str, counters)
    choice = f"{', '.join(others)} {texts.say('one_of_or')} {last}" if others else last
    return texts.count("kiosk_wait_at", len(counters), counters=choice)


def _time_line(ticket: TicketTaken, center: Center, texts: Texts) -> str:
    local = _local(ticket, center)
    weekday = texts.say(_WEEKDAYS[local.weekday()])
    return texts.say("slip_time", time=f"{local:%H:%M}", weekday=weekday, date=_digits(local.date()))


def _local(ticket: TicketTaken, center: Center) -> datetime:
    """Return when the ticket was issued, by the clocks of the center."""
    return ticket.issued_at + timedelta(seconds=center.utc_offset_s)


def _digits(day: date) -> str:
    return f"{day:%d/%m/%Y}"
