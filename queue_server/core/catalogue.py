"""What a center offers: services, counters, hours, policy. A value in the journal; a TOML file only in and out."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from queue_protocol.day_commands import OpeningTime
from queue_protocol.ids import ClockTime, CounterNumber, DeviceId, HallId, Language, ServiceId

LONGEST_ADDRESS = 91
"""A QR code on a slip holds 120 characters, of which `/t/` and the token of a ticket take 29."""

MOST_SERVICES = 40
"""Of a center: more cards fit on no kiosk."""

Words = dict[Language, Annotated[str, Meta(min_length=1, max_length=160)]]


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that citizens choose. Services with the same prefix share one number series."""

    id: ServiceId
    prefix: Annotated[str, Meta(pattern="^[A-Z]{1,2}$")]
    names: Words
    hints: Words = {}
    """Everyday words for the service."""
    papers: Words = {}
    """What to bring along."""
    icon: Annotated[str, Meta(pattern="^[a-z0-9_]{1,64}$")]
    """Name in Material Design Icons."""
    expected_minutes: Annotated[int, Meta(ge=1, le=240)]
    """Mean time at the counter."""
    head_start_minutes: Annotated[int, Meta(ge=0, le=480)] | None = None
    """Of priority tickets of this service; `None`: the policy's."""
    quota_per_session: Annotated[int, Meta(ge=1, le=9999)] | None = None
    """Most tickets that kiosks give in one session; `None`: as many as can be served."""


class HallPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A room of the center with displays of its own."""

    id: HallId
    names: Words


class Counter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place where a clerk serves."""

    number: CounterNumber
    services: Annotated[tuple[ServiceId, ...], Meta(min_length=1, max_length=MOST_SERVICES)]
    preferred: Annotated[tuple[ServiceId, ...], Meta(max_length=40)] = ()
    """Those of its services that are called before the others, in this order."""
    hall: HallId | None = None
    """`None`: the center has one hall."""
    pad: DeviceId | None = None
    """The box at which a call pad of this counter hangs: its keys count as the clerk's who works here."""


class Kiosk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kiosk that may go on giving numbers while the server is out of reach."""

    device: DeviceId
    mark: Annotated[str, Meta(pattern="^[A-Z]$")]
    """Stands behind the prefix of numbers given so: with mark K, `A` gives `AK01`."""


class Interleave(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After so many priority calls in a row at a counter, so many normal ones."""

    priority: Annotated[int, Meta(ge=1, le=99)]
    normal: Annotated[int, Meta(ge=1, le=99)]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the queue behaves."""

    # who is called
    priority_head_start_minutes: Annotated[int, Meta(ge=0, le=480)] = 30
    """A priority ticket counts as taken this much earlier."""
    priority_strict: bool = False
    """Whether priority goes before all others, however long they wait."""
    interleave: Interleave | None = None
    no_overtake_after_minutes: Annotated[int, Meta(ge=1, le=480)] | None = None
    """A ticket that has waited longer than this is overtaken by nobody."""
    auto_call_after_s: Annotated[int, Meta(ge=1, le=600)] | None = None
    """A free counter calls the next ticket by itself after this time; `None`: only when the clerk says so."""
    # the call
    recall_gap_s: Annotated[int, Meta(ge=0, le=600)] = 45
    """Least time between two calls of one ticket: a slow walker needs it."""
    calls_before_no_show: Annotated[int, Meta(ge=1, le=9)] = 3
    """Calls that a ticket must have had before it may be marked as a no-show; the last of them says that it is."""
    one_key: bool = True
    """Whether the key that marks a no-show calls the next person, too."""
    return_within_minutes: Annotated[int, Meta(ge=0, le=480)] = 20
    """Who comes back this soon after a no-show is next but one; later goes to the end."""
    returns_allowed: Annotated[int, Meta(ge=0, le=9)] = 2
    resume_keeps_place: bool = True
    """Whether a ticket that was on hold keeps its place in time, or joins the end."""
    appointment_grace_minutes: Annotated[int, Meta(ge=0, le=240)] = 15
    """Who comes later than this after the appointed time waits from the arrival."""
    # the visit
    long_service_factor: Annotated[int, Meta(ge=2, le=20)] = 3
    """A ticket open for more than this many times its expected time is asked about."""
    dossiers_per_turn: Annotated[int, Meta(ge=1, le=99)] | None = None
    """Who brings more is served so many and goes to the end with the rest; `None`: all in one turn."""
    # the slip
    cancel_within_s: Annotated[int, Meta(ge=0, le=600)] = 30
    """How long a person may say at the kiosk that the choice was wrong."""
    number_digits: Annotated[int, Meta(ge=2, le=6)] = 3
    """Digits behind the prefix; the busiest line seen in the country takes under 500 numbers a day."""
    number_widens: bool = True
    """Whether a series that has used up its digits goes on with one more; otherwise no number is left that day."""
    number_start: Annotated[int, Meta(ge=1, le=9999)] = 1
    number_step: Annotated[int, Meta(ge=1, le=99)] = 1
    # the day
    stop_when_full: bool = True
    """Whether kiosks stop when who waits already takes until closing time."""
    hoarding_tickets: Annotated[int, Meta(ge=2, le=99)] = 6
    """So many tickets of one service at one kiosk within `hoarding_within_s` raise an alarm; a family takes fewer."""
    hoarding_within_s: Annotated[int, Meta(ge=10, le=3600)] = 120
    paper_roll_m: Annotated[int, Meta(ge=1, le=500)] = 50
    """Paper on a new roll: 80 mm rolls have 45 to 80 m, those of 58 mm about 30."""
    retention_months: Annotated[int, Meta(ge=1, le=240)] = 24
    """How long events of tickets are kept; daily sums stay."""


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WeeklySession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the day in which the center is open, on these days of the week."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]
    opens: ClockTime
    closes: ClockTime


class ExtraDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day on which the center is open against the rule, as a swapped working Saturday."""

    day: date
    sessions: Annotated[tuple[OpeningTime, ...], Meta(min_length=1, max_length=4)]


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the center is open: the week, without public holidays and closed days, with extra days."""

    sessions: Annotated[tuple[WeeklySession, ...], Meta(min_length=1, max_length=28)]
    issue_before_minutes: Annotated[int, Meta(ge=0, le=240)] = 30
    """Kiosks give numbers this long before a session opens."""
    issue_until_minutes: Annotated[int, Meta(ge=0, le=240)] = 0
    """Kiosks stop this long before a session closes."""
    public_holidays: bool = True
    """Whether the public holidays of Viet Nam are closed days."""
    closed: Annotated[tuple[date, ...], Meta(max_length=200)] = ()
    extra_open: Annotated[tuple[ExtraDay, ...], Meta(max_length=100)] = ()
    """Win over all else."""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of what a manager may set."""

    center: Words
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("vi", "en")
    time_zone: Annotated[str, Meta(pattern="^[A-Za-z_]+(/[A-Za-z_]+)*$")] = "Asia/Ho_Chi_Minh"
    public_address: Annotated[str, Meta(pattern="^https?://[^ /]+$")] | None = None
    """Where phones reach this server; `None`: no QR code on slips. ASCII, at most `LONGEST_ADDRESS` characters."""
    halls: Annotated[tuple[HallPlan, ...], Meta(max_length=20)] = ()
    """Empty: the center has one hall."""
    services: Annotated[tuple[Service, ...], Meta(min_length=1, max_length=MOST_SERVICES)]
    counters: Annotated[tuple[Counter, ...], Meta(min_length=1, max_length=99)]
    kiosks: Annotated[tuple[Kiosk, ...], Meta(max_length=26)] = ()
    """Those that have a number series of their own."""
    hours: Hours | None = None
    """`None`: always open."""
    policy: Policy = Policy()

    def service(self, service: ServiceId) -> Service | None:
        """Return the service with this id, or `None`."""
        return next((each for each in self.services if each.id == service), None)

    def counter(self, number: int) -> Counter | None:
        """Return the counter with this number, or `None`."""
        return next((each for each in self.counters if each.number == number), None)

    def counters_of(self, service: ServiceId) -> tuple[Counter, ...]:
        """Return the counters that serve a line."""
        return tuple(each for each in self.counters if service in each.services)

    def kiosk(self, device: str) -> Kiosk | None:
        """Return the kiosk with a number series of its own, or `None`."""
        return next((each for each in self.kiosks if each.device == device), None)


def contradictions(catalogue: Catalogue) -> Iterator[str]:
    """Say what the types cannot: things named twice, things named that are not there, times that make no sense."""
    yield from _repeated("service", [service.id for service in catalogue.services])
    yield from _repeated("counter", [str(counter.number) for counter in catalogue.counters])
    yield from _repeated("hall", [hall.id for hall in catalogue.halls])
    yield from _repeated("kiosk", [kiosk.device for kiosk in catalogue.kiosks])
    yield from _repeated("mark of a kiosk", [kiosk.mark for kiosk in catalogue.kiosks])
    yield from _unknown(catalogue)
    yield from _without_vietnamese(catalogue)
    yield from _colliding_series(catalogue)
    yield from _unprintable_address(catalogue.public_address)
    yield from _odd_times(catalogue.hours)
    if catalogue.policy.number_start >= 10**catalogue.policy.number_digits:
        yield "policy.number_start has more digits than policy.number_digits"


def _unknown(catalogue: Catalogue) -> Iterator[str]:
    known = {service.id for service in catalogue.services}
    halls = {hall.id for hall in catalogue.halls}
    for counter in catalogue.counters:
        for service_id in (*counter.services, *counter.preferred):
            if service_id not in known:
                yield f"counter {counter.number} serves {service_id!r}, which is no service of this file"
        for service_id in counter.preferred:
            if service_id not in counter.services:
                yield f"counter {counter.number} prefers {service_id!r}, which it does not serve"
        if counter.hall is not None and counter.hall not in halls:
            yield f"counter {counter.number} stands in {counter.hall!r}, which is no hall of this file"
        if counter.hall is None and halls:
            yield f"counter {counter.number} stands in no hall; the file has some"
    for service in catalogue.services:
        if not catalogue.counters_of(service.id):
            yield f"service {service.id!r} is served by no counter"


def _without_vietnamese(catalogue: Catalogue) -> Iterator[str]:
    for service in catalogue.services:
        if "vi" not in service.names:
            yield f"service {service.id!r} has no Vietnamese name (names.vi)"
    for hall in catalogue.halls:
        if "vi" not in hall.names:
            yield f"hall {hall.id!r} has no Vietnamese name (names.vi)"
    if "vi" not in catalogue.center:
        yield "the center has no Vietnamese name (center.vi)"


def _colliding_series(catalogue: Catalogue) -> Iterator[str]:
    """Say where a kiosk's own series could give a number that another series gives too."""
    prefixes = {service.prefix for service in catalogue.services}
    for kiosk in catalogue.kiosks:
        for prefix in sorted(prefixes):
            if len(prefix) > 1:
                yield f"prefix {prefix!r} leaves no room for the mark of {kiosk.device}; use prefixes of one letter"
            elif prefix + kiosk.mark in prefixes:
                yield f"the mark {kiosk.mark!r} of {kiosk.device} makes numbers of prefix {prefix + kiosk.mark!r}"


def _unprintable_address(address: str | None) -> Iterator[str]:
    """Say why no slip can hold the address of a ticket's page."""
    if address is not None and not address.isascii():
        yield "public_address has letters that no QR code of a slip holds; write it in ASCII"
    elif address is not None and len(address) > LONGEST_ADDRESS:
        yield f"public_address has {len(address)} characters; a QR code of a slip has room for {LONGEST_ADDRESS}"


def _odd_times(hours: Hours | None) -> Iterator[str]:
    if hours is None:
        return
    for day in get_args(Weekday):
        sessions = [each for each in hours.sessions if day in each.days]
        yield from (f"on {day} {problem}" for problem in odd_openings(sessions))
    for extra in hours.extra_open:
        yield from (f"on {extra.day} {problem}" for problem in odd_openings(extra.sessions))


def odd_openings(openings: Iterable[OpeningTime | WeeklySession]) -> Iterator[str]:
    """Say which sessions of one day make no sense: closed before they open, or one within the other."""
    times = sorted((each.opens, each.closes) for each in openings)
    for opens, closes in times:
        if opens >= closes:
            yield f"a session opens at {opens} and closes at {closes}"
    for (_, closes), (opens, _) in pairwise(times):
        if opens < closes:
            yield f"a session opens at {opens}, before the one before closes at {closes}"


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Tally(names).items():
        if times > 1:
            yield f"{what} {name!r} stands there {times} times"
