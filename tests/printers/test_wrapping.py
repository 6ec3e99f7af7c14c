"""How words become lines, measured with a ruler of plain arithmetic."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from printer_drivers.wrapping import Extent, Weight, even_width, lead, shrink, wrap


class SquareRuler:
    """Every letter is half an em wide and three quarters of an em high; it counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def extent(self, words: str, _weight: Weight, size: int) -> Extent:
        """Return the extent of that many letters."""
        self.asked += 1
        return Extent(len(words) * size // 2, size * 3 // 4, size // 4)

    def modules(self, _content: str) -> int:
        """Codes are not wrapped."""
        raise NotImplementedError


RULER = SquareRuler()


def test_wrap_keeps_words_joined_by_a_no_break_space() -> None:
    """A no-break space is no place to break a line."""
    assert wrap("aa bb\u00a0cc", 60, "Medium", 20, RULER) == ("aa", "bb\u00a0cc")


def test_wrap_breaks_a_word_wider_than_the_paper() -> None:
    """One endless word is broken between letters rather than clipped."""
    assert wrap("abcdefg", 30, "Medium", 20, RULER) == ("abc", "def", "g")


def test_wrap_parts_no_mark_from_its_letter() -> None:
    """A letter and the marks that have no composed form go to the next line together."""
    assert wrap("abx\u0323\u0302cd", 40, "Medium", 20, RULER) == ("ab", "x\u0323\u0302c", "d")


@given(words=st.text("ab\u0302 ", max_size=60), width=st.integers(1, 200))
def test_wrap_fills_lines_and_loses_no_letter(words: str, width: int) -> None:
    """Lines hold all letters in order, are no wider than asked unless one letter is, and none could take more."""
    words = unicodedata.normalize("NFC", words)
    lines = wrap(words, width, "Medium", 20, RULER)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(len(line) * 10 <= width or len(line) == 1 for line in lines)


def test_wrap_of_one_endless_word_asks_little() -> None:
    """Breaking 280 letters without a space takes some measurements a line, not one a letter."""
    ruler = SquareRuler()
    lines = wrap("x" * 280, 384, "Medium", 20, ruler)
    assert ruler.asked <= 12 * len(lines)


def test_even_width_leaves_no_lonely_word() -> None:
    """Two lines are made about equally long without becoming three."""
    words = "aaaa bbbb cccc dddd"
    width = even_width(words, 160, "Medium", 20, RULER)
    assert wrap(words, 160, "Medium", 20, RULER) == ("aaaa bbbb cccc", "dddd")
    assert wrap(words, width, "Medium", 20, RULER) == ("aaaa bbbb", "cccc dddd")


def test_even_width_leaves_single_lines_and_long_paragraphs_alone() -> None:
    """One line needs no evening, and in a paragraph of many it is not worth the time."""
    assert even_width("aaaa", 160, "Medium", 20, RULER) == 160
    assert even_width("aaaa " * 20, 160, "Medium", 20, RULER) == 160


def test_shrink_takes_the_largest_size_that_fits() -> None:
    """Words shrink no further than needed, and not at all where even the smallest size does not help."""
    sizes = range(30, 19, -1)
    assert shrink("aaaa", 54, "Bold", sizes, 1, RULER) == 27
    assert shrink("aaaaaa", 54, "Bold", sizes, 1, RULER) is None


def test_lines_of_a_paragraph_have_one_pitch() -> None:
    """Lines are 1.35 em apart, more where marks and tails would touch."""
    assert lead(("a", "b"), "Medium", 20, RULER).pitch == 27

    class TallRuler(SquareRuler):
        def extent(self, _words: str, _weight: Weight, size: int) -> Extent:
            return Extent(size, size * 6 // 5, size * 2 // 5)

    assert lead(("a",), "Medium", 20, TallRuler()).pitch == 33
