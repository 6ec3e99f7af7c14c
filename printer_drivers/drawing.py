"""Owns the way from a slip to the bytes of its job, in the form that its paper asks for."""

from collections.abc import Callable, Mapping, Sequence

from printer_drivers import raster
from printer_drivers.bitmap import Bitmap
from printer_drivers.column_text import Words
from printer_drivers.decoder import decode
from printer_drivers.escpos import encode, encode_row, encode_rows
from printer_drivers.layout import Layout
from printer_drivers.paper import Form, Paper
from printer_drivers.plain_form import lay_out_plain
from printer_drivers.raster import FontRuler, paint
from printer_drivers.slip import Slip
from printer_drivers.slow_form import lay_out_slow
from printer_drivers.trial_page import lay_out_plain_trial, lay_out_slow_trial, lay_out_trial_page

Job = Sequence[bytes]


def job_of(slip: Slip, paper: Paper) -> Job:
    """Return the bytes that print this slip in the form of this paper; each chunk is a whole command or more."""
    return _SLIPS[paper.form](slip, paper)


def trial_job_of(paper: Paper, content: str) -> Job:
    """Return the bytes of the page that shows what a printer can do in the form of this paper.

    `content` is what the QR code of the raster form says.
    """
    return _TRIALS[paper.form](paper, content)


def length_mm(job: Job, paper: Paper) -> float:
    """Return how much paper a job takes, with what is fed after it."""
    return sum(sheet.height for sheet in decode(b"".join(job), paper.width_dots)) / paper.dots_per_mm


def _drawn(slip: Slip, paper: Paper) -> Job:
    return encode(raster.draw(slip, paper), paper)


def _slow(slip: Slip, paper: Paper) -> Job:
    rows = lay_out_slow(slip, paper, FontRuler(), lambda row: len(encode_row(_painted(row), paper.dialect)))
    return encode_rows(map(_painted, rows), paper)


def _plain(slip: Slip, paper: Paper) -> Job:
    return encode_rows(lay_out_plain(slip, paper), paper)


def _drawn_trial(paper: Paper, content: str) -> Job:
    return encode(paint(lay_out_trial_page(paper, FontRuler(), content)), paper)


def _slow_trial(paper: Paper, _content: str) -> Job:
    return encode_rows(map(_painted, lay_out_slow_trial(paper, FontRuler())), paper)


def _plain_trial(paper: Paper, _content: str) -> Job:
    return encode_rows(lay_out_plain_trial(paper), paper)


def _painted(row: Words | Layout) -> Words | Bitmap:
    return row if isinstance(row, Words) else paint(row)


_SLIPS: Mapping[Form, Callable[[Slip, Paper], Job]] = {"raster": _drawn, "slow": _slow, "plain": _plain}
_TRIALS: Mapping[Form, Callable[[Paper, str], Job]] = {
    "raster": _drawn_trial,
    "slow": _slow_trial,
    "plain": _plain_trial,
}
