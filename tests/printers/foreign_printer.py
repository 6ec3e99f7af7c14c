"""Draws jobs with emupos, a simulator of receipt printers that is not ours: `python foreign_printer.py FOLDER`.

Each `NAME-WIDTH.bin` of the folder becomes `NAME-WIDTH.pbm`. It runs outside the project's environment, because emupos
needs Python 3.13; `tests.printers.emulated` starts it.
"""

import io
import sys
from pathlib import Path

from emupos.config import PrinterProfile
from emupos.printer.escpos import glyphs
from emupos.printer.escpos.model import PrintModel
from emupos.printer.escpos.tokenizer import Command, Tokenizer
from PIL import Image

# What cuts is no part of the picture, and what a presenter does with the slip is unknown to emupos.
CUTS = {"GS V", "ESC i", "ESC m"}
PRESENTER = b"\x1de"


def mark(character: str) -> tuple[int, ...]:
    """Return a cell of 12 by 24 dots that tells this character from any other.

    It stands for the letters of text mode: their shapes are each printer's own, what is set and where is the encoder's.
    """
    return tuple(0xFFF if ord(character) >> row % 8 & 1 else 0x801 for row in range(24))


def draw(job: bytes, width_dots: int) -> Image.Image:
    """Return the paper of one job; exits with the first bytes that the emulator does not understand."""
    model = PrintModel(
        "judge",
        PrinterProfile(
            type="printer",
            name="judge",
            dpi=203,
            width_dots=width_dots,
            font_a={"width": 12, "height": 24},
            font_b={"width": 9, "height": 17},
            code_pages={0: "PC437"},
            default_code_page=0,
            drawer_sensor_open_level="high",
        ),
    )
    for token in Tokenizer().feed(job.partition(PRESENTER)[0]):
        if not (isinstance(token, Command) and token.name in CUTS) and (events := model.process(token)):
            sys.exit(f"the emulator does not understand {events}")
    return Image.open(io.BytesIO(model.finish("cut").png))


def main(folder: Path) -> None:
    """Draw every job of the folder."""
    table = {code: b"".join((row << 4).to_bytes(2, "big") for row in mark(chr(code))) for code in range(0x20, 0x7F)}
    glyphs._glyph_table = lambda _font: table
    for job in sorted(folder.glob("*.bin")):
        draw(job.read_bytes(), int(job.stem.rsplit("-", 1)[1])).save(job.with_suffix(".pbm"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
