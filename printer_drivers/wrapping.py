"""Owns how words become lines of a given width: measuring, breaking, shrinking, and the pitch between lines.

Pure: the sizes of letters come in through a `Ruler`. All lengths are in dots.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Weight = Literal["Medium", "SemiBold", "Bold", "ExtraBold", "Icons"]
"""What words are drawn in: a weight of the house face, or its icons, one character each."""

# Vietnamese stacks two marks on a capital (Ẫ Ổ Ữ); below 1.35 em the lines touch.
LINE_PITCH = 1.35
# In a paragraph of more lines nobody minds a short last one, and evening it takes nine rounds of breaking.
MOST_EVENED = 3
# The narrowest letters, i and the full stop, are a quarter of an em wide; more of them than this are not measured.
LETTERS_TO_THE_EM = 4


@dataclass(frozen=True, slots=True)
class Extent:
    """Size of words in dots: `width` from the pen's start or ink before it, `above` and `below` from the baseline."""

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
class Leading:
    """Where the lines of a paragraph stand: the first baseline from its top, and from each baseline to the next."""

    first: int
    pitch: int


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
    """Return the narrowest width that needs no more lines than `width`: no line keeps one lonely word.

    One line and more than `MOST_EVENED` keep the width.
    """
    lines = len(wrap(words, width, weight, size, ruler))
    if not 1 < lines <= MOST_EVENED:
        return width
    least = width // 2
    while least < width:
        middle = (least + width) // 2
        if len(wrap(words, middle, weight, size, ruler)) > lines:
            least = middle + 1
        else:
            width = middle
    return width


def shrink(words: str, width: int, weight: Weight, sizes: Sequence[int], lines: int, ruler: Ruler) -> int | None:
    """Return the first of these sizes, largest first, that takes at most `lines` lines; `None` if none does."""

    def fits(size: int) -> bool:
        return len(wrap(words, width, weight, size, ruler)) <= lines

    # The smallest is tried before the others, because measuring a text that is far too long is slow.
    return next(filter(fits, sizes)) if fits(sizes[-1]) else None


def lead(lines: Sequence[str], weight: Weight, size: int, ruler: Ruler) -> Leading:
    """Return one pitch for these lines, wide enough apart for the tallest letters among them."""
    extents = [ruler.extent(line, weight, size) for line in lines]
    above = max((extent.above for extent in extents), default=0)
    below = max((extent.below for extent in extents), default=0)
    pitch = max(round(LINE_PITCH * size), above + below + 1)
    return Leading((pitch + above - below) // 2, pitch)


def _break_word(word: str, width: int, weight: Weight, size: int, ruler: Ruler) -> Iterator[str]:
    while word:
        length = _fitting_letters(word, width, weight, size, ruler)
        yield word[:length]
        word = word[length:]


def _fitting_letters(word: str, width: int, weight: Weight, size: int, ruler: Ruler) -> int:
    """Return how many letters fit, one at least.

    Halving, and measuring no more letters than can fit: a word of 280 letters would take seconds.
    """
    least, beyond = 1, min(len(word), LETTERS_TO_THE_EM * width // size + 1) + 1
    middle = beyond - 1
    while beyond - least > 1:
        if ruler.extent(word[:middle], weight, size).width <= width:
            least = middle
        else:
            beyond = middle
        middle = (least + beyond) // 2
    return _before_a_letter(word, least)


def _before_a_letter(word: str, length: int) -> int:
    """Return the nearest place at or before `length` that parts no mark from its letter; `length` if there is none."""
    places = range(length, 0, -1)
    return next((at for at in places if at == len(word) or not unicodedata.combining(word[at])), length)
