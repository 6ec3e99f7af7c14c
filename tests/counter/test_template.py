"""The language of frames: what each field becomes, and what is said of words that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.counter.template import BadTemplate, read_template

NUMBERS = st.from_regex(r"\A[A-Z]{1,2}[0-9]{1,6}\Z")


def render(text: str, address: int = 5, number: str = "A015") -> bytes | None:
    """Return the frame of a template with a number."""
    return read_template(text, with_number=True).render(address, number)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("02 {number:ascii4} 03", b"\x02A015\x03"),
        ("{number:ascii6}", b"  A015"),
        ("{digits:ascii3}", b"015"),
        ("{digits:ascii2}", b"15"),
        ("{digits:bcd4}", b"\x00\x15"),
        ("{digits:binary2}", b"\x00\x0f"),
        ("{address} {digits:ascii3}", b"\x05015"),
        ("{address:ascii2} {digits:ascii3}", b"05015"),
        ("{address:bcd2} {digits:ascii3}", b"\x05015"),
        ("0203ff {digits:ascii3}", b"\x02\x03\xff015"),
    ],
)
def test_fields_become_bytes(text: str, frame: bytes) -> None:
    """Each field is written as docs/counter_devices.md says."""
    assert render(text) == frame


def test_a_published_frame_is_met() -> None:
    """The one documented four-byte board: `05 03 E7 EF` shows 999 on board 5."""
    assert render("{address} {digits:binary2} {sum8}", 5, "A999") == bytes.fromhex("05 03 E7 EF")


def test_checks_cover_what_they_should() -> None:
    """From the start, or from the mark on; a byte after the check is not covered."""
    assert render("02 {digits:ascii1} {sum8} 03", number="A1") == b"\x02\x31\x33\x03"
    assert render("02 {from} {digits:ascii1} 01 {xor8} 03", number="A1") == b"\x02\x31\x01\x30\x03"


def test_a_number_too_long_loses_its_letters_first() -> None:
    """Those who wait look at the end of their number."""
    assert render("{number:ascii4}", number="AK015") == b" 015"
    assert render("{number:ascii2}", number="AK015") == b"15"


@given(NUMBERS, st.sampled_from(["{number:ascii4}", "{digits:ascii3}", "{digits:bcd4}", "{digits:binary1}"]))
def test_a_sign_shows_the_number_or_nothing(number: str, text: str) -> None:
    """No digit that counts is ever cut off: a frame has its full length and the whole value, or there is none."""
    value = int(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    frame = render(text, number=number)
    most = {"{number:ascii4}": 9999, "{digits:ascii3}": 999, "{digits:bcd4}": 9999, "{digits:binary1}": 255}[text]
    assert (frame is None) == (value > most)
    if frame is not None:
        shown = {"bcd": frame.hex(), "bin": str(frame[0])}.get(text.split(":")[1][:3], frame.decode("latin1"))
        assert int(shown.strip().lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found nothing"),
        ("2", "expected bytes in hexadecimal or a field in braces, found '2'"),
        ("02 {digits:ascii4", "expected bytes"),
        ("02 {price:ascii4}", "there is no field {price:ascii4}; fields are from, sum8, xor8, address, number, digits"),
        ("{sum8:ascii2} {digits:ascii3}", "there is no field"),
        ("{number}", "does not say how it is written"),
        ("{number:bcd4}", "number is written as ascii"),
        ("{digits:bcd3}", "the width is even"),
        ("02 03", "expected a place for the number"),
    ],
)
def test_what_is_no_template_is_said(text: str, words: str) -> None:
    """The sentence names the word and what was expected."""
    with pytest.raises(BadTemplate) as caught:
        read_template(text, with_number=True)
    assert words in str(caught.value)


def test_a_frame_without_a_number_has_no_place_for_one() -> None:
    """A blank sign cannot show the number of nobody."""
    with pytest.raises(BadTemplate, match="a frame without a number"):
        read_template("02 {digits:ascii3}")
