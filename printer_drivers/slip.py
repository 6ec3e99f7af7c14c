"""Owns what a slip says: the words on the paper, already chosen, before anybody knows how wide the paper is.

Pure. Who builds a slip decides the words and their language; this file only makes sure that they can be printed.
"""

import unicodedata
from dataclasses import dataclass

# A015 has four characters; two letters and six digits are the most there can be, and 48 mm hold them squeezed.
LONGEST_NUMBER = 8
# The longest service name in use has 55 letters; five times that is a mistake in a catalogue, not a name.
LONGEST_TEXT = 280
# 120 bytes are a QR of 45 modules, the largest that leaves room for its caption on 58 mm paper at 4 dots a module.
LONGEST_QR = 120
# People ahead, counters and what a center adds; more would push the slip past 90 mm.
MOST_LINES = 6

TEXTS = ("center", "service", "number", "time_line", "note", "priority_mark", "qr_caption", "reprint_mark")


class BadSlip(ValueError):
    """The box that wrote the slip gave what cannot be printed; the message names the field and what to change."""


@dataclass(frozen=True, slots=True)
class Slip:
    """The words of one slip, top to bottom, each text one paragraph.

    `None` and an empty tuple mean that the part is left out. `icon` is the one character of the icon font that is
    drawn beside the service. `qr` is the content of the code (ASCII, usually an address) and is never printed as text;
    `qr_caption` is printed only beside a code. A no-break space keeps two
    words on one line. Texts are mended here, because a slip with an odd name beats none: they are normalised to NFC, as
    decomposed marks are drawn beside their letters; control characters become spaces; what is too long is cut.
    Raises `BadSlip` for a number or a code that cannot be printed, and for too many lines.
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
    icon: str | None = None

    def __post_init__(self) -> None:
        for field in TEXTS:
            text = getattr(self, field)
            if text is not None:
                # The one moment at which a frozen value may still be mended.
                object.__setattr__(self, field, _tidy(text))
        object.__setattr__(self, "lines", tuple(map(_tidy, self.lines)))
        if not self.number or len(self.number) > LONGEST_NUMBER or " " in self.number:
            raise BadSlip(f"number {self.number!r} must be 1 to {LONGEST_NUMBER} characters without a space")
        if len(self.lines) > MOST_LINES:
            raise BadSlip(f"a slip has at most {MOST_LINES} lines, got {len(self.lines)}")
        if self.icon is not None and len(self.icon) != 1:
            raise BadSlip(f"icon {self.icon!r} must be one character of the icon font")
        if self.qr is not None and not can_be_code(self.qr):
            raise BadSlip(f"qr must be 1 to {LONGEST_QR} printable ASCII characters")


def can_be_code(content: str) -> bool:
    """Say whether this can be printed as the QR code of a slip."""
    return content.isascii() and content.isprintable() and 0 < len(content) <= LONGEST_QR


def _tidy(text: str) -> str:
    """Return the text as one paragraph in NFC without outer spaces, cut where it is too long."""
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in composed).strip(" ")
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[: LONGEST_TEXT - 1]}…"
