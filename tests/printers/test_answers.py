"""How a printer's answers read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_drivers.answers import Heard, Question, ask, hear, read_paper, read_state
from printer_drivers.printer import PrinterState


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ("12 12 12", PrinterState.READY),
        ("12 12 1e", PrinterState.NEAR_END),
        ("1a 32 7e", PrinterState.PAPER_OUT),
        ("1a 16 12", PrinterState.COVER_OPEN),
        ("1a 16 7e", PrinterState.COVER_OPEN),
        ("1a 52 12", PrinterState.ERROR),
        ("1a 12 12", PrinterState.OFFLINE),
    ],
)
def test_known_answers(answers: str, state: PrinterState) -> None:
    """The answers that real printers and an emulator gave to DLE EOT 1, 2 and 4 read as what was done to them."""
    assert read_state(dict(zip(Question, bytes.fromhex(answers), strict=True))) is state


def test_silence_is_unknown() -> None:
    """No answer is neither fine nor broken."""
    assert read_state({}) is PrinterState.UNKNOWN


def test_half_an_answer_is_used() -> None:
    """A printer that knows only some questions is believed in those."""
    assert read_state({Question.PRINTER: 0x12}) is PrinterState.READY
    assert read_state({Question.PAPER: 0x7E}) is PrinterState.PAPER_OUT


def test_question_bytes() -> None:
    """Questions are DLE EOT 1, 2 and 4."""
    assert [ask(question).hex() for question in Question] == ["100401", "100402", "100404"]


def test_automatic_status_is_no_answer() -> None:
    """A pushed status block and flow control around an answer are passed over, glued as they come."""
    glued = bytes.fromhex("10 00 00 00  13  12  11  18 00 0f 00  03")
    assert hear(glued) == Heard(real_time=(0x12,), queued=(0x03,))


@pytest.mark.parametrize(("byte", "state"), [(0x00, PrinterState.READY), (0x03, PrinterState.NEAR_END)])
def test_queued_answer_tells_of_the_roll(byte: int, state: PrinterState) -> None:
    """The answer to GS r 1 tells whether the roll nears its end."""
    assert read_paper(byte) is state


@given(st.binary(max_size=64))
def test_any_bytes_are_heard(data: bytes) -> None:
    """Noise never raises and never gives more answers than bytes."""
    heard = hear(data)
    assert len(heard.real_time) + len(heard.queued) <= len(data)
