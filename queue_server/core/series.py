"""Numbers: per prefix and day, never used twice; and what a kiosk may give while the server is out of reach.

The center's own series is `{prefix}{digits}`. A kiosk with a mark has for each prefix a series of its own behind it:
with mark K the prefix A gives `AK01`, `AK02`… The catalogue may name the mark; a kiosk that it does not name gets one
from the server when it is first let in. The catalogue is refused when a mark could make a number that another
series makes too, so the two never meet, and a kiosk alone keeps count of its own.
"""

import re
from collections.abc import Iterator

from queue_protocol.ids import DeviceId, reserve_number
from queue_protocol.snapshots import Reserve
from queue_server.core.catalogue import Catalogue, Policy, Service
from queue_server.core.hall import Hall, catalogue_of

MOST_DIGITS = 6
"""Of a number on the wire."""

ENDING_SHARE = 0.9
"""From here on staff are told: in the busiest hall a hundred numbers are an hour."""

MARKS = "KMRTVXYCDEFGHLNPQSUWZAB"
"""The first sound unlike each other through a loudspeaker. No I, J or O: written, they are taken for digits."""

_NUMBER = re.compile("^([A-Z]{1,2})([0-9]{1,6})$")


def split_number(number: str) -> tuple[str, int]:
    """Return the prefix of a number and what is counted behind it."""
    found = _NUMBER.match(number)
    if found is None:
        raise ValueError(f"{number!r} is no number of a ticket")
    return found[1], int(found[2])


def next_number(hall: Hall, service: Service) -> str | None:
    """Return the next number of a service's series; `None`: those of the day are used up."""
    policy = catalogue_of(hall).policy
    last = hall.issued.get(service.prefix)
    count = policy.number_start if last is None else last + policy.number_step
    return None if count > most_count(policy) else f"{service.prefix}{count:0{policy.number_digits}d}"


def most_count(policy: Policy) -> int:
    """Return the highest count that a number of the center's own series may have."""
    digits = MOST_DIGITS if policy.number_widens else policy.number_digits
    return int("9" * digits)


def ending_series(hall: Hall) -> Iterator[tuple[Service, int, int]]:
    """Yield each service whose numbers come to the end of their digits: the last count given, and the highest."""
    policy = catalogue_of(hall).policy
    for service in catalogue_of(hall).services:
        last = hall.issued.get(service.prefix, 0)
        highest = int("9" * max(policy.number_digits, len(str(last))))
        if highest <= most_count(policy) and last >= highest * ENDING_SHARE:
            yield service, last, highest


def offline_series(hall: Hall, service: Service, device: DeviceId) -> str | None:
    """Return what the numbers of this kiosk's own series for a service begin with; `None`: it has none."""
    mark = mark_of(hall, device)
    return None if mark is None else f"{service.prefix}{mark}"


def mark_of(hall: Hall, device: DeviceId) -> str | None:
    """Return the mark of a kiosk: the catalogue's, else the one that the server gave; `None`: it has none."""
    catalogue = catalogue_of(hall)
    kiosk, given = catalogue.kiosk(device), hall.marks.get(device)
    if kiosk is not None:
        return kiosk.mark
    return given if given is not None and given in _possible_marks(catalogue) else None


def free_mark(hall: Hall) -> str | None:
    """Return a mark that no kiosk has or had today, for one that has none; `None`: there is none left.

    A letter that was taken from a kiosk stays unused until the day is over: that kiosk may still hand in its numbers.
    """
    used = {*hall.marks.values(), *(series[-1] for series in hall.issued if len(series) > 1)}
    return next((mark for mark in _possible_marks(catalogue_of(hall)) if mark not in used), None)


def _possible_marks(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the letters that make no number of another series with this catalogue, the best first."""
    prefixes = {service.prefix for service in catalogue.services}
    if any(len(prefix) > 1 for prefix in prefixes):
        return ()
    set_by_hand = {kiosk.mark for kiosk in catalogue.kiosks}
    return tuple(mark for mark in MARKS if mark not in set_by_hand)


def reserves(hall: Hall) -> tuple[Reserve, ...]:
    """Return what each kiosk with a mark may go on giving by itself today."""
    catalogue = catalogue_of(hall)
    devices = (*(kiosk.device for kiosk in catalogue.kiosks), *sorted(hall.marks))
    return tuple(
        Reserve(
            device=device,
            mark=mark,
            spent={
                series: hall.issued[series]
                for series in sorted({f"{service.prefix}{mark}" for service in catalogue.services})
                if series in hall.issued
            },
        )
        for device in dict.fromkeys(devices)
        if (mark := mark_of(hall, device)) is not None
    )


def is_of_reserve(hall: Hall, device: DeviceId, number: str) -> bool:
    """Say whether a number is of a series that this kiosk gives by itself, for whatever service."""
    series = split_number(number)[0]
    return any(offline_series(hall, service, device) == series for service in catalogue_of(hall).services)


def is_granted(hall: Hall, service: Service, device: DeviceId, number: str) -> bool:
    """Say whether a number is of this kiosk's own series, written as that series writes it: it has one spelling."""
    series, count = split_number(number)
    return series == offline_series(hall, service, device) and count > 0 and number == reserve_number(series, count)
