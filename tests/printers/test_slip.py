"""What a slip refuses and what it mends."""

import dataclasses
import unicodedata

import pytest

from printer_drivers.slip import LONGEST_QR, LONGEST_TEXT, BadSlip, Slip


def test_texts_become_nfc(slip: Slip) -> None:
    """Decomposed Vietnamese is composed in every text, also in the lines."""
    loose = unicodedata.normalize("NFD", " Chứng thực ")
    mended = dataclasses.replace(slip, service=loose, qr_caption=loose, lines=(loose,))
    assert mended.service == mended.qr_caption == mended.lines[0] == "Chứng thực"


def test_absent_parts_stay_absent(slip: Slip) -> None:
    """A part that is `None` is not turned into an empty text."""
    assert slip.priority_mark is None
    assert slip.reprint_mark is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "A 15"},
        {"number": "ABCD1234"},
        {"service": "Chứng\nthực"},
        {"lines": ("a\x1b@",)},
        {"lines": ("a",) * 7},
        {"note": "a" * (LONGEST_TEXT + 1)},
        {"qr": ""},
        {"qr": "http://bảo-hà"},
        {"qr": "a" * (LONGEST_QR + 1)},
    ],
    ids=str,
)
def test_unprintable_words_are_refused(slip: Slip, wrong: dict[str, str]) -> None:
    """Each kind of words that cannot be printed is refused with the name of its field."""
    with pytest.raises(BadSlip, match=next(iter(wrong)).rstrip("s")):
        dataclasses.replace(slip, **wrong)  # type: ignore[arg-type]  # the wrong values are the point
