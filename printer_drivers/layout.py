"""Owns where each word of a slip stands on the paper: wrapping, shrinking, order and gaps, in dots.

Pure: the sizes of letters and codes come in through a `Ruler`, so the same slip and ruler always give the same
layout. Words wrap first, then shrink to the least size of the scale, then take one more line; they are never clipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from printer_drivers.paper import Paper, Scale
from printer_drivers.slip import Slip

Weight = Literal["Regular", "SemiBold", "Bold", "ExtraBold"]

# A slip fits in a palm and in the pocket of a file cover.
LONGEST_MM = 90.0
# Vietnamese stacks two marks on a capital (Ẫ Ổ Ữ); below 1.35 em the lines touch.
LINE_PITCH = 1.35
# ISO/IEC 18004 asks for four light modules around a QR code.
QUIET_MODULES = 4
# A rule of one dot vanishes on worn heads.
RULE_DOTS = 2
# The frame of a reprint mark: heavier than a rule, lighter than the priority bar.
FRAME_DOTS = 3
CENTER_LINES = 1
SERVICE_LINES = 2
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Extent:
    """Size of words in dots: `width` from the pen's start to its end, `above` and `below` the ink from the baseline."""

    width: int
    above: int
    below: int


class Ruler(Protocol):
    """Measures what will be drawn; the drawing side supplies it."""

    def extent(self, words: str, weight: Weight, size: int) -> Extent:
        """Return the extent of these words in this weight, at an em of `size` dots."""

    def modules(self, content: str) -> int:
        """Return the modules along one side of the QR code of `content`, without its quiet zone."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words on a baseline; `left` and `baseline` in dots from the top left corner.

    `width`, when given, is the exact width the words are squeezed to. `light` words are white on black.
    """

    left: int
    baseline: int
    words: str
    weight: Weight
    size: int
    width: int | None = None
    light: bool = False

    def down(self, dots: int) -> "Text":
        """Return the same words, lower by `dots`."""
        return replace(self, baseline=self.baseline + dots)


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle in dots; `light` clears instead of blackening."""

    left: int
    top: int
    width: int
    height: int
    light: bool = False

    def down(self, dots: int) -> "Bar":
        """Return the same bar, lower by `dots`."""
        return replace(self, top=self.top + dots)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code; `left` and `top` are the corner of its dark square, the quiet zone lies outside."""

    left: int
    top: int
    module_dots: int
    content: str

    def down(self, dots: int) -> "Code":
        """Return the same code, lower by `dots`."""
        return replace(self, top=self.top + dots)


Piece = Text | Bar | Code


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is drawn on one paper, in drawing order, and how long the paper gets."""

    width_dots: int
    height: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    pieces: tuple[Piece, ...]
    height: int


@dataclass(frozen=True, slots=True)
class _Page:
    """What every block needs to know of the paper it stands on."""

    paper: Paper
    scale: Scale
    ruler: Ruler

    @property
    def width(self) -> int:
        return self.paper.width_dots

    @property
    def gap(self) -> int:
        return self.paper.dots(self.scale.gap_mm)


def lay_out(slip: Slip, paper: Paper, ruler: Ruler) -> Layout:
    """Place the slip on the paper in the largest scale that keeps it within `LONGEST_MM`.

    A slip that is too long even in the smallest scale comes out longer rather than clipped.
    """
    longest = paper.dots(LONGEST_MM)
    layout = _stack(slip, _Page(paper, paper.scales[0], ruler))
    for scale in paper.scales[1:]:
        if layout.height <= longest:
            break
        layout = _stack(slip, _Page(paper, scale, ruler))
    return layout


def wrap(words: str, width: int, weight: Weight, size: int, ruler: Ruler) -> tuple[str, ...]:
    """Break words at spaces into the fewest lines of at most `width` dots; a wider word is broken between letters.

    A no-break space is no place to break. No words give no lines.
    """
    pieces = [part for word in words.split(" ") for part in _break_word(word, width, weight, size, ruler)]
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]} {piece}" if lines else ""
        if longer and ruler.extent(longer, weight, size).width <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return tuple(lines)


def even_width(words: str, width: int, weight: Weight, size: int, ruler: Ruler) -> int:
    """Return the narrowest width that needs no more lines than `width`: no line keeps one lonely word."""
    lines = len(wrap(words, width, weight, size, ruler))
    least = width // 2
    while least < width:
        middle = (least + width) // 2
        if len(wrap(words, middle, weight, size, ruler)) > lines:
            least = middle + 1
        else:
            width = middle
    return width


def _break_word(word: str, width: int, weight: Weight, size: int, ruler: Ruler) -> Iterator[str]:
    while word:
        length = len(word)
        while length > 1 and ruler.extent(word[:length], weight, size).width > width:
            length -= 1
        yield word[:length]
        word = word[length:]


def _stack(slip: Slip, page: _Page) -> Layout:
    """Put the blocks under one another with one gap between them."""
    pieces: list[Piece] = []
    height = 0
    for block in _blocks(slip, page):
        top = height + (page.gap if height else 0)
        pieces.extend(piece.down(top) for piece in block.pieces)
        height = top + block.height
    return Layout(page.width, height, tuple(pieces))


def _blocks(slip: Slip, page: _Page) -> Iterator[_Block]:
    """Yield the blocks in the order of the slip; parts that are left out yield nothing."""
    if slip.center:
        yield _center(slip.center, page)
        yield _rule(page)
    if slip.service:
        yield _service(slip.service, page)
    yield _number(slip.number, page)
    if slip.priority_mark:
        yield _priority_bar(slip.priority_mark, page)
    if slip.reprint_mark:
        yield _reprint_frame(slip.reprint_mark, page)
    if slip.lines:
        yield _lines(slip.lines, page)
    yield _rule(page)
    if slip.qr is not None:
        yield _code(slip.qr, slip.qr_caption or "", page)
    yield _foot(slip, page)


def _foot(slip: Slip, page: _Page) -> _Block:
    time = _paragraph(slip.time_line, "SemiBold", page.paper.dots(page.scale.small_mm), page)
    note = _paragraph(slip.note, "Regular", page.paper.dots(page.scale.note_mm), page)
    return _join(time, note)


def _lines(lines: tuple[str, ...], page: _Page) -> _Block:
    size = page.paper.dots(page.scale.line_mm)
    return _join(*(_paragraph(line, "SemiBold", size, page) for line in lines))


def _center(words: str, page: _Page) -> _Block:
    """One line if the name can shrink to it, else as many lines as it takes in the scale's own size."""
    size, least = page.paper.dots(page.scale.center_mm), page.paper.dots(page.paper.scales[-1].note_mm)
    fitting = _shrink(words, "SemiBold", range(size, least - 1, -1), CENTER_LINES, page)
    return _paragraph(words, "SemiBold", fitting or size, page)


def _service(words: str, page: _Page) -> _Block:
    size, least = page.paper.dots(page.scale.service_mm), page.paper.dots(page.scale.service_least_mm)
    fitting = _shrink(words, "Bold", range(size, least - 1, -1), SERVICE_LINES, page) or least
    even = even_width(words, page.width, "Bold", fitting, page.ruler)
    return _paragraph(words, "Bold", fitting, page, inset=page.width - even)


def _shrink(words: str, weight: Weight, sizes: range, lines: int, page: _Page) -> int | None:
    """Return the first of these sizes in which the words take at most `lines` lines; `None` when none does."""
    return next((size for size in sizes if len(wrap(words, page.width, weight, size, page.ruler)) <= lines), None)


def _number(number: str, page: _Page) -> _Block:
    """Set the number in the middle, squeezed sideways where the paper is too narrow for its height."""
    size = _size_of_digits(page.paper.dots(page.scale.number_mm), page.ruler)
    extent = page.ruler.extent(number, "ExtraBold", size)
    width = min(extent.width, page.width)
    squeeze = width if width < extent.width else None
    # Figures have no leading of their own; without this air they stick to the lines around them.
    air = page.gap // 2
    text = Text((page.width - width) // 2, air + extent.above, number, "ExtraBold", size, squeeze)
    return _Block((text,), extent.above + extent.below + 2 * air)


def _size_of_digits(height: int, ruler: Ruler) -> int:
    """Return the smallest size whose lowest digit is at least `height` dots high."""

    def lowest(size: int) -> int:
        return min(ruler.extent(digit, "ExtraBold", size).above for digit in DIGITS)

    size = height
    while (reached := lowest(size)) < height:
        # Height grows almost linearly with size; at least one step, so that the search ends.
        size = max(size + 1, size * height // max(reached, 1))
    return size


def _priority_bar(mark: str, page: _Page) -> _Block:
    size = page.paper.dots(page.scale.mark_mm)
    words = _indented(_paragraph(mark, "Bold", size, page, inset=size // 2), size // 2, light=True)
    return _Block((Bar(0, 0, page.width, words.height), *words.pieces), words.height)


def _reprint_frame(mark: str, page: _Page) -> _Block:
    size = page.paper.dots(page.scale.line_mm)
    words = _indented(_paragraph(mark, "Bold", size, page, inset=size // 2), size // 2)
    inside = Bar(FRAME_DOTS, FRAME_DOTS, page.width - 2 * FRAME_DOTS, words.height - 2 * FRAME_DOTS, light=True)
    return _Block((Bar(0, 0, page.width, words.height), inside, *words.pieces), words.height)


def _indented(block: _Block, inset: int, *, light: bool = False) -> _Block:
    """Move a paragraph in by `inset` from the left and by a quarter of that from top and bottom."""
    edge = inset // 2
    moved = (replace(piece, left=inset, light=light).down(edge) for piece in block.pieces if isinstance(piece, Text))
    return _Block(tuple(moved), block.height + 2 * edge)


def _code(content: str, caption: str, page: _Page) -> _Block:
    """Set the QR at the left edge, where the unprinted margin adds to its quiet zone, and its caption beside it."""
    module = page.scale.module_dots
    side, quiet = page.ruler.modules(content) * module, QUIET_MODULES * module
    # The gaps above and below the block are light already.
    more = max(0, quiet - page.gap)
    left = side + quiet
    size = page.paper.dots(page.scale.small_mm)
    even = even_width(caption, page.width - left, "SemiBold", size, page.ruler)
    words = _paragraph(caption, "SemiBold", size, page, inset=page.width - even)
    height = max(side + 2 * more, words.height)
    code = Code(0, (height - side) // 2, module, content)
    beside = (
        replace(piece, left=left).down((height - words.height) // 2)
        for piece in words.pieces
        if isinstance(piece, Text)
    )
    return _Block((code, *beside), height)


def _rule(page: _Page) -> _Block:
    return _Block((Bar(0, 0, page.width, RULE_DOTS),), RULE_DOTS)


def _paragraph(words: str, weight: Weight, size: int, page: _Page, inset: int = 0) -> _Block:
    """Left-aligned lines at one pitch, wide enough apart for the tallest letters of the paragraph."""
    lines = wrap(words, page.width - inset, weight, size, page.ruler)
    extents = [page.ruler.extent(line, weight, size) for line in lines]
    above = max((extent.above for extent in extents), default=0)
    below = max((extent.below for extent in extents), default=0)
    pitch = max(round(LINE_PITCH * size), above + below + 1)
    first = (pitch + above - below) // 2
    texts = (Text(0, first + index * pitch, line, weight, size) for index, line in enumerate(lines))
    return _Block(tuple(texts), pitch * len(lines))


def _join(*blocks: _Block) -> _Block:
    """Put blocks under one another without a gap."""
    pieces: list[Piece] = []
    height = 0
    for block in blocks:
        pieces.extend(piece.down(height) for piece in block.pieces)
        height += block.height
    return _Block(tuple(pieces), height)
