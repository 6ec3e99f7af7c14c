"""What hangs on the counters, as this box drives it: lines with their signs and pads, and number pads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from display.counter.devices import Face, Key, Look
from display.counter.presses import PadKey
from display.counter.template import Template
from queue_protocol.ids import CounterNumber

Parity = Literal["none", "even", "odd"]

EVENT_CODES: Mapping[str, tuple[int, ...]] = {
    "enter": (96, 28),
    "+": (78,),
    "-": (74, 12),
    "*": (55,),
    "/": (98, 53),
    ".": (83, 52),
    "backspace": (14,),
    "0": (82, 11),
    "1": (79, 2),
    "2": (80, 3),
    "3": (81, 4),
    "4": (75, 5),
    "5": (76, 6),
    "6": (77, 7),
    "7": (71, 8),
    "8": (72, 9),
    "9": (73, 10),
}
"""Codes of linux/input-event-codes.h: of the key in the number block, and of its twin on a whole keyboard."""

USUAL_KEYS: Mapping[str, Key] = {
    "enter": "next",
    "+": "recall",
    "-": "no_show",
    "*": "pause",
    "/": "finish",
}


@dataclass(frozen=True, slots=True)
class SignPlan:
    """A sign, and the frames it understands."""

    counter: CounterNumber
    address: int
    frames: Mapping[Look, Template]

    def render(self, face: Face) -> bytes | None:
        """Return the frame that shows this; `None` when the number is too long for the sign."""
        return self.frames[face.look].render(self.address, face.number)


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A serial line: how it is opened, what hangs on it, and what its pads send."""

    port: str
    baud: int
    parity: Parity
    gap_s: float
    resend_s: float
    signs: tuple[SignPlan, ...]
    keys: Mapping[bytes, PadKey]


@dataclass(frozen=True, slots=True)
class NumberPadPlan:
    """A USB number pad: where it is, and what its keys mean by their event code."""

    counter: CounterNumber
    device: str
    keys: Mapping[int, Key]
