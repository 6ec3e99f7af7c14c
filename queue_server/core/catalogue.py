"""What a center offers: services, counters, policy. A value in the journal; a TOML file only on the way in and out."""

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from queue_protocol.ids import CounterNumber, Language, ServiceId

Words = dict[Language, Annotated[str, Meta(min_length=1, max_length=160)]]


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that citizens choose, with a number series of its own."""

    id: ServiceId
    prefix: Annotated[str, Meta(pattern="^[A-Z]{1,2}$")]
    names: Words
    hints: Words = {}
    """Everyday words for the service."""
    icon: Annotated[str, Meta(pattern="^[a-z0-9_]{1,64}$")]
    """Name in Material Design Icons."""
    expected_minutes: Annotated[int, Meta(ge=1, le=240)]
    """Mean time at the counter."""


class Counter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place where a clerk serves."""

    number: CounterNumber
    services: Annotated[tuple[ServiceId, ...], Meta(min_length=1)]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the queue behaves."""

    priority_head_start_minutes: Annotated[int, Meta(ge=0, le=480)] = 30
    """A priority ticket counts as taken this much earlier."""
    recall_gap_s: Annotated[int, Meta(ge=0, le=600)] = 45
    """Least time between two calls of one ticket: a slow walker needs it."""
    calls_before_no_show: Annotated[int, Meta(ge=1, le=9)] = 3
    number_digits: Annotated[int, Meta(ge=2, le=6)] = 3
    """Digits behind the prefix; the busiest line seen in the country takes under 500 numbers a day."""
    one_key: bool = True
    """Whether "next" counts a ticket that is only called as served."""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of what a manager may set."""

    center: Words
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("vi", "en")
    time_zone: Annotated[str, Meta(pattern="^[A-Za-z_]+(/[A-Za-z_]+)*$")] = "Asia/Ho_Chi_Minh"
    public_address: Annotated[str, Meta(pattern="^https?://[^ /]+$")] | None = None
    """Where phones reach this server; `None`: no QR code on slips."""
    services: Annotated[tuple[Service, ...], Meta(min_length=1, max_length=40)]
    counters: Annotated[tuple[Counter, ...], Meta(min_length=1, max_length=99)]
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


def contradictions(catalogue: Catalogue) -> Iterator[str]:
    """Say what the types cannot: things named twice, and things named that are not there."""
    known = {service.id for service in catalogue.services}
    yield from _repeated("service", [service.id for service in catalogue.services])
    yield from _repeated("prefix", [service.prefix for service in catalogue.services])
    yield from _repeated("counter", [str(counter.number) for counter in catalogue.counters])
    for counter in catalogue.counters:
        for service_id in counter.services:
            if service_id not in known:
                yield f"counter {counter.number} serves {service_id!r}, which is no service of this file"
    for service in catalogue.services:
        if not catalogue.counters_of(service.id):
            yield f"service {service.id!r} is served by no counter"
        if "vi" not in service.names:
            yield f"service {service.id!r} has no Vietnamese name (names.vi)"
    if "vi" not in catalogue.center:
        yield "the center has no Vietnamese name (center.vi)"


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Tally(names).items():
        if times > 1:
            yield f"{what} {name!r} stands there {times} times"
