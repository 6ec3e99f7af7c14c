"""The jobs that another's emulator has drawn, and the command that has them drawn again: `make emulate`.

Kept are two sums a job: of its bytes, and of the picture that emupos made of them. So the tests need neither emupos nor
its Python; and they fail as soon as a job changes that the emulator has not seen.
"""

import hashlib
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from printer_drivers.bitmap import Bitmap
from printer_drivers.decoder import read
from printer_drivers.dialect import IMAGES, Image
from printer_drivers.drawing import trial_job_of
from printer_drivers.paper import FORMS, Form
from tests.printers.golden_jobs import FOLDER, SLIPS, WIDTHS, job_bytes, paper_of

SUMS = FOLDER / "emulated.sha256"
DRAWER = Path(__file__).with_name("foreign_printer.py")


class Drawn(NamedTuple):
    """Sums of a job's bytes and of the picture they make."""

    job: str
    picture: str


def jobs(form: Form, image: Image) -> Iterator[tuple[str, int, bytes]]:
    """Yield (title, width, bytes) for every width: each slip, and the trial page."""
    for width in WIDTHS:
        for name in SLIPS:
            yield f"{name}-{form}-{image}-{width}", width, job_bytes(name, form, width, image)
        yield f"trial-{form}-{image}-{width}", width, b"".join(trial_job_of(paper_of(width, form, image), "motcua"))


def mark(character: str) -> tuple[int, ...]:
    """Return the same cell as the emulator is given, see `foreign_printer.mark`."""
    return tuple(0xFFF if ord(character) >> row % 8 & 1 else 0x801 for row in range(24))


def draw(job: bytes, width: int) -> Drawn:
    """Draw a job with our own decoder."""
    (sheet,) = read(job, width, mark)
    return Drawn(hashlib.sha256(job).hexdigest(), sum_of(sheet.picture))


def sum_of(picture: Bitmap) -> str:
    """Return the sum of a picture without the white at its end: the emulator does not keep what is only fed."""
    ink = picture.data.rstrip(b"\x00")
    rows = -(-len(ink) // picture.row_bytes)
    return hashlib.sha256(picture.data[: rows * picture.row_bytes]).hexdigest()


def recorded() -> dict[str, Drawn]:
    """Return what the emulator drew, by title."""
    lines = (line.split() for line in SUMS.read_text("ascii").splitlines())
    return {title: Drawn(job, picture) for job, picture, title in lines}


def renew(python: str) -> None:
    """Have every job drawn by emupos under this Python, and keep the sums."""
    with tempfile.TemporaryDirectory() as folder:
        every = [job for form, image in itertools.product(FORMS, IMAGES) for job in jobs(form, image)]
        for title, _, job in every:
            (Path(folder) / f"{title}.bin").write_bytes(job)
        subprocess.run([python, DRAWER, folder], check=True)
        sums = (
            (hashlib.sha256(job).hexdigest(), read_pbm(Path(folder) / f"{title}.pbm"), title) for title, _, job in every
        )
        SUMS.write_text("".join(f"{job} {sum_of(picture)} {title}\n" for job, picture, title in sums), "ascii")


def read_pbm(file: Path) -> Bitmap:
    """Return a picture of the emulator; in PBM, too, a set bit is black."""
    _, size, data = file.read_bytes().split(b"\n", 2)
    width, height = map(int, size.split())
    return Bitmap(width, height, data)


if __name__ == "__main__":
    renew(sys.argv[1])
