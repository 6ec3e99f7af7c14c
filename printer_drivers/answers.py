"""Owns how a printer is asked for its state and how its answers read, bit by bit.

Pure. There are four ways to ask, and each printer knows its own few of them:

eot   DLE EOT n, in real time: answered at once even when busy or offline, with one byte
asb   GS a, automatic status: four bytes at once, and again whenever something changes, until ESC @
gsr   GS r 1, queued: answered when all before it was processed, and not at all while the printer is offline
id    GS ( H, queued: a number of ours comes back when the printing before it is finished

Bits are from Epson's TM reference and the Bixolon SRP-350, HPRT TP809 and Citizen CT-S310 manuals. Answers carry no
label and come late and glued together, so they are told apart by pattern, and questions go one at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from printer_drivers.printer import PrinterState


class Ask(StrEnum):
    """A way to learn a printer's state; `line` needs no question: modem wires, the paper bit of USB, a queue."""

    LINE = "line"
    EOT = "eot"
    ASB = "asb"
    GSR = "gsr"
    ID = "id"


NOTHING: frozenset[Ask] = frozenset()


class Question(IntEnum):
    """What DLE EOT n asks, in the order of asking: who is silent to one is not asked the rest."""

    PRINTER = 1
    PAPER = 4
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3


# Answered in turn with the paper sensor's state once all bytes before it are processed.
ASK_WHEN_DONE = b"\x1dr\x01"
# All four bytes of automatic status, now and at each change.
ASK_AUTOMATIC = b"\x1da\xff"
STOP_AUTOMATIC = b"\x1da\x00"

# (question, bits that must all be set, state): the first that holds is the state, so the most telling come first.
_STATES = (
    (Question.OFFLINE_CAUSE, 0x04, PrinterState.COVER_OPEN),
    (Question.PAPER, 0x60, PrinterState.PAPER_OUT),
    (Question.OFFLINE_CAUSE, 0x20, PrinterState.PAPER_OUT),
    (Question.ERROR_CAUSE, 0x08, PrinterState.ERROR),
    (Question.ERROR_CAUSE, 0x20, PrinterState.ERROR),
    (Question.OFFLINE_CAUSE, 0x40, PrinterState.ERROR),
    (Question.PRINTER, 0x08, PrinterState.OFFLINE),
    (Question.PAPER, 0x0C, PrinterState.NEAR_END),
)

# The same for automatic status: (which of its four bytes, bits, state).
_AUTOMATIC_STATES = (
    (0, 0x20, PrinterState.COVER_OPEN),
    (2, 0x0C, PrinterState.PAPER_OUT),
    (1, 0x08, PrinterState.ERROR),
    (1, 0x20, PrinterState.ERROR),
    (1, 0x40, PrinterState.ERROR),
    (0, 0x08, PrinterState.OFFLINE),
    (2, 0x03, PrinterState.NEAR_END),
)

# The same for the paper sensor of GS r 1; either bit of a pair will do, as some printers set one.
_PAPER_STATES = ((0x0C, PrinterState.PAPER_OUT), (0x03, PrinterState.NEAR_END))

# "No paper" in the status byte of a parallel port, which USB printers report in the same form.
_PORT_NO_PAPER = 0x20

# (mask, value) of the fixed bits of each kind of answer; no two overlap, and XON (11) and XOFF (13) are none of them.
_REAL_TIME = (0x93, 0x12)
_AUTOMATIC = (0x93, 0x10)
_AUTOMATIC_REST = (0x90, 0x00)
_AUTOMATIC_BYTES = 4
# An answer to GS r 1 has two bits for each sensor, both alike in Epson's printers and one of them in some others; not
# both sensors with one bit each, which would be a tab, a line feed or another byte of text. NUL is "paper is there", so
# a break of a serial line looks the same: `conversation` never rests on one such byte.
_QUEUED = frozenset({0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x0C, 0x0F})
# Blocks run from a head to a NUL with letters between them: 37 22 is a process id, 5F a name.
_PROCESS_ID = b"\x37\x22"
_PROCESS_ID_LETTERS = 4
_NAME = b"\x5f"
_BLOCK_HEADS = (_PROCESS_ID[0], _NAME[0])
# Epson's longest: head, 80 letters, NUL.
_LONGEST_BLOCK = 82


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found in the bytes from a printer, oldest first.

    Answers to DLE EOT and to GS r as bytes, automatic status blocks, and the insides of process ids and names.
    """

    real_time: tuple[int, ...] = ()
    queued: tuple[int, ...] = ()
    automatic: tuple[bytes, ...] = ()
    process_ids: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Basket:
    real_time: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    automatic: list[bytes] = field(default_factory=list)
    process_ids: list[bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def ask(question: Question) -> bytes:
    """Return the bytes of DLE EOT n."""
    return bytes((0x10, 0x04, question))


def ask_for_id(process_id: bytes) -> bytes:
    """Return GS ( H function 48 with this id of four printable characters."""
    return b"\x1d(H\x06\x0000" + process_id


def ask_for_name(which: int) -> bytes:
    """Return GS I n; 66 asks for the maker and 67 for the model."""
    return b"\x1dI" + bytes((which,))


def hear(data: bytes) -> Heard:
    """Sort the bytes into answers; flow control and noise are passed over.

    An answer whose end has not come yet is left out, so whoever waits for it gives all bytes again when more came.
    """
    basket = _Basket()
    at = 0
    while at < len(data):
        size = next((size for find in _FINDERS if (size := find(data, at, basket))), None)
        if size is None:
            break
        at += size
    return Heard(
        tuple(basket.real_time),
        tuple(basket.queued),
        tuple(basket.automatic),
        tuple(basket.process_ids),
        tuple(basket.names),
    )


def read_state(answers: Mapping[Question, int]) -> PrinterState:
    """Return the state these answers tell; no answers at all are `unknown`, never "fine"."""
    if not answers:
        return PrinterState.UNKNOWN
    for question, bits, state in _STATES:
        if answers.get(question, 0) & bits == bits:
            return state
    return PrinterState.READY


def read_automatic(block: bytes) -> PrinterState:
    """Return the state that the four bytes of an automatic status tell."""
    for which, bits, state in _AUTOMATIC_STATES:
        if block[which] & bits == bits:
            return state
    return PrinterState.READY


def read_paper(queued: int) -> PrinterState:
    """Return what an answer to GS r 1 tells: no paper, near the end, or ready."""
    return next((state for bits, state in _PAPER_STATES if queued & bits), PrinterState.READY)


def read_port(status: int) -> PrinterState | None:
    """Return the trouble in a USB or parallel port's status byte.

    Only "no paper" is believed: clones that know no more answer 18 always, or 00, and would never print again.
    """
    return PrinterState.PAPER_OUT if status & _PORT_NO_PAPER else None


def _is(kind: tuple[int, int], byte: int) -> bool:
    mask, value = kind
    return byte & mask == value


# Each finder looks at one place and returns how many bytes it accounts for there; 0 leaves them to the next finder,
# and None, from the last, says that what begins here is not complete.


def _find_byte(data: bytes, at: int, basket: _Basket) -> int:
    if _is(_REAL_TIME, data[at]):
        basket.real_time.append(data[at])
        return 1
    if data[at] in _QUEUED:
        basket.queued.append(data[at])
        return 1
    return 0


def _find_automatic(data: bytes, at: int, basket: _Basket) -> int:
    block = data[at : at + _AUTOMATIC_BYTES]
    if len(block) < _AUTOMATIC_BYTES or not _may_be_automatic(block):
        return 0
    basket.automatic.append(block)
    return _AUTOMATIC_BYTES


def _find_block(data: bytes, at: int, basket: _Basket) -> int:
    end = data.find(b"\x00", at, at + _LONGEST_BLOCK)
    if end < 0 or not _may_be_block(block := data[at:end]):
        return 0
    if block.startswith(_PROCESS_ID) and len(block) == len(_PROCESS_ID) + _PROCESS_ID_LETTERS:
        basket.process_ids.append(block[len(_PROCESS_ID) :])
    elif block.startswith(_NAME):
        basket.names.append(block[1:].decode("ascii"))
    return len(block) + 1


def _find_noise(data: bytes, at: int, _basket: _Basket) -> int | None:
    """Pass over one byte that begins nothing; return None where more bytes may still make it an answer."""
    rest = data[at : at + _LONGEST_BLOCK]
    automatic = len(rest) < _AUTOMATIC_BYTES and _may_be_automatic(rest)
    block = len(rest) < _LONGEST_BLOCK and _may_be_block(rest)
    return None if automatic or block else 1


def _may_be_automatic(block: bytes) -> bool:
    return _is(_AUTOMATIC, block[0]) and all(_is(_AUTOMATIC_REST, byte) for byte in block[1:])


def _may_be_block(block: bytes) -> bool:
    return block[0] in _BLOCK_HEADS and block[1:].decode("latin-1").isprintable() and block.isascii()


_FINDERS: tuple[Callable[[bytes, int, _Basket], int | None], ...] = (
    _find_byte,
    _find_automatic,
    _find_block,
    _find_noise,
)
