"""The command line: what it prints, and that its exit status is true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from printer_drivers import discovery
from printer_drivers.__main__ import main
from tests.printers.simulated_printer import Faults, PtyPlug, TcpPlug, simulated


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English, whatever the machine of the tests speaks."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "en_GB.UTF-8")


def test_page_that_went_out_is_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`test` prints one page, and exits 0 because all bytes went out."""
    assert main(["test", f"virtual://{tmp_path}?width=384"]) == 0
    assert "Printed; the printer said so." in capsys.readouterr().out
    assert len(list(tmp_path.glob("0*.png"))) == 1


@pytest.mark.parametrize(
    "options", ["width=384", "width=512&layout=slow", "width=576&layout=plain", "width=640&cut=off"]
)
def test_page_fits_every_paper(tmp_path: Path, options: str) -> None:
    """`test` has a page for each width and form."""
    assert main(["test", f"file://{tmp_path}/page.bin?{options}"]) == 0
    assert (tmp_path / "page.bin").stat().st_size > 100


def test_page_that_did_not_go_out_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`test` on a printer without paper exits 1 and says why."""
    plug = PtyPlug(tmp_path / "lp0")
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(paper_out=True))
        assert main(["test", f"serial://{plug.name}?flow=none&baud=115200"]) == 1
    assert "Out of paper" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["test", "probe", "status"])
@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("tcp://10.0.0.9?width=601", 2, "width=601 must be a number from 360 to 832 in steps of 8"),
        ("usb:///dev/usb/lp99", 1, "There is no /dev/usb/lp99. Is the printer on"),
        ("serial:///dev/serial/by-id/none", 1, "There is no /dev/serial/by-id/none"),
        ("windows://XP-80C", 1, "Windows printers need pywin32"),
    ],
)
def test_wrong_printers_are_explained(
    command: str, url: str, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command says in a sentence what is wrong with an address or its device, and exits with whose fault it is."""
    assert main([command, url]) == status
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("faults", "status", "words"),
    [
        (Faults(), 0, "The printer is ready. (the printer answered)"),
        (Faults(mute=True), 1, "It is not known how the printer is. (the printer did not answer)"),
        (Faults(cover_open=True), 1, "The cover is open"),
    ],
)
def test_status_tells_whether_it_can_print(
    faults: Faults, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status` says state and how it is known, and exits 0 when the printer can print and answers as it should."""
    plug = TcpPlug()
    with simulated(plug) as simulator:
        simulator.set_faults(faults)
        assert main(["status", f"tcp://127.0.0.1:{plug.port}"]) == status
    assert words in capsys.readouterr().out


def test_probe_prints_the_line_of_configuration(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`probe` names the model, what it answers, and the command that starts a kiosk with it, ready to be typed here."""
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv/bin/python"))
    plug = TcpPlug()
    with simulated(plug):
        assert main(["probe", f"tcp://127.0.0.1:{plug.port}?cut=off"]) == 0
    told = capsys.readouterr().out
    assert "Model: TM-T88V\nDetails: python-escpos profile TM-T88V" in told
    assert "DLE EOT 1: 12" in told
    assert (
        f"\n.venv/bin/python -m kiosk --printer 'tcp://127.0.0.1:{plug.port}?cut=off&ask=eot,id&model=TM-T88V'" in told
    )


def test_probe_of_a_mute_printer_leaves_it_in_peace(capsys: pytest.CaptureFixture[str]) -> None:
    """`probe` of a printer that answers nothing says what may be the cause, and switches the questions off."""
    plug = TcpPlug()
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(mute=True))
        assert main(["probe", f"tcp://127.0.0.1:{plug.port}"]) == 0
    told = capsys.readouterr().out
    assert "The printer may be mute" in told
    assert "?status=off'" in told


def test_silence_is_a_failure_where_an_answer_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    """`test` and `status` exit 1 on a port where nothing answers, and 0 where nobody is asked."""
    plug = TcpPlug()
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(mute=True))
        for command in ("test", "status"):
            assert main([command, f"tcp://127.0.0.1:{plug.port}"]) == 1
            assert "Nothing answers at this address" in capsys.readouterr().err
            assert main([command, f"tcp://127.0.0.1:{plug.port}?status=off"]) == 0
            assert "Nothing answers" not in capsys.readouterr().err


def test_vietnamese_where_the_locale_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A locale of this country, or none at all, makes every word Vietnamese: help, results and errors."""
    for locale in ("vi_VN.UTF-8", "C.UTF-8"):
        monkeypatch.setenv("LC_MESSAGES", locale)
        with pytest.raises(SystemExit):
            main(["--help"])
        told = capsys.readouterr().out
        assert "Cách dùng:" in told
        assert not re.search(r"usage|options|show this", told)
        assert main(["status", "usb:///dev/usb/lp99"]) == 1
        assert "Máy in đã bật và đã cắm dây chưa" in capsys.readouterr().err


def test_missing_folder_is_explained_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plain file in a folder that is not there is no question of a plug."""
    assert main(["test", f"file://{tmp_path}/none/slips.bin"]) == 1
    assert f"There is no folder {tmp_path}/none" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["windows://XP-80C", "rfc2217://127.0.0.1:9", "usb://0416:5011"])
def test_what_met_no_device_says_so(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says of an address without a tried device behind it that it is on trial."""
    assert main(["status", url]) == 1
    assert "On trial: this kind of connection has met simulated printers only" in capsys.readouterr().err


def test_list_says_what_is_on_trial(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`list` marks printers of Windows and those through libusb, and no others."""
    found = [
        discovery.Found("usb:///dev/usb/lp0", "EPSON TM-T20"),
        discovery.Found("usb://0416:5011?at=1-2", "POS58", "libusb"),
        discovery.Found("windows://XP-80C", "", "windows"),
    ]
    monkeypatch.setattr(discovery, "find_attached", lambda: found)
    monkeypatch.setattr(discovery, "find_announced", list)
    monkeypatch.setenv("LC_MESSAGES", "vi")
    assert main(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "usb:///dev/usb/lp0  EPSON TM-T20",
        "usb://0416:5011?at=1-2  POS58  qua libusb  (thử nghiệm)",
        "windows://XP-80C  máy in của Windows  (thử nghiệm)",
    ]


def test_network_of_others_is_not_searched(capsys: pytest.CaptureFixture[str]) -> None:
    """`list --network` refuses a network that is not the hall's."""
    assert main(["list", "--network", "10.0.0.0/8"]) == 2
    assert "too large" in capsys.readouterr().err


def test_list_runs_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    """`list` shows addresses that can be used as they are, and exits 0 also when there are none."""
    assert main(["list"]) == 0
    told = capsys.readouterr()
    assert all("://" in line for line in told.out.splitlines())
    assert told.out or "No printer found" in told.err


def test_module_runs() -> None:
    """`python -m printer_drivers` is the command, and its help names the exit statuses."""
    run = subprocess.run(
        [sys.executable, "-m", "printer_drivers", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Exit status: 0" in run.stdout
