"""Draws a laid-out slip as a 1-bit picture and writes pictures as PNG; the only door to Pillow and segno.

Nothing is dithered: thermal heads print a dot or none, and grey turns small letters into dust.
"""

import functools
import io

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFont

import assets
from printer_drivers.bitmap import Bitmap
from printer_drivers.layout import Bar, Code, Extent, Layout, Text, Weight, lay_out
from printer_drivers.paper import Paper
from printer_drivers.slip import Slip

# A dot is black from half coverage on: lighter thins the strokes, darker fills the eyes of ẵ and ễ.
HALF_COVERED = 128


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
    return Bitmap(layout.width_dots, layout.height, canvas.tobytes())


def encode_png(bitmap: Bitmap) -> bytes:
    """Return the picture as a 1-bit PNG, black on white."""
    ink = Image.frombytes("1", (bitmap.width_dots, bitmap.height), bitmap.data)
    file = io.BytesIO()
    ImageChops.invert(ink).save(file, "PNG")
    return file.getvalue()


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
    black = 1 if width is None else 255
    ImageDraw.Draw(ink).text((0, extent.above), words, fill=black, font=_font(weight, size), anchor="ls")
    if width is None:
        return ink
    # Soft edges are pressed and then cut hard again; pressing hard edges would lose whole columns of dots.
    return ink.resize((width, ink.height), Image.Resampling.BOX).point(_harden(), "1")


@functools.cache
def _harden() -> list[int]:
    return [255 if level >= HALF_COVERED else 0 for level in range(256)]


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
    return ImageFont.truetype(str(assets.font(weight)), size, layout_engine=ImageFont.Layout.BASIC)


# A slip asks about 300 times and a day repeats most words; 4096 entries are under 1 MB.
@functools.lru_cache(maxsize=4096)
def _extent(words: str, weight: Weight, size: int) -> Extent:
    _left, top, right, bottom = _font(weight, size).getbbox(words, mode="1", anchor="ls")
    return Extent(round(right), max(0, -round(top)), max(0, round(bottom)))


# Layout asks for the size and painting for the dots of the same code; the next slip has another.
@functools.lru_cache(maxsize=8)
def _matrix(content: str) -> tuple[bytes, ...]:
    code = segno.make(content, error="m", micro=False, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)
