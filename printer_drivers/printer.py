"""Owns the port: what every printer promises, the states it can be in, and how a job can end.

PrinterError
├── BadPrinterAddress       the configuration is to blame: the address cannot be read
├── PrinterUnreachable      the device is to blame: switched off, unplugged or busy
│   └── PrinterForbidden    the installation is to blame: the device is there, and this user may not use it
└── PrinterStopped          the device is to blame: it hung up or was unplugged
    └── PrinterStalled      the device is to blame: still there, and it took no more bytes in time

Printers block, so each belongs to one thread that opens, prints, asks and closes; two threads on one printer would mix
two slips. Every call ends by a deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from printer_drivers.paper import Paper


class PrinterError(Exception):
    """Something between this box and the paper went wrong; the message says what to do.

    The message is English, for the log. `key` and `facts` are the same sentence in the text files, for a person; an
    empty key means that it has none.
    """

    def __init__(self, message: str, key: str = "", **facts: object) -> None:
        super().__init__(message)
        self.key = key
        self.facts = facts


class BadPrinterAddress(PrinterError):
    """The printer's address in the configuration cannot be used."""


class PrinterUnreachable(PrinterError):
    """The printer cannot be reached; switch it on, plug it in, or correct its address."""


class PrinterForbidden(PrinterUnreachable):
    """The printer is there, but this user has no right to it; join the group that the message names."""


class PrinterStopped(PrinterError):
    """The line to the printer broke in the middle of something."""


class PrinterStalled(PrinterStopped):
    """The printer is still there and takes no more bytes; look whether it has paper and is closed."""


class PrinterState(StrEnum):
    """What is known of a printer; `unknown` is what silence means."""

    READY = "ready"
    NEAR_END = "near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


# A mute printer prints more often than not, so `unknown` is worth a try.
CAN_PRINT = frozenset({PrinterState.READY, PrinterState.NEAR_END, PrinterState.UNKNOWN})
NEEDS_STAFF = frozenset(PrinterState) - {PrinterState.READY, PrinterState.UNKNOWN}


class Source(StrEnum):
    """Where a state comes from: the printer's own answer, its silence, its line, or no question at all.

    The line tells by breaking, by its modem wires, by the paper bit of USB, or by the queue of the operating system.
    """

    ANSWER = "answer"
    SILENCE = "silence"
    CONNECTION = "connection"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Status:
    """A printer's state, the instant at which it was seen (UTC, aware) and how it is known.

    `raw` holds the bytes that were answered, for whoever must find out what a strange printer means.
    """

    state: PrinterState
    seen_at: datetime
    source: Source
    raw: bytes = b""


class Outcome(StrEnum):
    """How a job ended: on paper, perhaps on paper, or certainly not on paper."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


class Evidence(StrEnum):
    """What an outcome rests on; see `JobEnd`."""

    ANSWERED = "answered"
    ACCEPTED = "accepted"
    TROUBLE = "trouble"
    UNPROVEN = "unproven"
    CUT_OFF = "cut_off"
    NOTHING_SENT = "nothing_sent"


# Silence is not success: a mute printer that took every byte leaves its job unconfirmed.
OUTCOMES = {
    Evidence.ANSWERED: Outcome.CONFIRMED,  # all bytes taken, then the printer proved its end in the way it can
    Evidence.ACCEPTED: Outcome.UNCONFIRMED,  # all bytes taken by a printer or a queue that never answers
    Evidence.TROUBLE: Outcome.UNCONFIRMED,  # all bytes taken, then the printer said that it stopped
    Evidence.UNPROVEN: Outcome.UNCONFIRMED,  # all bytes taken, and the proof that this printer can give did not come
    Evidence.CUT_OFF: Outcome.UNCONFIRMED,  # some bytes taken, then it stalled, hung up or ran out of time
    Evidence.NOTHING_SENT: Outcome.FAILED,  # not one byte taken; the job may be tried again freely
}


@dataclass(frozen=True, slots=True)
class JobEnd:
    """The end of one job: what it rests on, how many bytes the printer's side took, the state seen last, and why.

    A byte counts as taken when the operating system took it for the printer, so zero is certain and more is not.
    `reason` is an English sentence for the log; empty when there is nothing to explain. `answered`: something that is
    an answer was heard during the job, also from a printer that is taken for mute.
    """

    evidence: Evidence
    bytes_accepted: int
    state: PrinterState
    reason: str = ""
    answered: bool = False

    @property
    def outcome(self) -> Outcome:
        """What the evidence amounts to."""
        return OUTCOMES[self.evidence]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The longest waits, in seconds.

    A fault must be known within 3 s, and after a wait that ends in one a last question may follow. `connect_s`: until
    a printer takes the call; one that needs longer on a local network is off. `job_s`: a whole job with everything
    around it, besides `byte_s`, what one byte takes on a line of known speed. `stall_s`: without one byte moving;
    printers pause below a second between bands. `answer_s`: for one question; answers on a local network take 5 to
    20 ms. `done_s`: from the last byte to the cut; 90 mm at the slowest 50 mm/s take 1.8 s and the cut half a second.
    """

    connect_s: float = 2.0
    job_s: float = 20.0
    stall_s: float = 2.0
    answer_s: float = 0.5
    done_s: float = 2.4
    byte_s: float = 0.0


class Printer(Protocol):
    """One printer, whatever it hangs on; see the top of this file for who may call it."""

    @property
    def paper(self) -> Paper:
        """The paper to draw for."""

    def open(self) -> None:
        """Make sure that the printer can be reached now; raise `PrinterUnreachable` if not.

        Optional: `print` and `status` reach for the printer themselves, so a kiosk may start before its printer.
        """

    def distrust(self) -> None:
        """Take it that an earlier life left half a job in the printer: what is there is swept before the next one."""

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """Print one job, the chunks of `escpos.encode`, and say how it ended.

        Never tries again by itself and raises no `PrinterError`: trouble is in the `JobEnd`.
        """

    def status(self) -> Status:
        """Say what is known of the printer now; raises no `PrinterError`."""

    def close(self) -> None:
        """Let go of the printer; safe to call twice, and a later call reaches for it again."""
