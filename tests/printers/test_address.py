"""How printer addresses read, and what is said of wrong ones."""

import dataclasses
from pathlib import Path

import pytest

from printer_drivers.address import (
    Address,
    DeviceAddress,
    FileAddress,
    Manner,
    QueueAddress,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    VirtualAddress,
    build_line,
    build_printer,
    list_asks,
    parse,
    quote_name,
    set_options,
)
from printer_drivers.answers import NOTHING, Ask
from printer_drivers.dialect import USUAL, Dialect
from printer_drivers.fact import Fact
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import BadPrinterAddress
from printer_drivers.virtual import VirtualPrinter

WIDE, NARROW = PAPERS[576], PAPERS[384]
ANSWERS = Manner(WIDE, frozenset({Ask.EOT, Ask.GSR}))
ANSWERS_AND_SHOWS = Manner(WIDE, frozenset({Ask.LINE, Ask.EOT, Ask.GSR}))
SHOWS = Manner(WIDE, frozenset({Ask.LINE}))
MUTE = Manner(WIDE, NOTHING)
BY_ID = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://10.0.0.9:9100?width=576", TcpAddress("10.0.0.9", 9100, ANSWERS)),
        (
            "tcp://printer-1.local?width=384&status=off",
            TcpAddress("printer-1.local", 9100, Manner(NARROW, fact=Fact.MUTE)),
        ),
        ("tcp://[fe80::1]:9101/", TcpAddress("fe80::1", 9101, ANSWERS)),
        ("tcp://a?ask=id,eot", TcpAddress("a", 9100, Manner(WIDE, frozenset({Ask.ID, Ask.EOT}), Fact.ID))),
        ("usb:///dev/usb/lp0", DeviceAddress("/dev/usb/lp0", ANSWERS_AND_SHOWS)),
        ("usb://0416:5011", UsbAddress(0x0416, 0x5011, None, ANSWERS_AND_SHOWS)),
        (
            "usb://04b8:0E15?at=1-2.3&ask=line",
            UsbAddress(0x04B8, 0x0E15, "1-2.3", Manner(WIDE, frozenset({Ask.LINE}), Fact.MUTE)),
        ),
        (f"serial://{BY_ID}", SerialAddress(BY_ID, 9600, "rtscts", ANSWERS_AND_SHOWS)),
        ("serial://COM3?baud=115200&flow=none", SerialAddress("COM3", 115200, "none", ANSWERS_AND_SHOWS)),
        (
            "rfc2217://10.0.0.7:4001?flow=xonxoff",
            SerialAddress("rfc2217://10.0.0.7:4001", 9600, "xonxoff", ANSWERS_AND_SHOWS),
        ),
        ("windows://XP-80C%20(copy%201)", QueueAddress("windows", "XP-80C (copy 1)", SHOWS)),
        (
            "windows://%5C%5Coffice%5CXP-80C?status=off",
            QueueAddress("windows", "\\\\office\\XP-80C", Manner(WIDE, fact=Fact.MUTE)),
        ),
        ("cups://Kiosk_1", QueueAddress("cups", "Kiosk_1", SHOWS)),
        ("file:///var/tmp/slips.bin", FileAddress("/var/tmp/slips.bin", MUTE)),
        ("virtual:///srv/paper?width=384", VirtualAddress("/srv/paper", Manner(NARROW))),
        ("virtual://paper/of%20kiosk 1", VirtualAddress("paper/of kiosk 1", MUTE)),
    ],
)
def test_good_addresses(url: str, address: Address) -> None:
    """Each form reads as what it means; port 9100, 576 dots, 9600 baud and the usual questions are the defaults."""
    assert parse(url) == address


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ("width=384", {}),
        ("width=384&cut=on", {"dialect": USUAL}),
        ("width=384&layout=slow", {"form": "slow"}),
        ("width=384&layout=plain&cut=off", {"form": "plain"}),
        ("model=XP-58&pause=0&band=64", {}),
        ("model=POS-5890K", {"dialect": Dialect(cutter=None, band_rows=32, pause_ms=20)}),
        ("model=XP-80&width=384&cut=GS%20V%201", {"dialect": Dialect(cutter="gsv1")}),
        ("width=384&cut=esci&present=eject&image=column", {"dialect": Dialect("column", "esci", "eject")}),
    ],
)
def test_paper_is_that_of_the_options(options: str, changes: dict[str, object]) -> None:
    """Width, layout and cut make the paper that slips are drawn for."""
    paper = build_printer(f"tcp://10.0.0.9?{options}").paper
    assert paper == dataclasses.replace(NARROW, **changes)  # type: ignore[arg-type]  # the table holds fields of Paper


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "must begin with cups:// or file:// or rfc2217:// or serial:// or tcp:// or usb:// or virtual://"),
        ("10.0.0.9:9100", "must begin with"),
        ("tcp://:9100", "must look like tcp://10.0.0.9:9100"),
        ("tcp://10.0.0.9:99999", "must look like"),
        ("tcp://10.0.0.9:0", "must look like"),
        ("tcp://10.0.0.9/queue", "must look like"),
        ("tcp://[fe80", "cannot be read"),
        ("tcp://10.0.0.9?width=601", "width=601 must be a number from 360 to 832 in steps of 8"),
        ("tcp://10.0.0.9?width=840", "must be a number from 360 to 832"),
        ("tcp://10.0.0.9?band=4", "band=4 must be a number from 8 to 255"),
        ("tcp://10.0.0.9?pause=slow", "pause=slow must be a number from 0 to 500"),
        ("tcp://10.0.0.9?image=dots", "image=dots is not known; there are column or raster"),
        ("tcp://10.0.0.9?present=yes", "present=yes is not known; there are eject or hold or off"),
        ("tcp://10.0.0.9?model=HP-1", "model=HP-1 is not known"),
        ("tcp://10.0.0.9?status=maybe", "status=maybe is not known; there are off or on"),
        ("tcp://10.0.0.9?cut=twice", "cut=twice is not known"),
        ("tcp://10.0.0.9?layout=fast", "layout=fast is not known; there are plain or raster or slow"),
        (
            "tcp://10.0.0.9?baud=9600",
            "option 'baud' is not known; there are ask or band or cut or image",
        ),
        ("tcp://10.0.0.9?ask=eot,line", "ask=line is not known; there are asb or eot or gsr or id"),
        ("tcp://10.0.0.9?ask=", "ask= is not known"),
        ("usb:///dev", "must look like usb:///dev/usb/lp0 or usb://0416:5011"),
        ("usb://0416", "must look like"),
        ("usb://xyzw:5011", "must look like"),
        ("serial://", "must look like serial:///dev/serial/by-id/NAME"),
        ("serial://COM3?baud=9601", "baud=9601 is not known; there are 1200 or 2400 or 4800 or 9600"),
        ("serial://COM3?flow=dsrdtr", "flow=dsrdtr is not known; there are none or rtscts or xonxoff"),
        ("rfc2217://10.0.0.7", "must look like rfc2217://10.0.0.7:4001"),
        ("windows://", "must look like windows://NAME"),
        ("cups://-oraw", "must look like cups://QUEUE"),
        ("cups://kiosk?ask=eot", "ask=eot is not known; there are line"),
        ("file://slips.bin", "must look like file:///FOLDER/FILE"),
        ("file:///tmp/", "must look like"),
        ("file:///tmp/a?status=off", "option 'status' is not known"),
        ("virtual://?width=576", "must look like virtual://FOLDER"),
        ("virtual://a?status=off", "option 'status' is not known; there are band or cut or image or layout or model"),
    ],
)
def test_wrong_addresses_say_what_to_change(url: str, complaint: str) -> None:
    """Each wrong address is refused with one sentence that names what is wrong in it."""
    with pytest.raises(BadPrinterAddress) as refusal:
        parse(url)
    assert complaint in str(refusal.value)


def test_building_reaches_for_nothing(tmp_path: Path) -> None:
    """A printer is built from its address without a connection, a device or a folder."""
    for url in (
        "tcp://192.0.2.1",
        "usb:///dev/usb/lp9",
        "usb://0416:5011",
        "serial:///dev/none",
        "cups://a",
        "windows://a",
    ):
        assert isinstance(build_printer(url), LinePrinter)
    printer = build_printer(f"virtual://{tmp_path}/new?width=384")
    assert isinstance(printer, VirtualPrinter)
    assert printer.paper == NARROW
    assert not (tmp_path / "new").exists()


def test_virtual_printer_has_no_line() -> None:
    """There is nothing to probe in a folder, and that is said."""
    with pytest.raises(BadPrinterAddress, match="no line"):
        build_line(parse("virtual://paper"))


def test_options_are_set_in_place() -> None:
    """New options replace those of the same name, and leave the rest of the address as it was."""
    url = set_options("serial:///dev/a?baud=9600&width=576", {"width": "384", "ask": "eot,gsr"})
    assert url == "serial:///dev/a?baud=9600&width=384&ask=eot,gsr"


def test_names_survive_the_address() -> None:
    """Whatever a queue is called, its quoted name reads as that name."""
    name = "\\\\PC 1\\Máy in #2 (80%)?"
    address = parse(f"windows://{quote_name(name)}")
    assert isinstance(address, QueueAddress)
    assert address.name == name


def test_kinds_of_printers_differ_in_what_they_may_be_asked() -> None:
    """A network printer can answer, a queue can only show, and a file can do neither."""
    assert Ask.LINE not in list_asks("tcp://a")
    assert list_asks("cups://a") == {Ask.LINE}
    assert list_asks("file:///a") == NOTHING
