"""What is known of a printer is on the disk, one file for each, and goes when a person wants it learned anew."""

from pathlib import Path

import pytest

from device_runtime.durable_file import DurableFile
from kiosk.printer_memory import FOLDER, PrinterMemory
from printer_drivers.__main__ import main
from printer_drivers.address import memory_name
from printer_drivers.fact import Fact, Known

URL = "tcp://10.0.0.9:9100?width=576"


def test_it_outlives_the_process_and_options(tmp_path: Path) -> None:
    """The next start knows it, also when the address has got another option; another printer knows nothing of it."""
    known = Known(Fact.GSR, half_sent=True)
    PrinterMemory(tmp_path, URL).write(known)
    assert PrinterMemory(tmp_path, "tcp://10.0.0.9:9100").read() == known
    assert PrinterMemory(tmp_path, "tcp://10.0.0.8:9100").read() == Known()


def test_nothing_of_a_damaged_file_is_believed(tmp_path: Path) -> None:
    """It is learned again; the kiosk starts."""
    memory = PrinterMemory(tmp_path, URL)
    memory.write(Known(Fact.GSR))
    (tmp_path / FOLDER / memory_name(URL)).write_bytes(b"motcua-file 1 damaged")
    assert memory.read() == Known()


def test_a_full_disk_is_remembered_for_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be saved still holds until the next start."""
    memory = PrinterMemory(tmp_path, URL)

    def refuse(_self: object, _content: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DurableFile, "write", refuse)
    memory.write(Known(Fact.ANSWERS))
    assert memory.read() == Known(Fact.ANSWERS)


def test_a_test_print_has_it_learned_anew(tmp_path: Path) -> None:
    """A replaced printer at the same address: after the test page the running kiosk knows nothing and asks."""
    url = f"file://{tmp_path}/slips.bin"
    memory = PrinterMemory(tmp_path, url)
    memory.write(Known(Fact.GSR))
    assert main(["test", url, "--data", str(tmp_path)]) == 0
    assert memory.read() == Known()
