"""The catalogues that come along can be opened, and are good examples."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from queue_protocol.answers import NextCalled, TicketTaken
from queue_protocol.commands import CallNext, OpenCounter, TakeTicket
from queue_protocol.ids import token_of
from queue_server.core.calendar import sessions_of
from queue_server.core.catalogue import Catalogue, contradictions
from queue_server.core.days import open_day
from queue_server.core.decide import decide
from queue_server.core.decision import Actor
from queue_server.core.events import Entry, Event
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.process.arguments import read_catalogue
from tests.house.sources import files

PRESETS = files(".toml", ("assets/catalogues",))
NAMED = {"xa-nho", "xa-vua", "xa-lon", "qua-tai"}
CLEAR_LETTERS = set("AHLXKCSNMTG")
"""Prefixes that are told apart through a bad loudspeaker."""

MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=timezone(timedelta(hours=7)))
GREETER, CLERK = Actor("mai", frozenset({"greeter"})), Actor("lan", frozenset({"clerk"}))

every_preset = pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)


def hall_of(catalogue: Catalogue) -> Hall:
    """Return the hall on a working morning."""
    return after(Hall(catalogue=catalogue), open_day(Hall(catalogue=catalogue), MONDAY))


def after(hall: Hall, events: tuple[Event, ...]) -> Hall:
    """Return the hall after these events."""
    for event in events:
        hall = evolve(hall, Entry(hall.sequence + 1, MORNING, MONDAY, "system", None, 0, event))
    return hall


def test_the_presets_are_there() -> None:
    """Small, middle, large and too much: `make run` opens the commune of middle size."""
    assert {path.stem for path in PRESETS} >= NAMED


@every_preset
def test_presets_open(path: Path) -> None:
    """A preset is a whole catalogue without contradictions."""
    assert list(contradictions(read_catalogue(path))) == []


@every_preset
def test_presets_speak_every_language_they_offer(path: Path) -> None:
    """A preset names its center, its halls and its services in each language that it offers."""
    catalogue = read_catalogue(path)
    for language in catalogue.languages:
        assert language in catalogue.center
        assert all(language in service.names for service in catalogue.services)
        assert all(language in hall.names for hall in catalogue.halls)


@every_preset
def test_prefixes_are_told_apart_by_ear(path: Path) -> None:
    """A preset uses the letters that a bad loudspeaker does not confuse."""
    assert {service.prefix for service in read_catalogue(path).services} <= CLEAR_LETTERS


@every_preset
def test_every_service_of_a_preset_is_served(path: Path) -> None:
    """Somebody takes a ticket of each service, and a clerk at each of its counters would call it."""
    catalogue = read_catalogue(path)
    for place, service in enumerate(catalogue.services):
        for counter in catalogue.counters_of(service.id):
            hall = hall_of(catalogue)
            take = TakeTicket(service=service.id, token=token_of(place.to_bytes(16, "big")))
            for order, by in ((take, GREETER), (OpenCounter(counter=counter.number), CLERK)):
                hall = after(hall, decide(hall, order, by, MORNING, 0).events)
            called = decide(hall, CallNext(counter=counter.number, after=None), CLERK, MORNING, 0).result
            assert isinstance(called, NextCalled)
            assert called.ticket is not None


@every_preset
def test_a_preset_gives_numbers_on_a_working_morning(path: Path) -> None:
    """At half past eight on a Monday that is no holiday, a kiosk of each preset gives a ticket."""
    catalogue = read_catalogue(path)
    take = TakeTicket(service=catalogue.services[0].id, token=token_of(bytes(16)))
    assert sessions_of(catalogue, MONDAY) != ()
    answer = decide(hall_of(catalogue), take, Actor("kiosk-1", frozenset({"kiosk"})), MORNING, 0)
    assert isinstance(answer.result, TicketTaken)
