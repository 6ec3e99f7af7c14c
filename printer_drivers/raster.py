"""Draws a laid-out slip as a 1-bit picture, writes pictures as PNG and reads logos; the only door to Pillow and segno.

Nothing is dithered: thermal heads print a dot or none, and grey turns small letters into dust.
"""

import functools
import io
import math
from pathlib import Path

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFont

from printer_drivers.bitmap import Bitmap
from printer_drivers.layout import Bar, Code, Layout, Picture, Text, lay_out
from printer_drivers.lettering import read_face
from printer_drivers.paper import CELL_HEIGHT, CELL_WIDTH, Paper
from printer_drivers.printer import PrinterError
from printer_drivers.slip import Slip
from printer_drivers.wrapping import Extent, Weight

# A dot is black from half coverage on: lighter thins the strokes, darker fills the eyes of ẵ and ễ.
HALF_COVERED = 128
WHITE = 255
# The letterhead is two lines of the center's name high; a logo larger than this pushes the slip past 90 mm.
LOGO_MM = 10.0
# Beside a wider logo the center's name no longer fits in three lines of 58 mm paper.
LOGO_SHARE = 4
# A logo drawn for print has a few hundred dots a side; thousands are a photograph or a scanned page.
LARGEST_LOGO = 2000
GREYS = {"1", "L", "LA"}
# Em of the letters that stand in for the printer's own; capitals come out 16 of the 24 rows high, as on most heads.
CELL_EM = 22


class BadLogo(PrinterError):
    """The picture given as logo cannot be printed; the message says what is wrong with it and what to give."""


class FontRuler:
    """Measures with the very fonts and codes that are drawn."""

    def extent(self, words: str, weight: Weight, size: int) -> Extent:
        """Return the extent of these words in this weight, at an em of `size` dots."""
        return _extent(words, weight, size)

    def modules(self, content: str) -> int:
        """Return the modules along one side of the QR code of `content`, without its quiet zone."""
        return len(_matrix(content))


def draw(slip: Slip, paper: Paper) -> Bitmap:
    """Return the picture of the slip on this paper, as wide as the paper."""
    return paint(lay_out(slip, paper, FontRuler()))


def paint(layout: Layout) -> Bitmap:
    """Return the picture of any layout; a set bit is black."""
    canvas = Image.new("1", (layout.width_dots, layout.height))
    pen = ImageDraw.Draw(canvas)
    for piece in layout.pieces:
        match piece:
            case Text():
                _paint_text(piece, canvas)
            case Bar():
                _paint_bar(piece, pen)
            case Code():
                _paint_code(piece, canvas)
            case Picture():
                canvas.paste(_image(piece.bitmap), (piece.left, piece.top))
    return Bitmap(layout.width_dots, layout.height, canvas.tobytes())


def encode_png(bitmap: Bitmap) -> bytes:
    """Return the picture as a 1-bit PNG, black on white."""
    file = io.BytesIO()
    ImageChops.invert(_image(bitmap)).save(file, "PNG")
    return file.getvalue()


def read_logo(path: Path, paper: Paper) -> Bitmap:
    """Return the logo of a PNG file, black and white or grey, without its margins and made to fit this paper.

    A small one is kept dot for dot, a large one is scaled down to `LOGO_MM` and a `LOGO_SHARE`th of the paper's width.
    Raises `BadLogo`, with a sentence for whoever sets the kiosk up.
    """
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            ink = _ink_of_logo(picture, path)
    except FileNotFoundError as error:
        raise BadLogo(f"there is no logo at {path}; correct the path or leave the logo out") from error
    except Image.DecompressionBombError as error:
        raise BadLogo(f"the logo {path} is far too large; give one of at most {LARGEST_LOGO} dots a side") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadLogo(f"the logo {path} cannot be read as a PNG file; save it as PNG ({error})") from error
    ink.thumbnail((paper.width_dots // LOGO_SHARE, paper.dots(LOGO_MM)), Image.Resampling.BOX)
    hard = Image.new("1", ((ink.width + 7) // 8 * 8, ink.height))
    hard.paste(ink.point(_harden(), "1"))
    return Bitmap(hard.width, hard.height, hard.tobytes())


def _ink_of_logo(picture: Image.Image, path: Path) -> Image.Image:
    """Return the logo without its margins, white on black in grey levels."""
    if picture.mode not in GREYS:
        raise BadLogo(f"the logo {path} is in colour ({picture.mode}); save it black and white or in 8-bit grey")
    if max(picture.size) > LARGEST_LOGO:
        size = f"{picture.width} by {picture.height} dots"
        raise BadLogo(f"the logo {path} has {size}; give one of at most {LARGEST_LOGO} dots a side")
    paper = Image.new("LA", picture.size, (WHITE, WHITE))
    paper.alpha_composite(picture.convert("LA"))
    ink = ImageChops.invert(paper.convert("L"))
    inked = ink.point(_harden()).getbbox()
    if inked is None:
        raise BadLogo(f"the logo {path} is blank; give one with black in it")
    return ink.crop(inked)


@functools.cache
def cell(character: str) -> tuple[int, ...]:
    """Return the rows of one character as text mode prints it, each `CELL_WIDTH` bits, the highest bit leftmost.

    Real printers draw with letters of their own; these show what was said on virtual paper.
    """
    extent = _extent(character, "SemiBold", CELL_EM)
    width = min(extent.width, CELL_WIDTH)
    canvas = Image.new("1", (16, CELL_HEIGHT))
    if width:
        ink = _ink(character, "SemiBold", CELL_EM, width)
        canvas.paste(1, ((CELL_WIDTH - width) // 2, CELL_HEIGHT - 6 - extent.above), ink)
    rows = canvas.tobytes()
    return tuple(int.from_bytes(rows[at : at + 2]) >> 16 - CELL_WIDTH for at in range(0, len(rows), 2))


def _image(bitmap: Bitmap) -> Image.Image:
    return Image.frombytes("1", (bitmap.width_dots, bitmap.height), bitmap.data)


def _paint_text(text: Text, canvas: Image.Image) -> None:
    above = _extent(text.words, text.weight, text.size).above
    ink = _ink(text.words, text.weight, text.size, text.width)
    canvas.paste(int(not text.light), (text.left, text.baseline - above), ink)


# Drawing hinted letters is slow, and half the words of a slip are the same all day: 41 ms become 31 ms.
# A line of 576 dots takes 25 KB.
@functools.lru_cache(maxsize=64)
def _ink(words: str, weight: Weight, size: int, width: int | None) -> Image.Image:
    """Return the words as a mask, pressed sideways to `width` dots if given."""
    extent = _extent(words, weight, size)
    mode = "1" if width is None else "L"
    ink = Image.new(mode, (extent.width, extent.above + extent.below))
    black = 1 if width is None else WHITE
    start = (_overhang(words, weight, size), extent.above)
    ImageDraw.Draw(ink).text(start, words, fill=black, font=_font(weight, size), anchor="ls")
    if width is None:
        return ink
    # Soft edges are pressed and then cut hard again; pressing hard edges would lose whole columns of dots.
    return ink.resize((width, ink.height), Image.Resampling.BOX).point(_harden(), "1")


@functools.cache
def _harden() -> list[int]:
    return [WHITE if level >= HALF_COVERED else 0 for level in range(256)]


def _paint_bar(bar: Bar, pen: ImageDraw.ImageDraw) -> None:
    corner = (bar.left + bar.width - 1, bar.top + bar.height - 1)
    pen.rectangle(((bar.left, bar.top), corner), fill=int(not bar.light))


def _paint_code(code: Code, canvas: Image.Image) -> None:
    matrix = _matrix(code.content)
    side = len(matrix)
    ink = Image.new("1", (side, side))
    ink.putdata([module for row in matrix for module in row])
    large = ink.resize((side * code.module_dots, side * code.module_dots), Image.Resampling.NEAREST)
    canvas.paste(large, (code.left, code.top))


@functools.cache
def _font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    # The basic engine draws NFC without libraqm, which is not on every machine.
    return ImageFont.truetype(io.BytesIO(read_face(weight)), size, layout_engine=ImageFont.Layout.BASIC)


def _extent(words: str, weight: Weight, size: int) -> Extent:
    _left, top, right, bottom = _box(words, weight, size)
    return Extent(_overhang(words, weight, size) + right, max(0, -top), max(0, bottom))


def _overhang(words: str, weight: Weight, size: int) -> int:
    """Return how far the ink of a first letter, as a lone mark, reaches to the left of the pen's start."""
    return max(0, -_box(words, weight, size)[0])


# A slip asks about 300 times and a day repeats most words; 4096 entries are under 1 MB.
@functools.lru_cache(maxsize=4096)
def _box(words: str, weight: Weight, size: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = _font(weight, size).getbbox(words, mode="1", anchor="ls")
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)


# Layout asks for the size and painting for the dots of the same code; the next slip has another.
@functools.lru_cache(maxsize=8)
def _matrix(content: str) -> tuple[bytes, ...]:
    code = segno.make(content, error="m", micro=False, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)
