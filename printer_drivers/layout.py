"""Owns where each word of a slip stands on the paper in dots: order, gaps, and which text may shrink how far.

Pure: the sizes of letters and codes come in through a `Ruler`, so the same slip and ruler always give the same
layout. Words wrap first, then shrink to the least size of the scale, then take one more line; they are never clipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from printer_drivers.bitmap import Bitmap
from printer_drivers.paper import Paper, Scale
from printer_drivers.slip import Slip
from printer_drivers.wrapping import Ruler, Weight, even_width, lead, shrink, wrap

# A slip fits in a palm and in the pocket of a file cover.
LONGEST_MM = 90.0
# ISO/IEC 18004 asks for four light modules around a QR code.
QUIET_MODULES = 4
# A rule of one dot vanishes on worn heads.
RULE_DOTS = 2
# The frame of a reprint mark: heavier than a rule, lighter than the priority bar.
FRAME_DOTS = 3
# Between the logo and the center's name beside it.
LOGO_GAP_MM = 2.0
CENTER_LINES = 1
SERVICE_LINES = 2
# An icon as high as its letters alone is a smudge at a yard; this is as high as a line with its marks.
ICON_EM = 1.5
DIGITS = "0123456789"


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


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is already dots, as a logo; `left` and `top` are its corner."""

    left: int
    top: int
    bitmap: Bitmap

    def down(self, dots: int) -> "Picture":
        """Return the same picture, lower by `dots`."""
        return replace(self, top=self.top + dots)


Piece = Text | Bar | Code | Picture


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
    if slip.center or page.paper.logo:
        yield _letterhead(slip.center, page)
        yield _rule(page)
    if slip.service:
        yield _service(slip.service, slip.icon, page)
    yield _number(slip.number, page)
    if slip.priority_mark:
        yield _priority_bar(slip.priority_mark, page)
    if slip.reprint_mark:
        yield _reprint_frame(slip.reprint_mark, page)
    if slip.lines:
        yield _lines(slip.lines, page)
    yield _rule(page)
    note = _paragraph(slip.note, "Medium", page.paper.dots(page.scale.note_mm), page)
    if slip.qr is None:
        yield _join(_small(slip.time_line, page), note)
    else:
        yield _code(slip.qr, slip.qr_caption or "", slip.time_line, page)
        yield note


def _lines(lines: tuple[str, ...], page: _Page) -> _Block:
    return _join(*(_line(line, page) for line in lines))


def _line(words: str, page: _Page) -> _Block:
    """One line if the words can shrink to it, else as many as they take in the scale's own size."""
    size, least = page.paper.dots(page.scale.line_mm), page.paper.dots(page.scale.small_mm)
    fitting = shrink(words, page.width, "SemiBold", range(size, least - 1, -1), 1, page.ruler)
    return _evened(words, "SemiBold", fitting or size, page)


def _letterhead(words: str, page: _Page) -> _Block:
    """Set the logo, where there is one, and beside it the center's name."""
    logo = page.paper.logo
    if logo is None:
        return _center(words, page)
    inset = logo.width_dots + page.paper.dots(LOGO_GAP_MM)
    name = _center(words, page, inset)
    height = max(logo.height, name.height)
    picture = Picture(0, (height - logo.height) // 2, logo)
    return _Block((picture, *_beside(name, inset, (height - name.height) // 2)), height)


def _center(words: str, page: _Page, inset: int = 0) -> _Block:
    """One line if the name can shrink to it, else as many lines as it takes in the scale's own size."""
    size, least = page.paper.dots(page.scale.center_mm), page.paper.dots(page.paper.scales[-1].note_mm)
    sizes = range(size, least - 1, -1)
    fitting = shrink(words, page.width - inset, "SemiBold", sizes, CENTER_LINES, page.ruler)
    return _paragraph(words, "SemiBold", fitting or size, page, inset)


def _service(words: str, icon: str | None, page: _Page) -> _Block:
    """Set the service's name, beside its icon where it has one."""
    size, least = page.paper.dots(page.scale.service_mm), page.paper.dots(page.scale.service_least_mm)
    em = round(ICON_EM * size)
    inset = em + size // 4 if icon else 0
    sizes = range(size, least - 1, -1)
    fitting = shrink(words, page.width - inset, "Bold", sizes, SERVICE_LINES, page.ruler) or least
    name = _evened(words, "Bold", fitting, page, inset)
    if not icon:
        return name
    extent = page.ruler.extent(icon, "Icons", em)
    height = max(name.height, extent.above + extent.below)
    sign = Text(0, (height - extent.above - extent.below) // 2 + extent.above, icon, "Icons", em)
    return _Block((sign, *_beside(name, inset, (height - name.height) // 2)), height)


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


def _code(content: str, caption: str, time: str, page: _Page) -> _Block:
    """Set the QR at the left edge, where the unprinted margin adds to its quiet zone, caption and time beside it."""
    module = page.scale.module_dots
    side, quiet = page.ruler.modules(content) * module, QUIET_MODULES * module
    # The gaps above and below the block are light already.
    more = max(0, quiet - page.gap)
    apart = _Block((), page.gap // 2)
    words = _join(_small(caption, page, side + quiet), apart, _small(time, page, side + quiet))
    height = max(side + 2 * more, words.height)
    code = Code(0, (height - side) // 2, module, content)
    return _Block((code, *_beside(words, side + quiet, (height - words.height) // 2)), height)


def _small(words: str, page: _Page, inset: int = 0) -> _Block:
    return _evened(words, "SemiBold", page.paper.dots(page.scale.small_mm), page, inset)


def _beside(words: _Block, left: int, top: int) -> Iterator[Piece]:
    """Move a paragraph to the right and down, to stand beside something."""
    return (replace(piece, left=left).down(top) for piece in words.pieces if isinstance(piece, Text))


def _rule(page: _Page) -> _Block:
    return _Block((Bar(0, 0, page.width, RULE_DOTS),), RULE_DOTS)


def _evened(words: str, weight: Weight, size: int, page: _Page, inset: int = 0) -> _Block:
    """Return a paragraph whose lines are about equally long."""
    even = even_width(words, page.width - inset, weight, size, page.ruler)
    return _paragraph(words, weight, size, page, inset=page.width - even)


def _paragraph(words: str, weight: Weight, size: int, page: _Page, inset: int = 0) -> _Block:
    """Left-aligned lines at one pitch, wide enough apart for the tallest letters of the paragraph."""
    lines = wrap(words, page.width - inset, weight, size, page.ruler)
    leading = lead(lines, weight, size, page.ruler)
    texts = (Text(0, leading.first + at * leading.pitch, line, weight, size) for at, line in enumerate(lines))
    return _Block(tuple(texts), leading.pitch * len(lines))


def _join(*blocks: _Block) -> _Block:
    """Put blocks under one another without a gap."""
    pieces: list[Piece] = []
    height = 0
    for block in blocks:
        pieces.extend(piece.down(height) for piece in block.pieces)
        height += block.height
    return _Block(tuple(pieces), height)
