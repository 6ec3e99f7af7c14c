"""How printer addresses read, and what is said of wrong ones."""

from pathlib import Path

import pytest

from printer_drivers.address import Address, TcpAddress, VirtualAddress, build_printer, parse
from printer_drivers.network import NetworkPrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import BadPrinterAddress
from printer_drivers.virtual import VirtualPrinter


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://10.0.0.9:9100?width=576", TcpAddress("10.0.0.9", 9100, 576)),
        ("tcp://printer-1.local?width=384&status=off", TcpAddress("printer-1.local", 9100, 384, asks=False)),
        ("tcp://[fe80::1]:9101/", TcpAddress("fe80::1", 9101, 576)),
        ("virtual:///srv/paper?width=384", VirtualAddress("/srv/paper", 384)),
        ("virtual://paper/of%20kiosk 1", VirtualAddress("paper/of kiosk 1", 576)),
    ],
)
def test_good_addresses(url: str, address: Address) -> None:
    """Each form reads as what it means; port 9100 and 576 dots are the defaults."""
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "must begin with tcp:// or virtual://"),
        ("usb:///dev/usb/lp0", "must begin with tcp:// or virtual://"),
        ("10.0.0.9:9100", "must begin with"),
        ("tcp://:9100", "must look like tcp://10.0.0.9:9100"),
        ("tcp://10.0.0.9:99999", "must look like"),
        ("tcp://10.0.0.9:0", "must look like"),
        ("tcp://10.0.0.9/queue", "must look like"),
        ("tcp://[fe80", "cannot be read"),
        ("tcp://10.0.0.9?width=600", "width '600' is not known; there are 384 or 576 dots"),
        ("tcp://10.0.0.9?status=maybe", "status must be on or off"),
        ("tcp://10.0.0.9?baud=9600", "option 'baud' is not known; there are status or width"),
        ("virtual://?width=576", "must name a folder"),
        ("virtual://a?status=off", "option 'status' is not known; there are width"),
    ],
)
def test_wrong_addresses_say_what_to_change(url: str, complaint: str) -> None:
    """Each wrong address is refused with one sentence that names what is wrong in it."""
    with pytest.raises(BadPrinterAddress) as refusal:
        parse(url)
    assert complaint in str(refusal.value)


def test_building_reaches_for_nothing(tmp_path: Path) -> None:
    """A printer is built from its address without a connection or a folder being made."""
    assert isinstance(build_printer("tcp://192.0.2.1?width=384"), NetworkPrinter)
    printer = build_printer(f"virtual://{tmp_path}/new?width=384")
    assert isinstance(printer, VirtualPrinter)
    assert printer.paper is PAPERS[384]
    assert not (tmp_path / "new").exists()
