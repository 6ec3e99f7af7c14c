"""Slips on paper: how long drawing takes, how many bytes come out, and when the last one has left on a slow line."""

import dataclasses
import time
from pathlib import Path
from statistics import median
from typing import Any

from printer_drivers.drawing import Job, job_of, length_mm
from printer_drivers.paper import FORMS, PAPERS, Paper
from printer_drivers.slip import Slip
from tests.printers.golden_jobs import USUAL

ROUNDS = 40
DRAWING_AIM_MS = 40.0
"""A slip that starts later than the finger has left the screen feels broken."""

SLOW_LINE_AIM_S = 4.0
BAUDS = (9600, 19200, 38400, 115200)
BITS_A_BYTE = 10
"""A start bit, eight of data, a stop bit."""


def measure(_folder: Path) -> list[dict[str, Any]]:
    """Return one row per form and width, and one for the first slip of a process."""
    began = time.perf_counter()
    job_of(USUAL, PAPERS[576])
    first = _row("slip raster 576, the first of a process", (time.perf_counter() - began) * 1000, "ms", None)
    papers = [dataclasses.replace(paper, form=form) for form in FORMS for paper in PAPERS.values()]
    return [first, *(_measure_on(paper) for paper in papers)]


def _measure_on(paper: Paper) -> dict[str, Any]:
    job_of(_slip(0), paper)
    took_ms, job = _draw_many(paper)
    seconds = {baud: len(b"".join(job)) * BITS_A_BYTE / baud for baud in BAUDS}
    if paper.form == "slow":
        assert seconds[BAUDS[0]] <= SLOW_LINE_AIM_S
    return _row(
        f"slip {paper.form} {paper.width_dots}, layout and bytes, warm",
        median(took_ms),
        "ms",
        DRAWING_AIM_MS,
        worst_ms=round(max(took_ms), 1),
        bytes=len(b"".join(job)),
        mm=round(length_mm(job, paper)),
        first_byte_ms=round(median(took_ms) + len(job[0]) * BITS_A_BYTE * 1000 / BAUDS[0], 1),
        last_byte_s=" ".join(f"{baud}:{taken:.1f}" for baud, taken in seconds.items()),
    )


def _draw_many(paper: Paper) -> tuple[list[float], Job]:
    """Draw slips that differ in number, code and people ahead, as those of a day do."""
    took_ms: list[float] = []
    job: Job = ()
    for number in range(1, ROUNDS + 1):
        began = time.perf_counter()
        job = job_of(_slip(number), paper)
        took_ms.append((time.perf_counter() - began) * 1000)
    return took_ms, job


def _slip(number: int) -> Slip:
    ahead = (f"Trước ông/bà còn {number % 9} lượt (lúc 08:{number % 60:02})", *USUAL.lines[1:])
    token = f"{number:026}"
    return dataclasses.replace(USUAL, number=f"A{number:03}", lines=ahead, qr=f"{str(USUAL.qr)[:-26]}{token}")


def _row(what: str, value: float, unit: str, aim: float | None, **more: object) -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "aim": aim, **more}
