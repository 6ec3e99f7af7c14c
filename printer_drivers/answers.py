"""Owns how a printer is asked for its state and how its answers read, bit by bit.

Pure. Questions are the real-time DLE EOT n, which a printer answers at once even when it is busy or offline, and the
queued GS r 1, which it answers only when everything before it was processed. Bits are from Epson's TM reference and the
Bixolon SRP-350 and HPRT TP809 manuals. Answers carry no label, so they are told apart by pattern, and questions go one
at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from printer_drivers.printer import PrinterState


class Question(IntEnum):
    """What DLE EOT n asks."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    PAPER = 4


# Answered in turn with the paper sensor's state once all bytes before it are processed.
ASK_WHEN_DONE = b"\x1dr\x01"

# (question, bits that must all be set, state): the first that holds is the state, so the most telling come first.
_STATES = (
    (Question.OFFLINE_CAUSE, 0x04, PrinterState.COVER_OPEN),
    (Question.PAPER, 0x60, PrinterState.PAPER_OUT),
    (Question.OFFLINE_CAUSE, 0x20, PrinterState.PAPER_OUT),
    (Question.OFFLINE_CAUSE, 0x40, PrinterState.ERROR),
    (Question.PRINTER, 0x08, PrinterState.OFFLINE),
    (Question.PAPER, 0x0C, PrinterState.NEAR_END),
)

# (mask, value) of the first byte of each kind of answer.
_REAL_TIME = (0x93, 0x12)
_AUTOMATIC = (0x93, 0x10)
_QUEUED = (0x90, 0x00)
_AUTOMATIC_BYTES = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found in the bytes from a printer: answers to DLE EOT and to GS r, oldest first."""

    real_time: tuple[int, ...] = ()
    queued: tuple[int, ...] = ()


def ask(question: Question) -> bytes:
    """Return the bytes of DLE EOT n."""
    return bytes((0x10, 0x04, question))


def hear(data: bytes) -> Heard:
    """Sort the bytes into answers; automatic status blocks (4 bytes) and flow control (XON, XOFF) are passed over."""
    real_time: list[int] = []
    queued: list[int] = []
    at = 0
    while at < len(data):
        byte = data[at]
        at += _AUTOMATIC_BYTES if _is(_AUTOMATIC, byte) else 1
        if _is(_REAL_TIME, byte):
            real_time.append(byte)
        elif _is(_QUEUED, byte):
            queued.append(byte)
    return Heard(tuple(real_time), tuple(queued))


def read_state(answers: Mapping[Question, int]) -> PrinterState:
    """Return the state these answers tell; no answers at all are `unknown`, never "fine"."""
    if not answers:
        return PrinterState.UNKNOWN
    for question, bits, state in _STATES:
        if answers.get(question, 0) & bits == bits:
            return state
    return PrinterState.READY


def read_paper(queued: int) -> PrinterState:
    """Return what an answer to GS r 1 tells: near the end, or ready."""
    return PrinterState.NEAR_END if queued & 0x03 else PrinterState.READY


def _is(kind: tuple[int, int], byte: int) -> bool:
    mask, value = kind
    return byte & mask == value
