"""Owns the one thing that is remembered of a printer: how it answers, and whether a slip may lie in it half sent.

Pure. The fact decides what every job can prove; see `VERDICTS`. It is learned from the idle printer, or stated in its
address, and kept by whoever owns the printer, so that the first job after a start is judged like every other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from printer_drivers.answers import Ask
from printer_drivers.printer import Evidence


class Fact(StrEnum):
    """How a printer answers: never; of its state only; or also that all before a question was printed, and by what."""

    MUTE = "mute"
    ANSWERS = "answers"
    GSR = "gsr"
    ID = "id"


class After(StrEnum):
    """What was heard of a job: its proof, only that all is well, trouble, nothing, or that the line broke."""

    PROOF = "proof"
    FINE = "fine"
    TROUBLE = "trouble"
    SILENCE = "silence"
    CUT = "cut"


_PROVING: Mapping[After, Evidence] = {
    After.PROOF: Evidence.ANSWERED,
    After.FINE: Evidence.UNPROVEN,
    After.TROUBLE: Evidence.TROUBLE,
    After.SILENCE: Evidence.UNPROVEN,
    After.CUT: Evidence.CUT_OFF,
}
VERDICTS: Mapping[Fact, Mapping[After, Evidence]] = {
    Fact.MUTE: {
        After.PROOF: Evidence.ACCEPTED,
        After.FINE: Evidence.ACCEPTED,
        After.TROUBLE: Evidence.TROUBLE,
        After.SILENCE: Evidence.ACCEPTED,
        After.CUT: Evidence.CUT_OFF,
    },
    # Has no sign of its end: to answer at every pause of the job, and to be fine when the paper must be out, is all.
    Fact.ANSWERS: _PROVING,
    Fact.GSR: _PROVING,
    Fact.ID: _PROVING,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered. `fact` is `None` until the printer was found idle and asked.

    `half_sent`: the last slip may lie in the printer in part, so that what is sent next would be taken for its rest.
    """

    fact: Fact | None = None
    half_sent: bool = False


class Memory(Protocol):
    """Where it is remembered. Neither call raises."""

    def read(self) -> Known:
        """Return what was written last; `Known()` when nothing was, or when somebody wants it learned again."""

    def write(self, known: Known) -> None:
        """Remember this from now on, also over a restart where the owner keeps files."""


class ShortMemory:
    """Remembers as long as the process lives: for a tool that prints once, and for tests."""

    def __init__(self) -> None:
        self._known = Known()

    def read(self) -> Known:
        """Return what was written last."""
        return self._known

    def write(self, known: Known) -> None:
        """Remember this."""
        self._known = known


def state_fact(asks: frozenset[Ask]) -> Fact:
    """Return the fact that an address states by naming every way to ask that its printer knows."""
    if Ask.ID in asks:
        return Fact.ID
    if Ask.GSR in asks:
        return Fact.GSR
    return Fact.ANSWERS if asks & {Ask.EOT, Ask.ASB} else Fact.MUTE
