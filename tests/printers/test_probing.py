"""What a probe finds out of printers that know much, little and nothing, and what it recommends."""

from pathlib import Path

import pytest

from printer_drivers import clock
from printer_drivers.answers import NOTHING, Ask
from printer_drivers.conversation import Terms
from printer_drivers.device_file import DeviceLine
from printer_drivers.printer import Deadlines, PrinterState
from printer_drivers.probing import Findings, probe, recommend
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
