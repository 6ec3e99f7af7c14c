"""Reads what is known of printer models: our table `models.toml` over the profiles that python-escpos collects.

The profiles are read as data. Importing the library would take a second, set up logging, and leave a folder behind in
/tmp each time.
"""

import difflib
import functools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from printer_drivers.dialect import CUTTERS, DEFAULT_CUTTER, USUAL, Dialect
from printer_drivers.paper import COARSE, DOTS_PER_BYTE, FINE, NARROWEST_DOTS, Paper, make_paper
from printer_drivers.printer import BadPrinterAddress

_TABLE = Path(__file__).with_name("models.toml")
_PROFILES = "capabilities.json"
_COARSE_DPI = 180
# Prefixes that people leave out: T88VI, Q200.
_SERIES = ("TM", "XP")
_MAKERS = ("EPSON", "XPRINTER", "CUSTOM", "RONGTA", "CITIZEN")
_NO_CUTTER = "none"
_SUGGESTED = 3


class UnknownModel(BadPrinterAddress):
    """No table knows this model; the message says which options describe a printer instead."""


@dataclass(frozen=True, slots=True)
class Model:
    """A printer known by name: what it prints on and how it wants to be told, and whose word that is."""

    paper: Paper
    source: str


def find_model(name: str) -> Model:
    """Return what is known of a model, as `TM-T88V`, `Xprinter Q200` or what GS I answers.

    Raises `UnknownModel`, and `BadPrinterAddress` for one that cannot print slips.
    """
    rows = _rows()
    row = next((rows[key] for key in _keys(name) if key in rows), None)
    if row is None:
        near = _find_near(name)
        raise UnknownModel(_say_unknown(name, near), "printer_model_unknown", name=name, near=", ".join(near) or "-")
    if "refused" in row:
        raise BadPrinterAddress(f"model={name} cannot be used: {row['refused']}", "printer_model_refused", name=name)
    return Model(_paper_of(row), row["source"])


def is_known(name: str) -> bool:
    """Say whether a printer of this name can be used by its name."""
    try:
        find_model(name)
    except BadPrinterAddress:
        return False
    return True


def list_names() -> tuple[str, ...]:
    """Return the names of all models that can be used, sorted."""
    rows = {id(row): row for row in _rows().values()}.values()
    return tuple(sorted({name for row in rows if "refused" not in row for name in row["names"]}))


def normalise_cutter(name: str) -> str:
    """Return a name of `CUTTERS` for one as manuals write it, `GS V 66`; what is no cutter comes back as it is."""
    short = "".join(name.split()).lower()
    return short if short in CUTTERS else name


def _find_near(name: str) -> list[str]:
    return difflib.get_close_matches(name.upper(), [known.upper() for known in list_names()], _SUGGESTED, 0.7)


def _say_unknown(name: str, near: Sequence[str]) -> str:
    hint = f"; did you mean {' or '.join(near)}?" if near else ";"
    return (
        f"model={name} is not known{hint} describe it instead: width= (dots in a row, as its self-test prints them; 384"
        " for 58 mm, 576 for 80 mm), cut=off if it has no cutter, image=column if pictures come out as letters,"
        " pause=20 and band=32 if they come out torn"
    )


def _paper_of(row: Mapping[str, Any]) -> Paper:
    features = _profiles()[row["profile"]]["features"] if "profile" in row else {}
    width = row["width"] if "width" in row else _width_of(_profiles()[row["profile"]])
    fineness = None if "dpi" not in row else COARSE if row["dpi"] == _COARSE_DPI else FINE
    paper = make_paper(width or 0, fineness)
    return replace(paper, dialect=_dialect_of(row, features), form=row.get("layout", paper.form))


def _dialect_of(row: Mapping[str, Any], features: Mapping[str, bool]) -> Dialect:
    can_cut = not features or features["paperPartCut"] or features["paperFullCut"]
    cutter = normalise_cutter(row.get("cutter", DEFAULT_CUTTER if can_cut else _NO_CUTTER))
    return Dialect(
        image=row.get("image", "raster" if not features or features["bitImageRaster"] else "column"),
        cutter=None if cutter == _NO_CUTTER else cutter,
        presenter=row.get("presenter"),
        band_rows=row.get("band_rows", USUAL.band_rows),
        pause_ms=row.get("pause_ms", USUAL.pause_ms),
    )


def _width_of(profile: Mapping[str, Any]) -> int | None:
    """Return the whole bytes of a row in dots; `None` where the profile leaves them open or it is no printer's."""
    dots = profile["media"]["width"].get("pixels")
    if not isinstance(dots, int) or dots < NARROWEST_DOTS:
        return None
    return dots // DOTS_PER_BYTE * DOTS_PER_BYTE


@functools.cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows by each normalised name: ours, and for the other profiles what they say themselves."""
    rows: dict[str, Mapping[str, Any]] = {}
    for row in [*tomllib.loads(_TABLE.read_text("utf-8"))["models"], *_rows_of_profiles()]:
        for name in row["names"]:
            for key in _keys(name):
                rows.setdefault(key, row)
    return rows


def _rows_of_profiles() -> Iterator[Mapping[str, Any]]:
    for key, profile in _profiles().items():
        if _width_of(profile) is not None:
            names = [key, profile["name"]]
            yield {"names": names, "profile": key, "source": f"python-escpos profile {key}"}


@functools.cache
def _profiles() -> Mapping[str, Mapping[str, Any]]:
    library = find_spec("escpos")
    for place in (library.submodule_search_locations or ()) if library else ():
        file = Path(place) / _PROFILES
        if file.is_file():
            found: Mapping[str, Mapping[str, Any]] = json.loads(file.read_text("utf-8"))["profiles"]
            return found
    return {}


def _keys(name: str) -> tuple[str, ...]:
    """Return the ways to look up a name: letters and digits alone, without the maker, without the series."""
    bare = "".join(letter for letter in name.upper() if letter.isalnum())
    for maker in _MAKERS:
        bare = bare.removeprefix(maker)
    short = next((bare.removeprefix(series) for series in _SERIES if bare.startswith(series)), bare)
    # `80` and `58` alone are widths of paper, not models.
    return tuple(key for key in dict.fromkeys((bare, short)) if len(key) > 1 and not key.isdigit())
