"""Days to try things on: presets, their crowds, and chance that can be had again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import msgspec

import assets
from queue_protocol.ids import ServiceId, ticket_number
from queue_server.catalogue_file import read_catalogue_text
from queue_server.core.calendar import sessions_of
from queue_server.core.catalogue import Catalogue
from queue_server.simulation.center import Center
from queue_server.simulation.chance import Dice
from queue_server.simulation.days import PlayedDay, play_day, play_days
from queue_server.simulation.demand import Conditions
from queue_server.simulation.estimates import CROWDS
from queue_server.simulation.figures import DayFigures, measure
from queue_server.simulation.rules import read_rule, with_rule
from queue_server.simulation.scripts import Script, write_script

MONDAY = date(2027, 3, 1)
"""With ordinary weeks after it."""

PRESETS = ("xa-nho", "xa-vua", "xa-lon", "qua-tai")


def preset(name: str) -> Catalogue:
    """Return a catalogue that comes along."""
    path = assets.FOLDER / "catalogues" / f"{name}.toml"
    return read_catalogue_text(path.read_text(encoding="utf-8"), name)


def with_policy(catalogue: Catalogue, **changes: object) -> Catalogue:
    """Return the catalogue with another policy."""
    return msgspec.structs.replace(catalogue, policy=msgspec.structs.replace(catalogue.policy, **changes))


def under(rule: str, catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with this rule of calling."""
    return with_rule(catalogue, read_rule(rule))


def crowd_of(name: str, *, faults: float = 1.0, priority_share: float | None = None) -> Conditions:
    """Return the people of a preset."""
    crowd = CROWDS[name]
    share = crowd.priority_share if priority_share is None else priority_share
    return Conditions(crowd.tickets_per_day, share, faults=faults)


def dice(seed: int) -> Dice:
    """Return chance by this seed."""
    return lambda name: Random(f"{seed} {name}")  # noqa: S311 - the same chance again is what a test wants


def days(
    catalogue: Catalogue, conditions: Conditions, count: int, seed: int = 1, first: date = MONDAY
) -> Iterator[PlayedDay]:
    """Yield so many days."""
    return play_days(catalogue, conditions, first, count, dice(seed))


def script_of(catalogue: Catalogue) -> Script:
    """Return a day without faults on which one person comes, an hour after the doors have opened, who is easy."""
    sessions = sessions_of(catalogue, MONDAY) or ()
    written = write_script(catalogue, MONDAY, sessions, Conditions(50, 0, faults=0), dice(1), {})
    person = replace(
        written.people[0],
        arrives_at=sessions[0].opens_at + timedelta(hours=1),
        service=ServiceId("land"),
        dossiers=1,
        service_s=600.0,
        is_absent=False,
        mistaken_for=None,
        sent_on_to=None,
        steps_out_s=None,
        forgotten_s=0.0,
        patience_s=10**6,
    )
    return replace(written, people=(person,))


def play(catalogue: Catalogue, script: Script) -> PlayedDay:
    """Play one day alone."""
    return play_day(Center(catalogue), script)


def fates(played: PlayedDay) -> dict[str, str]:
    """Return the status of each number of a day."""
    return {ticket_number(ticket.id): ticket.status for ticket in played.hall.tickets.values()}


def figures(catalogue: Catalogue, conditions: Conditions, count: int, seed: int = 1) -> list[DayFigures]:
    """Return the figures of so many days."""
    return [measure(played) for played in days(catalogue, conditions, count, seed)]
