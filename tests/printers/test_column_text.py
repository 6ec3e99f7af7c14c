"""Text in the printer's own letters: folding to ASCII, breaking into columns, sizes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_drivers.column_text import Words, break_lines, enlarge, fold, loses_nothing, say
from printer_drivers.trial_page import vietnamese_letters


def test_every_vietnamese_letter_keeps_its_shape() -> None:
    """Each of the 134 letters becomes the letter below its marks, in its own case, composed or not."""
    bare = fold(vietnamese_letters())
    assert len(bare) == 134
    assert set(bare) == set("aeiouydAEIOUYD")
    assert fold(unicodedata.normalize("NFD", "Đặng Ưỡn")) == "Dang Uon"


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("Trước ông/bà còn 4 lượt", "Truoc ong/ba con 4 luot"),
        ("08:12 · 10–20 “phút”…", '08:12 - 10-20 "phut"...'),
        ("Quầy\u00a0số 3", "Quay so 3"),
        ("→ 東 ✓", "? ? ?"),
        ("\u200bA\u202e", "A"),
    ],
)
def test_words_fold_to_what_can_be_read(words: str, bare: str) -> None:
    """Marks fall off, signs become their likes, and what has no likeness is one question mark."""
    assert fold(words) == bare


@pytest.mark.parametrize(
    ("words", "same"),
    [("Visa 08:12", True), ("10–20 · x", True), ("Thứ Hai", False), ("đ", False), ("✓", False)],
)
def test_only_signs_may_change_where_nothing_is_lost(words: str, same: bool) -> None:
    """Dashes and dots may become their likes; a lost mark or a question mark is a loss."""
    assert loses_nothing(words) is same


@given(words=st.text(max_size=280), columns=st.sampled_from([32, 42, 48, 53]))
def test_lines_fit_the_columns_and_lose_nothing(words: str, columns: int) -> None:
    """Whatever the words, each line is plain ASCII within the columns, and all letters are there in order."""
    lines = break_lines(words, columns)
    assert all(line.isascii() and line.isprintable() and 0 < len(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == fold(words).replace(" ", "")
    assert tuple(row.text for row in say(words, columns)) == lines


@pytest.mark.parametrize(
    ("words", "columns", "wide"), [("A015", 32, 8), ("A015K", 32, 6), ("AB1234X", 32, 4), ("A015", 53, 8)]
)
def test_numbers_are_as_wide_as_the_paper_allows(words: str, columns: int, wide: int) -> None:
    """A number is eight times as high as letters, and as wide up to that as fits in one line."""
    assert enlarge(words, columns, 8) == (Words(words, wide, 8, "middle"),)


@given(words=st.text(min_size=1, max_size=7), columns=st.sampled_from([32, 53]))
def test_enlarged_words_never_leave_the_paper(words: str, columns: int) -> None:
    """Even signs that fold to many letters fit in their lines."""
    assert all(line.wide * len(line.text) <= columns for line in enlarge(words, columns, 8))


@pytest.mark.parametrize(
    "wrong", [{"text": "Quầy"}, {"text": "A\n"}, {"text": "A", "wide": 9}, {"text": "A", "high": 0}]
)
def test_what_text_mode_cannot_say_is_refused(wrong: dict[str, object]) -> None:
    """Letters beyond ASCII, control characters and impossible sizes never reach a printer."""
    with pytest.raises(ValueError, match=r"text mode|times as wide"):
        Words(**wrong)  # type: ignore[arg-type]  # the wrong values are the point
