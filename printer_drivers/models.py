"""Owns what is known of printer models: their width, from the profiles that python-escpos collects.

The profiles are read as data. Importing the library would take a second, set up logging, and leave a folder behind in
/tmp each time.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from printer_drivers.paper import PAPERS

_PROFILES = "capabilities.json"


def find_width(model: str) -> int | None:
    """Return the dots of a model, as `TM-T88V`, of a width that we can draw for; None when it is not known."""
    wanted = _normalise(model)
    widths = [width for name, width in _read_widths() if wanted and _normalise(name) == wanted]
    return next((width for width in widths if width in PAPERS), None)


def _read_widths() -> Iterator[tuple[str, object]]:
    """Yield (name, dots) of each profile, by its key and by its full name."""
    for folder in _find_folders():
        for key, profile in json.loads((folder / _PROFILES).read_text("utf-8"))["profiles"].items():
            width = profile["media"]["width"].get("pixels")
            yield key, width
            yield profile["name"], width


def _find_folders() -> Iterator[Path]:
    library = find_spec("escpos")
    for place in (library.submodule_search_locations or ()) if library else ():
        if (Path(place) / _PROFILES).is_file():
            yield Path(place)


def _normalise(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
