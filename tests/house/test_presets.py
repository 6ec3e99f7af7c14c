"""The catalogues that come along can be opened, and are good examples."""

from pathlib import Path

import pytest

from queue_server.config import read_catalogue
from tests.house.sources import files

PRESETS = files(".toml", ("assets/catalogues",))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_presets_open(path: Path) -> None:
    """A preset is a whole catalogue without contradictions."""
    assert read_catalogue(path).services


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_presets_speak_every_language_they_offer(path: Path) -> None:
    """A preset names its center and its services in each language that it offers."""
    catalogue = read_catalogue(path)
    for language in catalogue.languages:
        assert language in catalogue.center
        assert all(language in service.names for service in catalogue.services)


def test_the_first_preset_is_there() -> None:
    """`make run` opens the commune."""
    assert "xa-vua" in [path.stem for path in PRESETS]
