"""What a catalogue may not say, and that the shipped ones say nothing of the kind."""

from pathlib import Path

import msgspec
import pytest

import assets
from queue_protocol.ids import ServiceId
from queue_server.config import read_catalogue
from queue_server.core.catalogue import Catalogue, Counter, contradictions
from tests.core.center import CATALOGUE, CERTIFICATION, CIVIL_STATUS, LAND, service


def changed(**changes: object) -> Catalogue:
    """Return the catalogue with something else in it."""
    return msgspec.structs.replace(CATALOGUE, **changes)


@pytest.mark.parametrize(
    ("catalogue", "problem"),
    [
        (changed(services=(*CATALOGUE.services, service(LAND, "K", 5))), "service 'land' stands there 2 times"),
        (
            changed(services=(service(CERTIFICATION, "A", 6), service(CIVIL_STATUS, "A", 6), service(LAND, "L", 6))),
            "prefix 'A' stands there 2 times",
        ),
        (
            changed(counters=(*CATALOGUE.counters, Counter(number=3, services=(LAND,)))),
            "counter '3' stands there 2 times",
        ),
        (
            changed(counters=(*CATALOGUE.counters, Counter(number=4, services=(ServiceId("fishing"),)))),
            "counter 4 serves 'fishing', which is no service of this file",
        ),
        (changed(counters=CATALOGUE.counters[:2]), "service 'land' is served by no counter"),
        (
            changed(
                services=(*CATALOGUE.services[:2], msgspec.structs.replace(CATALOGUE.services[2], names={"en": "Land"}))
            ),
            "service 'land' has no Vietnamese name (names.vi)",
        ),
        (changed(center={"en": "Center"}), "the center has no Vietnamese name (center.vi)"),
    ],
)
def test_a_contradiction_is_named(catalogue: Catalogue, problem: str) -> None:
    """What the types cannot find is found, with the place it stands at."""
    assert list(contradictions(catalogue)) == [problem]


def test_the_small_catalogue_of_these_tests_is_sound() -> None:
    """A catalogue without a contradiction is said to have none."""
    assert list(contradictions(CATALOGUE)) == []


@pytest.mark.parametrize("path", sorted((assets.FOLDER / "catalogues").glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_catalogue_can_be_imported(path: Path) -> None:
    """Each preset is read whole, with a Vietnamese and an English name for everything a citizen reads."""
    catalogue = read_catalogue(path)
    for offered in catalogue.services:
        assert set(catalogue.languages) <= set(offered.names)


def test_look_ups_say_none_for_what_is_not_there() -> None:
    """A service or counter that is not in the catalogue is `None`, not an error."""
    assert CATALOGUE.service(ServiceId("fishing")) is None
    assert CATALOGUE.counter(9) is None
    assert [counter.number for counter in CATALOGUE.counters_of(CERTIFICATION)] == [1, 2]
