"""What a probe finds out of printers that know much, little and nothing, and what it recommends."""

from pathlib import Path

import pytest

from printer_drivers import clock
from printer_drivers.answers import NOTHING, Ask
from printer_drivers.conversation import Terms
from printer_drivers.device_file import DeviceLine
from printer_drivers.printer import Deadlines, PrinterState
from printer_drivers.probing import Findings, _is_doubtful, probe, recommend
from tests.printers.simulated_printer import Faults, PtyPlug, simulated

ALL = frozenset(Ask)
BRISK = Deadlines(answer_s=0.1)


def probe_one(folder: Path, faults: Faults) -> Findings:
    """Probe a simulated printer."""
    plug = PtyPlug(folder / "lp0")
    with simulated(plug) as simulator:
        simulator.set_faults(faults)
        with DeviceLine(str(plug.name)).connect(BRISK) as wire:
            return probe(wire, Terms(NOTHING, BRISK, clock.monotonic_s))


@pytest.mark.parametrize(
    ("knows", "asks"),
    [
        ({"eot", "gsr", "id", "asb", "name"}, {Ask.LINE, Ask.EOT, Ask.ID}),
        ({"eot", "gsr"}, {Ask.LINE, Ask.EOT, Ask.GSR}),
        ({"asb", "gsr"}, {Ask.LINE, Ask.ASB, Ask.GSR}),
        (set(), {Ask.LINE}),
    ],
    ids=["Epson", "good clone", "no DLE EOT", "mute"],
)
def test_each_printer_is_asked_what_it_answers(tmp_path: Path, knows: set[str], asks: set[Ask]) -> None:
    """Of the ways that answered the better ones are kept; silence leaves what the line shows."""
    assert probe_one(tmp_path, Faults(knows=frozenset(knows))).asks == asks


def test_names_and_state_are_told(tmp_path: Path) -> None:
    """Maker, model and state are told, with the bytes of each answer for support."""
    findings = probe_one(tmp_path, Faults(near_end=True, glued=True))
    assert (findings.maker, findings.model, findings.state) == ("EPSON", "TM-T88V", PrinterState.NEAR_END)
    assert dict(findings.raw)["DLE EOT 4"].endswith(b"\x1e\x11")


def test_state_comes_from_automatic_status_too(tmp_path: Path) -> None:
    """A printer that knows only automatic status still tells its state."""
    assert probe_one(tmp_path, Faults(cover_open=True, knows=frozenset({"asb"}))).state is PrinterState.UNKNOWN
    near = Faults(near_end=True, knows=frozenset({"asb"}))
    assert probe_one(tmp_path, near).state is PrinterState.NEAR_END


def raw_of(*answers: bytes) -> list[tuple[str, bytes]]:
    """Return what came after the questions of a probe, the four of DLE EOT first."""
    names = ["DLE EOT 1", "DLE EOT 2", "DLE EOT 3", "DLE EOT 4", "GS a", "GS r 1"]
    return list(zip(names, answers, strict=True))


@pytest.mark.parametrize(
    ("raw", "doubted"),
    [
        (raw_of(b"\x12", b"\x12", b"\x12", b"\x12", b"\x10\0\0\0", b"\0"), False),
        (raw_of(b"\x12", b"\x12", b"\x12", b"\x1e", b"", b""), False),
        (raw_of(b"", b"", b"", b"", b"", b""), False),
        (raw_of(b"", b"", b"", b"", b"\x10\0\0\0", b""), False),
        (raw_of(b"\x16", b"\x16", b"\x16", b"\x16", b"", b""), True),
        (raw_of(b"\x16", b"\x16", b"\x16", b"\x16", b"\x16", b"\x16"), True),
        (raw_of(b"\x10", b"\x10", b"\x10", b"\x10", b"\x10", b"\x10"), True),
        (raw_of(b"\x12", b"\x12", b"\x12", b"\x12", b"\x12", b"\x12"), True),
    ],
    ids=["healthy", "near end", "mute", "only ASB", "16 to states", "16 to all", "10 to all", "12 to all"],
)
def test_same_answer_to_everything_is_doubted(raw: list[tuple[str, bytes]], doubted: bool) -> None:
    """A printer that answers every question alike says nothing; a healthy, a poor and a mute one are believed."""
    assert _is_doubtful(raw) is doubted


class Parrot:
    """A wire to a printer that answers 16 to whatever it gets."""

    def __init__(self) -> None:
        self.sent = 0
        self._owed = 0

    def send(self, data: bytes, by: float) -> None:
        """Owe an answer to each question."""
        del by
        self.sent += len(data)
        self._owed += 1

    def settle(self, by: float) -> None:
        """Nothing waits."""

    def hear(self, by: float) -> bytes:
        """Answer once what is owed."""
        del by
        owed, self._owed = self._owed, 0
        return b"\x16" * min(owed, 1)

    def look(self) -> PrinterState | None:
        """Show nothing."""
        return None

    def drop(self) -> None:
        """Nothing waits."""


def test_doubted_printer_is_not_asked_any_more() -> None:
    """The probe of such a printer says that it is doubted, believes nothing of it, and recommends not to ask."""
    findings = probe(Parrot(), Terms(NOTHING, BRISK, clock.monotonic_s))
    assert findings.doubted
    assert (findings.asks, findings.state) == (NOTHING, PrinterState.UNKNOWN)
    assert recommend(findings, ALL, None, None) == {"status": "off"}


FOUND = Findings(frozenset({Ask.LINE, Ask.EOT, Ask.GSR}), PrinterState.READY, "", "", ())
MUTE = Findings(frozenset({Ask.LINE}), PrinterState.UNKNOWN, "", "", ())


@pytest.mark.parametrize(
    ("findings", "can", "model", "baud", "options"),
    [
        (FOUND, ALL, "TM-T88V", None, {"ask": "line,eot,gsr", "model": "TM-T88V"}),
        (FOUND, ALL - {Ask.LINE}, None, None, {"ask": "eot,gsr"}),
        (FOUND, ALL, None, 9600, {"ask": "line,eot,gsr", "layout": "slow"}),
        (FOUND, ALL, None, 115200, {"ask": "line,eot,gsr"}),
        (MUTE, ALL - {Ask.LINE}, None, None, {"status": "off"}),
        (MUTE, NOTHING, None, None, {}),
    ],
)
def test_recommended_options(
    findings: Findings, can: frozenset[Ask], model: str | None, baud: int | None, options: dict[str, str]
) -> None:
    """Only ways to ask that the address allows are recommended; slow lines get the slow form, mute printers peace."""
    assert recommend(findings, can, model, baud) == options
