"""The presets: one table of services, the counters of their size, and a first start that works at any hour."""

import pytest

from queue_server.core.calendar import sessions_of
from queue_server.simulation.estimates import CROWDS, VISITS
from tests.simulation.trying import MONDAY, PRESETS, preset

COUNTERS = {"xa-nho": 3, "xa-vua": 4, "xa-lon": 8, "qua-tai": 10}

PREFIXES = "AHLXKCSNMTG"
"""In the order in which they are told apart through a bad loudspeaker."""


def test_presets_and_crowds_are_the_same() -> None:
    """Each preset has its crowd to simulate, and its counters."""
    assert set(CROWDS) == set(PRESETS) == set(COUNTERS)
    assert {name: len(preset(name).counters) for name in PRESETS} == COUNTERS


@pytest.mark.parametrize("name", PRESETS)
def test_services_are_the_same_everywhere(name: str) -> None:
    """All presets offer the same services in the same words, and the simulation knows each of them."""
    assert preset(name).services == preset("xa-vua").services
    assert {service.id for service in preset(name).services} == set(VISITS)


def test_prefixes_are_those_that_sound_apart() -> None:
    """Prefixes come from the letters that were chosen for the ear."""
    assert {service.prefix for service in preset("xa-vua").services} == set(PREFIXES)


@pytest.mark.parametrize("name", PRESETS)
def test_hours_of_an_office(name: str) -> None:
    """Presets have a morning and an afternoon; the one of a first start has no hours, and gives a number at any."""
    sessions = sessions_of(preset(name), MONDAY)
    if name == "xa-vua":
        assert sessions is None
    else:
        assert [each.closes_at - each.opens_at for each in sessions or ()] != []
        assert len(sessions or ()) == 2


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_is_of_a_real_place(name: str) -> None:
    """The center of a preset has a name that no commune has."""
    assert preset(name).center["vi"].endswith(" Mẫu")
