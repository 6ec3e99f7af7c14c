"""Where the words stand, measured with a ruler of plain arithmetic instead of fonts."""

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_drivers.bitmap import Bitmap
from printer_drivers.layout import (
    LONGEST_MM,
    QUIET_MODULES,
    Bar,
    Code,
    Layout,
    Picture,
    Piece,
    Text,
    lay_out,
)
from printer_drivers.paper import PAPERS
from printer_drivers.slip import Slip
from printer_drivers.wrapping import Extent, Weight

RULER_MODULES = 33


class SquareRuler:
    """Every letter is half an em wide and three quarters of an em high."""

    def extent(self, words: str, _weight: Weight, size: int) -> Extent:
        """Return the extent of that many letters."""
        return Extent(len(words) * size // 2, size * 3 // 4, size // 4)

    def modules(self, _content: str) -> int:
        """Return one size for every code."""
        return RULER_MODULES


RULER = SquareRuler()
EACH_WIDTH = pytest.mark.parametrize("width", sorted(PAPERS))


def texts(layout: Layout) -> list[Text]:
    """Return the words of a layout in drawing order."""
    return [piece for piece in layout.pieces if isinstance(piece, Text)]


def box(piece: Piece, ruler: SquareRuler = RULER) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a piece, with the letters' own ink."""
    match piece:
        case Text(left, baseline, words, weight, size, width):
            extent = ruler.extent(words, weight, size)
            return left, baseline - extent.above, left + (width or extent.width), baseline + extent.below
        case Bar(left, top, width, height):
            return left, top, left + width, top + height
        case Code(left, top, module_dots):
            side = RULER_MODULES * module_dots
            return left, top, left + side, top + side
        case Picture(left, top, bitmap):
            return left, top, left + bitmap.width_dots, top + bitmap.height


@EACH_WIDTH
def test_order_is_that_of_the_slip(slip: Slip, width: int) -> None:
    """Center, service, number, marks, lines, caption, time and note follow one another downwards."""
    full = dataclasses.replace(slip, priority_mark="ƯU TIÊN", reprint_mark="IN LẠI lần 1")
    words = " ".join(text.words for text in texts(lay_out(full, PAPERS[width], RULER)))
    expected = (
        full.center,
        full.service,
        full.number,
        "ƯU TIÊN",
        "IN LẠI lần 1",
        *full.lines,
        full.qr_caption,
        full.time_line,
        full.note,
    )
    assert words == " ".join(str(part) for part in expected)


@EACH_WIDTH
def test_everything_but_the_number_starts_at_the_left(slip: Slip, width: int) -> None:
    """Only the number is centred; it has the same white on both sides to a dot."""
    layout = lay_out(dataclasses.replace(slip, qr=None), PAPERS[width], RULER)
    lefts = {text.left for text in texts(layout) if text.words != slip.number}
    left, _, right, _ = next(box(text) for text in texts(layout) if text.words == slip.number)
    assert lefts == {0}
    assert abs(left - (width - right)) <= 1


SENTENCES = (
    st.lists(st.text("aBcdGy", min_size=1, max_size=40), max_size=8).map(" ".join).map(lambda words: words[:200])
)


@given(service=SENTENCES, line=SENTENCES, note=SENTENCES, width=st.sampled_from(sorted(PAPERS)))
def test_nothing_leaves_the_paper(service: str, line: str, note: str, width: int) -> None:
    """However long the words are, each piece lies on the paper, and no text is dropped."""
    slip = Slip("C", service, "M999", "T", note, lines=(line,), qr="x", qr_caption=note)
    layout = lay_out(slip, PAPERS[width], RULER)
    for piece in layout.pieces:
        left, top, right, bottom = box(piece)
        assert left >= 0
        assert top >= 0
        assert right <= layout.width_dots
        assert bottom <= layout.height
    drawn = "".join(text.words for text in texts(layout)).replace(" ", "")
    assert drawn == f"C{service}M999{line}{note}T{note}".replace(" ", "")


class TallRuler(SquareRuler):
    """Marks and tails reach so far that two lines at the usual pitch would touch."""

    def extent(self, words: str, weight: Weight, size: int) -> Extent:
        """Return an extent of 1.6 em from top to bottom."""
        return Extent(super().extent(words, weight, size).width, size * 6 // 5, size * 2 // 5)


@given(
    service=SENTENCES,
    line=SENTENCES,
    width=st.sampled_from(sorted(PAPERS)),
    ruler=st.sampled_from([RULER, TallRuler()]),
)
def test_lines_do_not_touch(service: str, line: str, width: int, ruler: SquareRuler) -> None:
    """The ink of a line ends above the ink of the next, also where letters are taller than the pitch."""
    layout = lay_out(Slip("C", service, "M999", "T", "N", lines=(line,)), PAPERS[width], ruler)
    boxes = [box(text, ruler) for text in texts(layout)]
    assert all(above[3] <= below[1] for above, below in itertools.pairwise(boxes))


@EACH_WIDTH
def test_digits_are_at_least_15_mm(slip: Slip, width: int) -> None:
    """The ink of the number is 15 mm high on every paper, however full the slip is."""
    full = dataclasses.replace(slip, lines=("a" * 200,) * 6, priority_mark="P")
    number = next(text for text in texts(lay_out(full, PAPERS[width], RULER)) if text.words == slip.number)
    assert RULER.extent("0", number.weight, number.size).above >= 15 * PAPERS[width].dots_per_mm


@EACH_WIDTH
def test_short_slip_gets_the_largest_letters(width: int) -> None:
    """A slip with few words is set in the first scale, a full one in a smaller."""
    sizes = [
        next(text.size for text in texts(lay_out(slip, PAPERS[width], RULER)) if text.words == "A1")
        for slip in (Slip("C", "S", "A1", "T", "N"), Slip("C", "S", "A1", "T", "N " * 99, lines=("a" * 90,) * 6))
    ]
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(("count", "lines"), [(3, 1), (12, 2), (50, 7)])
def test_service_shrinks_to_two_lines_and_no_further(slip: Slip, count: int, lines: int) -> None:
    """A long service name takes two lines in smaller letters; one that cannot takes more lines in the least size."""
    paper = PAPERS[576]
    named = dataclasses.replace(slip, service=("word " * count).strip(), qr=None, lines=())
    drawn = [text for text in texts(lay_out(named, paper, RULER)) if "word" in text.words]
    least = [paper.dots(scale.service_least_mm) for scale in paper.scales]
    assert len(drawn) == lines
    assert lines <= 2 or drawn[0].size in least


@EACH_WIDTH
@pytest.mark.parametrize("service", ["Chứng thực", "word " * 12])
def test_icon_stands_beside_the_service(slip: Slip, width: int, service: str) -> None:
    """The icon is the leftmost thing of its block, clear of the name; without one the name has the room."""
    marked = lay_out(dataclasses.replace(slip, service=service.strip(), icon="\uf000"), PAPERS[width], RULER)
    (sign,) = [text for text in texts(marked) if text.weight == "Icons"]
    name = [text for text in texts(marked) if text.weight == "Bold" and text.words in service]
    assert name
    assert sign.left == 0
    assert all(text.left > sign.size for text in name)
    assert all(box(text)[2] <= width for text in name)
    bare = [text for text in texts(lay_out(slip, PAPERS[width], RULER)) if text.words == slip.service]
    assert [text.left for text in bare] == [0]


def test_no_code_and_no_caption_without_an_address(slip: Slip) -> None:
    """Without an address there is neither a code nor a line about it."""
    layout = lay_out(dataclasses.replace(slip, qr=None), PAPERS[576], RULER)
    assert not [piece for piece in layout.pieces if isinstance(piece, Code)]
    assert slip.qr_caption not in [text.words for text in texts(layout)]


@EACH_WIDTH
def test_code_has_its_quiet_zone(slip: Slip, width: int) -> None:
    """Modules are at least 4 dots, and nothing stands within four modules above, below and right of the code."""
    layout = lay_out(slip, PAPERS[width], RULER)
    code = next(piece for piece in layout.pieces if isinstance(piece, Code))
    quiet = QUIET_MODULES * code.module_dots
    left, top, right, bottom = box(code)
    assert code.module_dots >= 4
    for piece in layout.pieces:
        other = box(piece)
        apart = other[0] >= right + quiet or other[3] <= top - quiet or other[1] >= bottom + quiet
        assert piece is code or apart
    assert left == 0


def test_full_slip_grows_instead_of_losing_words(slip: Slip) -> None:
    """A slip that fits no scale comes out longer than 90 mm with all its lines."""
    full = dataclasses.replace(slip, lines=tuple(f"{n}" + "a" * 190 for n in range(6)))
    layout = lay_out(full, PAPERS[384], RULER)
    assert layout.height > LONGEST_MM * 8
    assert sum(text.words.count("a" * 10) for text in texts(layout)) > 6


@EACH_WIDTH
def test_a_line_shrinks_before_it_wraps(slip: Slip, width: int) -> None:
    """A line a little too long takes one smaller line, a longer one two of about the same length in full size."""
    paper = PAPERS[width]
    scale = paper.scales[0]
    sizes = (paper.dots(scale.line_mm), paper.dots(scale.small_mm))
    letters = paper.width_dots * 2 // sizes[1]
    for length, lines, size in ((letters, 1, sizes[1]), (letters + 8, 2, sizes[0])):
        words = ("abc " * 99)[: length - 1] + "d"
        layout = lay_out(dataclasses.replace(slip, lines=(words,), qr=None, note="N"), paper, RULER)
        drawn = [text for text in texts(layout) if "ab" in text.words]
        assert ([text.size for text in drawn], len(drawn)) == ([size] * lines, lines)
        assert max(len(text.words) for text in drawn) - min(len(text.words) for text in drawn) <= 4


@EACH_WIDTH
def test_logo_stands_beside_the_center(slip: Slip, width: int) -> None:
    """With a logo the center's name begins to its right, and neither reaches into the rule below."""
    logo = Bitmap(64, 70, bytes(8 * 70))
    layout = lay_out(slip, dataclasses.replace(PAPERS[width], logo=logo), RULER)
    picture = next(piece for piece in layout.pieces if isinstance(piece, Picture))
    rule = next(piece for piece in layout.pieces if isinstance(piece, Bar))
    name = [text for text in texts(layout) if text.words in slip.center]
    assert " ".join(text.words for text in name) == slip.center
    assert all(text.left > box(picture)[2] for text in name)
    pieces: list[Piece] = [picture, *name]
    assert all(box(piece)[3] <= rule.top for piece in pieces)


@EACH_WIDTH
def test_reprint_mark_is_framed_across_the_paper(slip: Slip, width: int) -> None:
    """The words of a reprint stand in a frame from edge to edge, so that nobody takes the slip for a second place."""
    layout = lay_out(dataclasses.replace(slip, reprint_mark="IN LẠI lần 1"), PAPERS[width], RULER)
    frame, inside = (bar for bar in layout.pieces if isinstance(bar, Bar) and bar.height > 9)
    (mark,) = (text for text in texts(layout) if "IN" in text.words)
    assert (frame.width, inside.light) == (width, True)
    assert box(inside)[0] <= box(mark)[0]
    assert box(mark)[3] <= box(inside)[3]
