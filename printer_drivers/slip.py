"""Owns what a slip says: the words on the paper, already chosen, before anybody knows how wide the paper is.

Pure. Who builds a slip decides the words and their language; this file only makes sure that they can be printed.
"""

import unicodedata
from dataclasses import dataclass

# A015 has four characters and an offline series one or two more; seven squeezed to 48 mm can still be read.
LONGEST_NUMBER = 7
# The longest service name in use has 55 letters; five times that is a mistake in a catalogue, not a name.
LONGEST_TEXT = 280
# 120 bytes are a QR of 45 modules, the largest that leaves room for its caption on 58 mm paper at 4 dots a module.
LONGEST_QR = 120
# People ahead, counters and what a center adds; more would push the slip past 90 mm.
MOST_LINES = 6

TEXTS = ("center", "service", "number", "time_line", "note", "priority_mark", "qr_caption", "reprint_mark")


class BadSlip(ValueError):
    """The box that wrote the slip gave words that cannot be printed; the message names the field and what to change."""


@dataclass(frozen=True, slots=True)
class Slip:
    """The words of one slip, top to bottom, each text one paragraph.

    `None` and an empty tuple mean that the part is left out. `qr` is the content of the code (ASCII, usually an
    address) and is never printed as text; `qr_caption` is printed only beside a code. A no-break space keeps two
    words on one line. Texts are normalised to NFC here, because decomposed marks are drawn beside their letters.
    Raises `BadSlip` for control characters and for what is too long.
    """

    center: str
    service: str
    number: str
    time_line: str
    note: str
    priority_mark: str | None = None
    lines: tuple[str, ...] = ()
    qr: str | None = None
    qr_caption: str | None = None
    reprint_mark: str | None = None

    def __post_init__(self) -> None:
        for field in TEXTS:
            text = getattr(self, field)
            if text is not None:
                # The one moment at which a frozen value may still be mended.
                object.__setattr__(self, field, _tidy(field, text))
        object.__setattr__(self, "lines", tuple(_tidy("lines", line) for line in self.lines))
        if not self.number or len(self.number) > LONGEST_NUMBER or " " in self.number:
            raise BadSlip(f"number {self.number!r} must be 1 to {LONGEST_NUMBER} characters without a space")
        if len(self.lines) > MOST_LINES:
            raise BadSlip(f"a slip has at most {MOST_LINES} lines, got {len(self.lines)}")
        if self.qr is not None:
            _check_qr(self.qr)


def _tidy(field: str, text: str) -> str:
    """Return the text in NFC without outer spaces; raise `BadSlip` when it cannot be printed."""
    text = unicodedata.normalize("NFC", text).strip(" ")
    if len(text) > LONGEST_TEXT:
        raise BadSlip(f"{field} has {len(text)} characters; shorten it to {LONGEST_TEXT}")
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise BadSlip(f"{field} holds a control character; give one paragraph of plain words")
    return text


def _check_qr(content: str) -> None:
    if not content.isascii() or not content.isprintable() or not 0 < len(content) <= LONGEST_QR:
        raise BadSlip(f"qr must be 1 to {LONGEST_QR} printable ASCII characters")
