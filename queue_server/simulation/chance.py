"""Chance as an argument: what the simulation draws from, and the distributions it needs."""

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from math import log, sqrt
from typing import Protocol, TypeVar

Kind = TypeVar("Kind")


class Chance(Protocol):
    """A source of chance; `random.Random` is one."""

    def random(self) -> float:
        """Return a number from 0 to below 1, each as likely."""

    def lognormvariate(self, mu: float, sigma: float) -> float:
        """Return a number whose logarithm is normal."""

    def expovariate(self, lambd: float) -> float:
        """Return a waiting time at this rate."""

    def randbytes(self, n: int) -> bytes:
        """Return so many bytes."""


Dice = Callable[[str], Chance]
"""Gives each purpose its own source, so that more draws for one change no other. The same name gives the same draws."""


def happens(chance: Chance, share: float) -> bool:
    """Say whether something happens that happens in this share of cases."""
    return chance.random() < share


def between(chance: Chance, low: float, high: float) -> float:
    """Return a number between two, each as likely."""
    return low + (high - low) * chance.random()


def one_of(chance: Chance, weights: Mapping[Kind, float]) -> Kind:
    """Return one of these, each as often as its weight says."""
    kinds = list(weights)
    place = bisect(list(accumulate(weights.values())), chance.random() * sum(weights.values()))
    return kinds[min(place, len(kinds) - 1)]


def lasting(chance: Chance, mean: float, variation: float) -> float:
    """Return a lognormal time with this mean and coefficient of variation, as times at counters have."""
    sigma = sqrt(log(1 + variation**2))
    return chance.lognormvariate(log(mean) - sigma**2 / 2, sigma)


def moments(chance: Chance, mean_count: float) -> Iterator[float]:
    """Yield moments from 0 to 1, in order, at which something happens that happens so often on average."""
    at = 0.0
    while mean_count > 0 and (at := at + chance.expovariate(mean_count)) < 1:
        yield at
