"""Trying rules from the command line: reads the catalogue, lends chance, shows how far it is, says what came of it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NoReturn

from tqdm import tqdm

import assets
from queue_server.core.catalogue import Catalogue
from queue_server.process.arguments import read_catalogue
from queue_server.process.secret_notes import say
from queue_server.simulation.arguments import SimulationRun
from queue_server.simulation.days import play_days
from queue_server.simulation.demand import Conditions
from queue_server.simulation.figures import DayFigures, measure
from queue_server.simulation.invariants import InvariantBroken
from queue_server.simulation.reports import Assumptions, Run, json_of, text_of
from queue_server.simulation.rules import with_rule


def simulate(asked: SimulationRun) -> int:
    """Play the days under each rule, and write the figures; returns the exit status.

    Raises `StartError` for a catalogue that cannot be used.
    """
    catalogue = read_catalogue(asked.catalogue or _preset(asked.preset))
    try:
        with tqdm(total=asked.days * len(asked.rules), unit=" days", disable=None) as bar:
            runs = [Run(rule.words, tuple(_days(asked, with_rule(catalogue, rule), bar))) for rule in asked.rules]
    except InvariantBroken as broken:
        print(f"This never may happen: {broken}", file=sys.stderr)  # noqa: T201 - the answer to the person who asked
        return 1
    assumed = Assumptions(
        source=asked.source,
        first=asked.first,
        days=asked.days,
        seed=asked.seed,
        tickets_per_day=asked.tickets_per_day,
        priority_share=asked.priority_share,
    )
    say((json_of if asked.as_json else text_of)(catalogue, assumed, runs))
    return 0


def _days(asked: SimulationRun, catalogue: Catalogue, bar: "tqdm[NoReturn]") -> Iterator[DayFigures]:
    conditions = Conditions(asked.tickets_per_day, asked.priority_share, asked.market_day, float(asked.faults))
    for played in play_days(catalogue, conditions, asked.first, asked.days, lambda name: _dice(asked.seed, name)):
        yield measure(played)
        bar.update()


def _dice(seed: int, name: str) -> Random:
    return Random(f"{seed} {name}")  # noqa: S311 - a simulation wants chance that can be had again


def _preset(name: str) -> Path:
    return assets.FOLDER / "catalogues" / f"{name}.toml"
