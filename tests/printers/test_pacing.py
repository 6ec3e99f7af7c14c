"""A paced line: the same bytes, in pieces, with a wait between them and none after the last."""

import contextlib
from collections.abc import Iterator

import pytest

from printer_drivers.pacing import PIECE_BYTES, PacedLine
from printer_drivers.printer import Deadlines, PrinterStalled, PrinterState


class Tape:
    """A wire that writes down what happens to it, and stalls after some bytes."""

    def __init__(self, stalls_after: int) -> None:
        self.events: list[str | int] = []
        self._stalls_after = stalls_after

    @property
    def sent(self) -> int:
        """Count the bytes."""
        return sum(event for event in self.events if isinstance(event, int))

    def send(self, data: bytes, by: float) -> None:
        """Note a piece, or stall."""
        assert by == 7.0
        if self.sent + len(data) > self._stalls_after:
            raise PrinterStalled("full")
        self.events.append(len(data))

    def settle(self, by: float) -> None:
        """Note it."""
        self.events.append(f"settle {by}")

    def hear(self, by: float) -> bytes:
        """Answer the instant."""
        return f"{by}".encode()

    def look(self) -> PrinterState | None:
        """Show trouble."""
        return PrinterState.PAPER_OUT

    def drop(self) -> None:
        """Note it."""
        self.events.append("drop")

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator["Tape"]:
        """Be the line too."""
        assert deadlines == Deadlines()
        yield self


def paced(stalls_after: int = 1_000_000) -> tuple[Tape, PacedLine]:
    """Return a tape and the paced line to it; waits are written on the tape."""
    tape = Tape(stalls_after)
    return tape, PacedLine(tape, 0.02, pause=lambda seconds: tape.events.append(f"wait {seconds}"))


@pytest.mark.parametrize(
    ("size", "pieces"), [(0, []), (1, [1]), (PIECE_BYTES, [4096]), (2 * PIECE_BYTES + 1, [4096, 4096, 1])]
)
def test_pieces_are_apart_by_the_pause(size: int, pieces: list[int]) -> None:
    """Every byte goes out once, and between two pieces there is one wait."""
    tape, line = paced()
    with line.connect(Deadlines()) as wire:
        wire.send(bytes(size), 7.0)
        assert wire.sent == size
    expected: list[str | int] = [step for piece in pieces for step in ("wait 0.02", piece)]
    assert tape.events == expected[1:]


def test_everything_else_is_the_line_beneath() -> None:
    """Questions, trouble and errors pass through."""
    tape, line = paced(stalls_after=5000)
    with line.connect(Deadlines()) as wire:
        assert (wire.hear(3.0), wire.look()) == (b"3.0", PrinterState.PAPER_OUT)
        wire.settle(4.0)
        with pytest.raises(PrinterStalled):
            wire.send(bytes(9000), 7.0)
        wire.drop()
        assert wire.sent == 4096
    assert tape.events == ["settle 4.0", 4096, "wait 0.02", "drop"]
