"""How a printer's answers read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_drivers.answers import (
    Heard,
    Question,
    ask,
    ask_for_id,
    ask_for_name,
    hear,
    read_automatic,
    read_paper,
    read_port,
    read_state,
)
from printer_drivers.printer import PrinterState


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ("12 12 12 12", PrinterState.READY),
        ("12 12 12 1e", PrinterState.NEAR_END),
        ("1a 32 12 7e", PrinterState.PAPER_OUT),
        ("1a 16 12 12", PrinterState.COVER_OPEN),
        ("1a 16 12 7e", PrinterState.COVER_OPEN),
        ("1a 52 12 12", PrinterState.ERROR),
        ("1a 12 1a 12", PrinterState.ERROR),
        ("1a 12 32 12", PrinterState.ERROR),
        ("1a 12 12 12", PrinterState.OFFLINE),
    ],
)
def test_known_answers(answers: str, state: PrinterState) -> None:
    """The answers that real printers and an emulator gave to DLE EOT 1, 2, 3 and 4 read as what was done to them."""
    assert read_state(dict(zip(map(Question, (1, 2, 3, 4)), bytes.fromhex(answers), strict=True))) is state


@pytest.mark.parametrize(
    ("block", "state"),
    [
        ("10 00 00 00", PrinterState.READY),
        ("10 00 03 00", PrinterState.NEAR_END),
        ("18 00 0f 00", PrinterState.PAPER_OUT),
        ("38 00 00 00", PrinterState.COVER_OPEN),
        ("18 08 00 00", PrinterState.ERROR),
        ("18 00 00 00", PrinterState.OFFLINE),
    ],
)
def test_known_automatic_status(block: str, state: PrinterState) -> None:
    """The four bytes that an emulator pushed read as what was done to it."""
    assert read_automatic(bytes.fromhex(block)) is state


def test_silence_is_unknown() -> None:
    """No answer is neither fine nor broken."""
    assert read_state({}) is PrinterState.UNKNOWN


def test_half_an_answer_is_used() -> None:
    """A printer that knows only some questions is believed in those."""
    assert read_state({Question.PRINTER: 0x12}) is PrinterState.READY
    assert read_state({Question.PAPER: 0x7E}) is PrinterState.PAPER_OUT


def test_question_bytes() -> None:
    """Questions are DLE EOT 1 to 4, the most telling first; GS ( H carries the number; GS I names what it wants."""
    assert [ask(question).hex() for question in Question] == ["100401", "100404", "100402", "100403"]
    assert ask_for_id(b"0042").hex(" ") == "1d 28 48 06 00 30 30 30 30 34 32"
    assert ask_for_name(67).hex() == "1d4943"


GLUED = bytes.fromhex("10 00 00 00  13  12  37 22 30 30 34 32 00  11  18 00 0f 00  03  5f 45 50 53 4f 4e 00")
ALL = Heard((0x12,), (0x03,), (b"\x10\x00\x00\x00", b"\x18\x00\x0f\x00"), (b"0042",), ("EPSON",))


def test_glued_answers_are_told_apart() -> None:
    """Pushed status, flow control, answers and blocks are told apart by their bits, glued as they come."""
    assert hear(GLUED) == ALL


@pytest.mark.parametrize("at", range(len(GLUED)))
def test_late_rest_of_an_answer_is_waited_for(at: int) -> None:
    """However the bytes are cut in two, the beginning gives nothing that the whole does not."""
    begun = hear(GLUED[:at])
    for found, expected in zip(
        (begun.real_time, begun.queued, begun.automatic, begun.process_ids, begun.names),
        (ALL.real_time, ALL.queued, ALL.automatic, ALL.process_ids, ALL.names),
        strict=True,
    ):
        assert found == expected[: len(found)]


@pytest.mark.parametrize("noise", ["37", "5f", "10", "ff", "37 22 12", "5f 80", "10 00 12"])
def test_noise_does_not_swallow_what_follows(noise: str) -> None:
    """A byte that looks like the beginning of something longer does not hide the answer behind it."""
    assert 0x1E in hear(bytes.fromhex(noise) + b"\x1e").real_time


@pytest.mark.parametrize(
    ("byte", "state"),
    [
        (0x00, PrinterState.READY),
        (0x03, PrinterState.NEAR_END),
        (0x0C, PrinterState.PAPER_OUT),
        (0x0F, PrinterState.PAPER_OUT),
    ],
)
def test_queued_answer_tells_of_the_roll(byte: int, state: PrinterState) -> None:
    """The answer to GS r 1 tells whether the roll nears its end, or is over on printers that stay online then."""
    assert read_paper(byte) is state


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(0x18, None), (0x00, None), (0x10, None), (0x38, PrinterState.PAPER_OUT), (0x20, PrinterState.PAPER_OUT)],
)
def test_port_status_is_believed_in_paper_only(status: int, trouble: PrinterState | None) -> None:
    """What clones answer to everything is no trouble; only "no paper" is."""
    assert read_port(status) is trouble


@given(st.binary(max_size=64))
def test_any_bytes_are_heard(data: bytes) -> None:
    """Noise never raises and never gives more answers than bytes."""
    heard = hear(data)
    assert len(heard.real_time) + len(heard.queued) + 4 * len(heard.automatic) <= len(data)
