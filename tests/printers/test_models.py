"""Printers by name: the table over python-escpos' profiles, and what is said of a name that nobody knows."""

import tomllib
from pathlib import Path

import pytest

from printer_drivers import models
from printer_drivers.dialect import CUTTERS, PRESENTERS, Dialect
from printer_drivers.models import UnknownModel, find_model, is_known, list_names
from printer_drivers.printer import BadPrinterAddress

TABLE = tomllib.loads(Path(models.__file__).with_name("models.toml").read_text("utf-8"))["models"]

# What the halls have, as their people name it, and the dots and the cut it must come to.
NAMED = {
    "Xprinter XP-80": (576, "gsv66"),
    "XP-80C": (576, "gsv66"),
    "Q200": (576, "gsv66"),
    "XP-Q200": (576, "gsv66"),
    "N160": (576, "gsv66"),
    "xprinter n160ii": (576, "gsv66"),
    "XP-58": (384, None),
    "POS-5890": (384, None),
    "POS-5890K": (384, None),
    "NT-5890K": (384, None),
    "POS5890 Series": (384, None),
    "ZJ-5870": (384, None),
    "NT-80-V-UL": (576, "gsv66"),
    "RP326": (576, "gsv66"),
    "Rongta RP326": (576, "gsv66"),
    "EPSON TM-T81": (512, "gsv66"),
    "TM-T82": (576, "gsv66"),
    "T82III": (576, "gsv66"),
    "TM-T20": (576, "gsv66"),
    "TM-T20II": (576, "gsv66"),
    "TM-T20III": (576, "gsv66"),
    "m30II": (576, "gsv66"),
    "TM-T88II": (512, "gsv66"),
    "tm t88v": (512, "gsv66"),
    "T88VI": (512, "gsv66"),
    "TM-P80": (576, "gsv66"),
    "TM-T20II-42col": (544, "gsv66"),
    "TM-U220": (400, "gsv66"),
    "CT-S651": (640, "gsv66"),
    "RP-F10-58mm": (432, "gsv66"),
    "RP-F10": (576, "gsv66"),
    "TEP-200M": (576, "gsv66"),
    "VKP80": (576, "esci"),
    "VKP80III": (576, "esci"),
    "KPM216H": (832, "esci"),
    "default": (576, "gsv66"),
    "simple": (576, None),
}


@pytest.mark.parametrize(("name", "width", "cutter"), [(name, *what) for name, what in NAMED.items()])
def test_printers_of_the_halls_are_known(name: str, width: int, cutter: str | None) -> None:
    """Each name a hall may read off its printer gives the dots of its head and what cuts."""
    model = find_model(name)
    assert (model.paper.width_dots, model.paper.dialect.cutter) == (width, cutter)
    assert model.source


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["names"][0])
def test_each_row_says_where_it_is_from(row: dict[str, object]) -> None:
    """Each row names its source, and only what a printer can have."""
    known = {"names", "source", "profile", "width", "dpi", "image", "layout", "cutter", "presenter", "band_rows"}
    assert set(row) <= known | {"pause_ms", "refused"}
    assert len(str(row["source"])) > 20
    if "refused" not in row:
        for name in row["names"]:  # type: ignore[attr-defined]  # a list of names
            dialect = find_model(name).paper.dialect
            assert dialect.cutter is None or dialect.cutter in CUTTERS
            assert dialect.presenter is None or dialect.presenter in PRESENTERS


def test_every_profile_is_known_or_refused() -> None:
    """Each of python-escpos' profiles comes to a paper, or to a sentence that says why it cannot."""
    profiles = models._profiles()
    assert len(profiles) > 30
    refused = {name for name in profiles if not is_known(name)}
    assert refused == {"AF-240", "OCD-100", "OCD-300", "SP2000", "TSP600", "TUP500"}
    for name in refused:
        with pytest.raises(BadPrinterAddress, match="cannot be used: it"):
            find_model(name)


def test_coarse_heads_and_poor_printers_are_told_apart() -> None:
    """180 dpi, a presenter, slow bands and printers that draw nothing come from the table."""
    assert find_model("TM-T88VI").paper.dots(72) == 510
    assert find_model("VKP80").paper.dialect == Dialect(cutter="esci", presenter="hold")
    assert find_model("POS-5890K").paper.dialect == Dialect(cutter=None, band_rows=32, pause_ms=20)
    assert find_model("TM-U220").paper.form == "plain"


@pytest.mark.parametrize("name", ["XP-81C", "", "T", "Máy in", "58", "TM"])
def test_unknown_names_get_the_options_to_give(name: str) -> None:
    """Nothing is guessed: an unknown name is told what describes a printer instead, and names that are near."""
    assert not is_known(name)
    with pytest.raises(UnknownModel, match=r"is not known.*width=.*cut=off.*image=column.*band=32"):
        find_model(name)


def test_near_names_are_suggested() -> None:
    """A slip of the finger finds the model that was meant."""
    with pytest.raises(UnknownModel, match="did you mean XP-80C"):
        find_model("XP-81C")


def test_names_are_listed_once() -> None:
    """The list of names for the manual holds every usable name once."""
    names = list_names()
    assert len(set(names)) == len(names) > 80
    assert all(is_known(name) for name in names)
