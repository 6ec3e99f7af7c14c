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


def test_control_characters_become_spaces(slip: Slip) -> None:
    """What would command the printer, or break a line, is a space in every text, also in the lines."""
    mended = dataclasses.replace(slip, service="Chứng\nthực\x00", lines=("a\x1b@",))
    assert (mended.service, mended.lines) == ("Chứng thực", ("a @",))


def test_a_text_without_end_is_cut(slip: Slip) -> None:
    """The rest of the slip still comes out, and the cut can be seen."""
    assert dataclasses.replace(slip, note="a" * (LONGEST_TEXT + 1)).note == "a" * (LONGEST_TEXT - 1) + "…"
    assert len(dataclasses.replace(slip, note="a" * LONGEST_TEXT).note) == LONGEST_TEXT


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "A 15"},
        {"number": "ABC123456"},
        {"lines": ("a",) * 7},
        {"icon": "stamper"},
        {"qr": ""},
        {"qr": "http://bảo-hà"},
        {"qr": "a" * (LONGEST_QR + 1)},
    ],
    ids=str,
)
def test_what_cannot_be_printed_is_refused(slip: Slip, wrong: dict[str, str]) -> None:
    """A number, a code or lines that cannot be printed are refused with the name of the field."""
    with pytest.raises(BadSlip, match=next(iter(wrong)).rstrip("s")):
        dataclasses.replace(slip, **wrong)  # type: ignore[arg-type]  # the wrong values are the point
