"""Bytes of pads become keys: frames found in a noisy stream, and input events of the Linux kernel. Pure."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from display.counter.devices import Key
from queue_protocol.ids import CounterNumber

SPLIT_S = 0.25
"""Longest pause inside a frame: 20 bytes at 1200 baud take 0.17 s, and a port server in the LAN adds some. What
is older was noise that looked like a beginning."""

STRANGE_BYTES = 32
"""So many bytes that no pad of the table sends are kept for the log: two frames of the longest format known."""

INPUT_EVENT = struct.Struct("@llHHi")
"""`struct input_event` of linux/input.h: two longs of time, type, code, value, as the kernel of this machine has it."""

KEY_EVENT, KEY_DOWN = 1, 1
"""EV_KEY, and a key going down; 0 is its release and 2 the repetition of one that is held."""


@dataclass(frozen=True, slots=True)
class PadKey:
    """A key of a counter's pad."""

    counter: CounterNumber
    key: Key


class FrameReader:
    """Finds the frames of pads. `frames` is free of prefixes: none begins with another."""

    def __init__(self, frames: Mapping[bytes, PadKey]) -> None:
        self._frames = frames
        self._beginnings = {frame[:length] for frame in frames for length in range(1, len(frame))}
        self._held = b""
        self._heard_s = float("-inf")
        self._strange = b""

    def feed(self, data: bytes, now_s: float) -> list[PadKey]:
        """Take in what came, nothing included; return the keys that are complete by now."""
        if now_s - self._heard_s > SPLIT_S:
            self._drop(len(self._held))
        if data:
            self._heard_s = now_s
        found: list[PadKey] = []
        for byte in data:
            self._held += bytes((byte,))
            self._resynchronise()
            if self._held in self._frames:
                found.append(self._frames[self._held])
                self._held = b""
        return found

    def take_strange(self) -> bytes:
        """Return the first bytes that belong to no frame since the last time: what a pad that is not set up sends."""
        strange, self._strange = self._strange, b""
        return strange

    def _resynchronise(self) -> None:
        while self._held and self._held not in self._beginnings and self._held not in self._frames:
            self._drop(1)

    def _drop(self, length: int) -> None:
        self._strange = (self._strange + self._held[:length])[:STRANGE_BYTES]
        self._held = self._held[length:]


class EventReader:
    """Finds keys going down in the events of an input device; releases and repetitions are none."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[int]:
        """Take in what came; return the codes of keys that went down."""
        self._held += data
        whole = len(self._held) // INPUT_EVENT.size * INPUT_EVENT.size
        events, self._held = self._held[:whole], self._held[whole:]
        return [
            code
            for _, _, kind, code, value in INPUT_EVENT.iter_unpack(events)
            if (kind, value) == (KEY_EVENT, KEY_DOWN)
        ]
