"""The drawn paper, looked at dot by dot and read by an independent QR reader."""

import dataclasses
import io
import unicodedata

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from printer_drivers.bitmap import Bitmap
from printer_drivers.layout import Layout, Text, lay_out
from printer_drivers.lettering import read_face
from printer_drivers.paper import PAPERS, Paper
from printer_drivers.raster import FontRuler, cell, draw, encode_png, paint
from printer_drivers.slip import Slip
from printer_drivers.wrapping import Extent, Weight
from tests.printers.golden_jobs import USUAL

EACH_WIDTH = pytest.mark.parametrize("width", sorted(PAPERS))
PLAIN = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
# The 134 Vietnamese letters beyond ASCII, both cases.
SMALL = {unicodedata.normalize("NFC", letter + tone) for letter in PLAIN for tone in TONES} | {"đ"}
LETTERS = sorted(letter for small in SMALL for letter in (small, small.upper()) if not letter.isascii())
WEIGHTS: tuple[Weight, ...] = ("Medium", "SemiBold", "Bold", "ExtraBold")
LONG_SERVICE = "Giáo dục - Y tế - Văn hóa - Nội vụ - Dân tộc, tôn giáo"


def ink(bitmap: Bitmap) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of everything black; `None` when nothing is."""
    return Image.frombytes("1", (bitmap.width_dots, bitmap.height), bitmap.data).getbbox()


def drawn_alone(words: str, weight: Weight, size: int, width: int | None = None) -> tuple[int, int, int, int]:
    """Measure the ink of words drawn with plenty of room around, relative to the pen's start on the baseline."""
    left, baseline = 160, 320
    found = ink(paint(Layout(960, 640, (Text(left, baseline, words, weight, size, width),))))
    assert found is not None
    return found[0] - left, found[1] - baseline, found[2] - left, found[3] - baseline


def test_there_are_134_letters() -> None:
    """The list that the other tests go through is whole."""
    assert len(LETTERS) == 134


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("size", [20, 28, 44])
def test_no_letter_is_clipped(weight: Weight, size: int) -> None:
    """Each of the 134 letters has its own picture, taller with marks, and its ink lies within what was measured."""
    ruler = FontRuler()
    seen: set[bytes] = set()
    for letter in LETTERS:
        extent = ruler.extent(letter, weight, size)
        left, top, right, bottom = drawn_alone(letter, weight, size)
        assert (left >= 0, -top <= extent.above, right <= extent.width, bottom <= extent.below) == (True,) * 4
        seen.add(paint(Layout(160, 160, (Text(40, 100, letter, weight, size),))).data)
    assert len(seen) == 134
    assert ruler.extent("Ẫ", weight, size).above > ruler.extent("A", weight, size).above


def test_stacked_marks_reach_the_paper(slip: Slip) -> None:
    """In a drawn slip every line keeps the top of Ẫ and the foot of Ệ: the layout gives each its full extent."""
    marked = dataclasses.replace(slip, center="ẪỔỮ ỆẶỤ", service="ẪỔỮ ỆẶỤ", note="ẪỔỮ ỆẶỤ " * 20)
    layout = lay_out(marked, PAPERS[384], FontRuler())
    lines = [piece for piece in layout.pieces if isinstance(piece, Text)]
    extents: list[Extent] = [FontRuler().extent(line.words, line.weight, line.size) for line in lines]
    assert lines[0].baseline >= extents[0].above
    for above, below, foot, head in zip(lines, lines[1:], extents, extents[1:], strict=False):
        beside = below.left > 0
        assert beside or above.baseline + foot.below < below.baseline - head.above


SCALED_PAPERS = [dataclasses.replace(paper, scales=(scale,)) for paper in PAPERS.values() for scale in paper.scales]


@pytest.mark.parametrize("paper", SCALED_PAPERS, ids=lambda paper: f"{paper.width_dots}-{paper.scales[0].number_mm}")
@pytest.mark.parametrize("number", ["A015", "M999", "W888", "A111", "A015K", "AB1234X"])
def test_number_is_15_mm_high_and_fits(slip: Slip, paper: Paper, number: str) -> None:
    """In every scale each digit, measured from its dots, is 15 mm high or more, and the widest number fits."""
    layout = lay_out(dataclasses.replace(slip, number=number), paper, FontRuler())
    text = next(piece for piece in layout.pieces if isinstance(piece, Text) and piece.words == number)
    for digit in "0123456789":
        _, top, _, bottom = drawn_alone(digit, text.weight, text.size)
        assert min(-top, bottom - top) >= 15 * paper.dots_per_mm
    left, _, right, _ = drawn_alone(number, text.weight, text.size, text.width)
    assert text.left + left >= 0
    assert text.left + right <= paper.width_dots


@EACH_WIDTH
@pytest.mark.parametrize("mark", [None, "ƯU TIÊN"])
@pytest.mark.parametrize("reprint", [None, "IN LẠI lần 1"])
@pytest.mark.parametrize("service", ["Chứng thực", LONG_SERVICE])
def test_usual_slips_stay_within_90_mm(width: int, mark: str | None, reprint: str | None, service: str) -> None:
    """With a code, the longest service name and a mark a slip is at most 90 mm long; a second mark adds a line."""
    slip = dataclasses.replace(USUAL, priority_mark=mark, reprint_mark=reprint, service=service)
    bitmap = draw(slip, PAPERS[width])
    assert bitmap.width_dots == width
    assert bitmap.height <= (97 if mark and reprint else 90) * PAPERS[width].dots_per_mm


@EACH_WIDTH
def test_code_is_read_back_from_the_paper(slip: Slip, width: int) -> None:
    """An independent reader finds the address on the paper, with the unprinted margins of 4 mm around the print."""
    bitmap = draw(slip, PAPERS[width])
    print_ = Image.open(io.BytesIO(encode_png(bitmap))).convert("L")
    paper = Image.new("L", (width + 64, bitmap.height + 64), 255)
    paper.paste(print_, (32, 32))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [slip.qr]


def test_priority_bar_is_white_on_black(slip: Slip) -> None:
    """A priority slip has a bar across the paper that is black but for its words."""
    bitmap = draw(dataclasses.replace(slip, priority_mark="ƯU TIÊN"), PAPERS[576])
    black = [sum(byte.bit_count() for byte in row) for row in bitmap.rows()]
    run = [dots for dots in black if dots > 400]
    assert 20 <= len(run) <= 60
    assert min(run) < 560


def test_squeezing_keeps_the_weight_of_the_letters(slip: Slip) -> None:
    """A number pressed to the paper's width keeps its weight: the share of black stays about the same."""
    free = paint(Layout(960, 320, (Text(80, 240, slip.number, "ExtraBold", 200),)))
    pressed = paint(Layout(960, 320, (Text(80, 240, slip.number, "ExtraBold", 200, 368),)))
    natural = FontRuler().extent(slip.number, "ExtraBold", 200).width
    blacks = [sum(byte.bit_count() for byte in bitmap.data) for bitmap in (free, pressed)]
    assert blacks[1] / blacks[0] == pytest.approx(368 / natural, abs=0.03)


def test_png_is_black_on_white(slip: Slip) -> None:
    """The file of a picture shows black words on white paper, dot for dot."""
    bitmap = draw(slip, PAPERS[384])
    picture = Image.open(io.BytesIO(encode_png(bitmap)))
    assert (picture.mode, picture.size) == ("1", (384, bitmap.height))
    assert bytes(byte ^ 0xFF for byte in picture.tobytes()) == bitmap.data


def test_letters_of_text_mode_fit_their_cells() -> None:
    """Each printable character has a cell of its own of 12 by 24 dots, wide ones pressed, the space blank."""
    cells = {chr(code): cell(chr(code)) for code in range(0x20, 0x7F)}
    assert all(len(rows) == 24 and max(rows) < 1 << 12 for rows in cells.values())
    assert not any(cells[" "])
    assert len(set(cells.values())) == len(cells)
    assert sum(map(bool, cells["A"])) >= 15


@pytest.mark.parametrize("letter", ["j", "ì", "Ĩ", "Î"])
def test_ink_left_of_the_pen_is_kept(letter: str) -> None:
    """A letter that reaches to the left of the pen's start is whole also where a line begins with it."""
    for size in (20, 80):
        first = paint(Layout(320, 160, (Text(0, 100, letter, "Bold", size),)))
        extent = FontRuler().extent(letter, "Bold", size)
        found, canvas = ink(first), Image.new("1", (320, 160))
        font = ImageFont.truetype(io.BytesIO(read_face("Bold")), size, layout_engine=ImageFont.Layout.BASIC)
        ImageDraw.Draw(canvas).text((160, 100), letter, fill=1, font=font, anchor="ls")
        expected = canvas.getbbox()
        assert found is not None
        assert expected is not None
        assert (found[2] - found[0], found[3] - found[1]) == (expected[2] - expected[0], expected[3] - expected[1])
        assert found[2] <= extent.width
