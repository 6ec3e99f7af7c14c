"""Owns text in the printer's own letters: what is left of words in ASCII, and how they break into columns.

Pure. Letters beyond ASCII lie elsewhere in each maker's code pages, and clones print `Vi?t` or worse; so text mode gets
ASCII and nothing else.
"""

import textwrap
import unicodedata
from dataclasses import dataclass
from typing import Literal

# GS ! enlarges up to eight times, sideways and upwards each on its own.
LARGEST = 8
# Signs that decomposing leaves beyond ASCII, and their likes.
_SIGNS = str.maketrans({"·": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})
UNKNOWN = "?"
# Marks that stand on a letter, and characters that only steer a screen.
_UNSEEN = {"Mn", "Cf"}

Side = Literal["left", "middle"]


@dataclass(frozen=True, slots=True)
class Words:
    """One line in the printer's own letters: printable ASCII, how many times wider and higher, and where it stands.

    No words make an empty line. Raises `ValueError` for what text mode cannot say.
    """

    text: str
    wide: int = 1
    high: int = 1
    side: Side = "left"

    def __post_init__(self) -> None:
        if not self.text.isascii() or (self.text and not self.text.isprintable()):
            raise ValueError(f"text mode cannot say {self.text!r}; fold it to ASCII first")
        if not (1 <= self.wide <= LARGEST and 1 <= self.high <= LARGEST):
            raise ValueError(f"letters {self.wide} times as wide and {self.high} as high; 1 to {LARGEST} are possible")


def fold(words: str) -> str:
    """Return the words in ASCII: letters without their marks and strokes; what has no likeness becomes `?`."""
    parts = unicodedata.normalize("NFKD", words.translate(_SIGNS))
    return "".join(_bare(part) for part in parts if unicodedata.category(part) not in _UNSEEN)


def loses_nothing(words: str) -> bool:
    """Return whether the folded words read the same: no letter loses a mark, and nothing becomes a `?`."""
    return all(not letter.isalpha() and fold(letter) != UNKNOWN for letter in words if not letter.isascii())


def break_lines(words: str, columns: int) -> tuple[str, ...]:
    """Fold words and break them at spaces into lines of at most `columns` letters; a longer word is broken anywhere.

    A no-break space is a space in text mode. No words give no lines.
    """
    return tuple(textwrap.wrap(fold(words), columns, break_on_hyphens=False))


def say(words: str, columns: int, high: int = 1) -> tuple[Words, ...]:
    """Return a paragraph of lines at the left, each letter `high` times as high."""
    return tuple(Words(line, high=high) for line in break_lines(words, columns))


def enlarge(words: str, columns: int, largest: int) -> tuple[Words, ...]:
    """Return words in the middle, `largest` times as high and as wide as the columns allow up to that."""
    lines = break_lines(words, columns)
    return tuple(Words(line, max(1, min(largest, columns // len(line))), largest, "middle") for line in lines)


def _bare(letter: str) -> str:
    """Return the letter that another is a stroked form of, as `LATIN SMALL LETTER D WITH STROKE`."""
    if not letter.isascii() and letter.isalpha():
        letter = _named(unicodedata.name(letter, "").partition(" WITH ")[0]) or letter
    return letter if letter.isascii() and letter.isprintable() else UNKNOWN


def _named(name: str) -> str | None:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return None
