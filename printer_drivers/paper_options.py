"""Owns the options of an address that say what a printer prints on and how it wants to be told.

`model=` names a printer of `models.toml`; each other option corrects one thing about it, or describes a printer that no
table knows.
"""

from dataclasses import replace

from printer_drivers.dialect import BAND_ROWS, CUTTERS, DEFAULT_CUTTER, IMAGES, MOST_BAND_ROWS, PRESENTERS, Dialect
from printer_drivers.models import find_model, normalise_cutter
from printer_drivers.options import Options, choose, count
from printer_drivers.paper import DOTS_PER_BYTE, FORMS, NARROWEST_DOTS, WIDEST_DOTS, Paper, make_paper

NAMES = frozenset({"model", "width", "layout", "cut", "image", "present", "band", "pause"})

# 80 mm paper at 203 dpi, by far the most common.
DEFAULT_WIDTH = 576
_WIDTHS = range(NARROWEST_DOTS, WIDEST_DOTS + 1, DOTS_PER_BYTE)
# A band of eight rows costs an eighth more in headers, and a pause of half a second after 4 KB three seconds a slip.
_BANDS, _PAUSES_MS = range(8, MOST_BAND_ROWS + 1), range(501)


def read_paper(url: str, options: Options) -> Paper:
    """Return the paper of an address; raises `BadPrinterAddress` with a sentence that says what to change."""
    known = find_model(options["model"]).paper if "model" in options else None
    base = known or make_paper(count(url, options, "width", _WIDTHS, DEFAULT_WIDTH))
    if known is not None and "width" in options:
        base = replace(make_paper(count(url, options, "width", _WIDTHS, DEFAULT_WIDTH)), dialect=known.dialect)
    form = choose(url, options, "layout", FORMS, base.form)
    return replace(base, dialect=_read_dialect(url, options, base.dialect), form=form)  # type: ignore[arg-type]  # one of FORMS


def _read_dialect(url: str, options: Options, known: Dialect) -> Dialect:
    image = choose(url, options, "image", IMAGES, known.image)
    present = choose(url, options, "present", [*PRESENTERS, "off"], known.presenter or "off")
    return Dialect(
        image=image,  # type: ignore[arg-type]  # one of IMAGES
        cutter=_read_cutter(url, options, known.cutter),
        presenter=None if present == "off" else present,
        band_rows=count(url, options, "band", _BANDS, min(known.band_rows, BAND_ROWS)),
        pause_ms=count(url, options, "pause", _PAUSES_MS, known.pause_ms),
    )


def _read_cutter(url: str, options: Options, known: str | None) -> str | None:
    if "cut" not in options:
        return known
    named = {**options, "cut": normalise_cutter(options["cut"])}
    cut = choose(url, named, "cut", ["on", "off", *CUTTERS], "on")
    return {"on": known or DEFAULT_CUTTER, "off": None}.get(cut, cut)
