"""Finding printers: in /dev and /sys as they look, on a loopback network, and in announcements."""

import ipaddress
import socket
import threading
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from zeroconf import ServiceInfo, Zeroconf

from printer_drivers.discovery import (
    ANNOUNCED_WITHIN_S,
    Found,
    find_announced,
    find_attached,
    find_listening,
    read_network,
)
from printer_drivers.printer import BadPrinterAddress


def _plug_in(root: Path) -> None:
    """Make /dev and /sys of a computer with two USB printers and a serial adapter."""
    (root / "dev/usb").mkdir(parents=True)
    for name in ("lp0", "lp1"):
        (root / "dev/usb" / name).touch()
    first = root / "sys/class/usbmisc/lp0/device"
    first.mkdir(parents=True)
    (first / "ieee1284_id").write_text("MFG:EPSON;CMD:ESC/POS;MDL:TM-T82;CLS:PRINTER;\n")
    bus = root / "sys/devices/usb1/1-2"
    (bus / "1-2:1.0").mkdir(parents=True)
    for file, content in (("product", "USB Printer"), ("idVendor", "0416"), ("idProduct", "5011")):
        (bus / file).write_text(content + "\n")
    second = root / "sys/class/usbmisc/lp1"
    second.mkdir()
    (second / "device").symlink_to(bus / "1-2:1.0")
    (root / "dev/serial/by-id").mkdir(parents=True)
    (root / "dev/serial/by-id/usb-1a86_USB_Serial-if00-port0").touch()


def test_attached_printers_are_named(tmp_path: Path) -> None:
    """Device files come with the name that the printer or its USB device tells, serial ports by their lasting name."""
    _plug_in(tmp_path)
    found = find_attached(tmp_path)
    assert Found("usb:///dev/usb/lp0", "EPSON TM-T82") in found
    assert Found("usb:///dev/usb/lp1", "USB Printer (0416:5011)") in found
    assert Found("serial:///dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "", "serial") in found


def test_a_port_of_the_board_is_found_beside_an_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each port is there once: an adapter by its lasting name, one without such a name by its own."""
    by_id = tmp_path / "dev/serial/by-id"
    by_id.mkdir(parents=True)
    adapter, board = tmp_path / "dev/ttyUSB0", tmp_path / "dev/ttyS4"
    for device in (adapter, board):
        device.touch()
    (by_id / "usb-1a86").symlink_to(adapter)
    listed = [ListPortInfo(str(device), skip_link_detection=True) for device in (adapter, board)]
    monkeypatch.setattr(list_ports, "comports", lambda: listed)
    found = [each.url for each in find_attached(tmp_path) if each.url.startswith("serial:")]
    assert found == ["serial:///dev/serial/by-id/usb-1a86", f"serial://{board}"]


def test_empty_computer_has_no_device_files(tmp_path: Path) -> None:
    """Where nothing is plugged in nothing is found, and nothing fails."""
    assert not [found for found in find_attached(tmp_path) if found.url.startswith("usb:///")]


def test_listening_hosts_are_found() -> None:
    """Only hosts that take a call are found, and progress is shown for each."""
    shown: list[tuple[int, int]] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.2", 0))
        listener.listen()
        port = listener.getsockname()[1]
        found = find_listening(ipaddress.IPv4Network("127.0.0.0/29"), lambda done, of: shown.append((done, of)), port)
    assert [one.url for one in found] == [f"tcp://127.0.0.2:{port}"]
    assert shown == [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize(
    ("text", "words"), [("10.0.0.0/16", "too large"), ("printer", "no network"), ("10.0.0.0/99", "no network")]
)
def test_wrong_networks_are_refused(text: str, words: str) -> None:
    """A network that is wrong, or other people's, is refused with an example."""
    with pytest.raises(BadPrinterAddress, match=words):
        read_network(text)


def test_host_bits_may_be_set() -> None:
    """The address of this computer with /24 behind it means its network."""
    assert read_network("192.168.1.77/24") == ipaddress.IPv4Network("192.168.1.0/24")


def test_announced_printers_are_found() -> None:
    """A printer that announces itself by mDNS is found by name, once, at the port for raw printing."""
    kind = "_pdl-datastream._tcp.local."
    name = f"EPSON TM-m30 {threading.get_native_id()}"
    announcing = Zeroconf(interfaces=["127.0.0.1"])
    try:
        address = socket.inet_aton("127.0.0.1")
        announcing.register_service(ServiceInfo(kind, f"{name}.{kind}", 9100, addresses=[address]))
        listening = Zeroconf(interfaces=["127.0.0.1"])
        try:
            found = find_announced(ANNOUNCED_WITHIN_S, listening)
        finally:
            listening.close()
    finally:
        announcing.close()
    assert Found("tcp://127.0.0.1:9100", name) in found
