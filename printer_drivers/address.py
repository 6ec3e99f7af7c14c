"""Owns printer addresses: reads the URL of a configuration and makes the printer it means.

tcp://10.0.0.9:9100                     a network printer
usb:///dev/usb/lp0                      a USB printer by its device file (Linux)
usb://0416:5011?at=1-2                  a USB printer through libusb; `at` where several are alike
serial:///dev/serial/by-id/usb-X?baud=9600&flow=rtscts     a serial printer; serial://COM3 on Windows
rfc2217://10.0.0.7:4001?baud=9600       a serial printer on a port server
windows://XP-80C                        a printer of Windows, by name
cups://kiosk                            a raw queue of CUPS
file:///var/tmp/slips.bin               a file that the bytes are appended to
virtual://FOLDER                        PNG files in a folder; virtual:///srv/paper where it starts at the root

All take model=NAME, or what describes a printer without it, see `paper_options`. Those that can tell their state take
status=off, for a printer that cannot bear questions, and ask=…, the ways to ask that `probe` found, in `answers`.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from printer_drivers.answers import NOTHING, Ask
from printer_drivers.conversation import MARK_S
from printer_drivers.cups import CupsQueue
from printer_drivers.device_file import DeviceLine, FileLine
from printer_drivers.fact import Fact, Memory, state_fact
from printer_drivers.libusb import UsbLine
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.network import TcpLine
from printer_drivers.options import Options, choose, say_known
from printer_drivers.pacing import PacedLine
from printer_drivers.paper import PAPERS, Paper
from printer_drivers.paper_options import DEFAULT_WIDTH, NAMES, read_paper
from printer_drivers.printer import BadPrinterAddress, Deadlines, Printer
from printer_drivers.serial_line import Flow, SerialLine
from printer_drivers.spooler import SpoolLine
from printer_drivers.virtual import VirtualPrinter
from printer_drivers.windows import WindowsQueue
from printer_drivers.wire import Line

# What raw printing listens on everywhere.
DEFAULT_PORT = 9100
# Most serial printers leave the factory so.
DEFAULT_BAUD = 9600

BAUDS = ("1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200", "230400")
FLOWS: tuple[str, ...] = get_args(Flow)

_ANSWERING = frozenset({Ask.EOT, Ask.ASB, Ask.GSR, Ask.ID})
_SHOWING = frozenset({Ask.LINE})


@dataclass(frozen=True, slots=True)
class Manner:
    """What an address says besides the place: the paper to draw for, and how the printer may be asked.

    `fact` is how it answers, where the address states it; `None`: that is to be learned.
    """

    paper: Paper = PAPERS[DEFAULT_WIDTH]
    asks: frozenset[Ask] = NOTHING
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A network printer: host name or number, and port."""

    host: str
    port: int
    manner: Manner


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """A printer's device file."""

    path: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """A USB printer by its numbers, and by its place where there are several."""

    vendor: int
    product: int
    place: str | None
    manner: Manner


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A serial port, or one on a port server, and how fast it is."""

    device: str
    baud: int
    flow: Flow
    manner: Manner


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """A queue of the operating system: of which (`windows`, `cups`), and its name."""

    system: str
    name: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A file that keeps the bytes."""

    path: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class VirtualAddress:
    """A virtual printer: its folder."""

    folder: str
    manner: Manner = Manner()


Address = TcpAddress | DeviceAddress | UsbAddress | SerialAddress | QueueAddress | FileAddress | VirtualAddress


def parse(url: str) -> Address:
    """Read the address; raises `BadPrinterAddress` with a sentence that says what to change."""
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise BadPrinterAddress(
            f"the printer address {url!r} cannot be read: {error}", "printer_address_unreadable", url=url
        ) from error
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None:
        known = say_known(_SCHEMES, "://")
        raise BadPrinterAddress(
            f"the printer address {url!r} must begin with {known}", "printer_address_scheme", url=url, known=known
        )
    place = _Place(url, scheme.form, parts)
    options = _read_options(url, parts, scheme)
    return scheme.read(place, options, _read_manner(url, options, scheme))


def build_printer(url: str, memory: Memory | None = None) -> Printer:
    """Return the printer at this address without reaching for it yet; raises `BadPrinterAddress`.

    `memory` keeps what is learned of it; without one that lasts as long as the printer.
    """
    address = parse(url)
    if isinstance(address, VirtualAddress):
        return VirtualPrinter(Path(address.folder), address.manner.paper)
    line = build_line(address)
    byte_s = line.byte_s if isinstance(line, SerialLine) else 0.0
    manner = address.manner
    pause_s = manner.paper.dialect.pause_ms / 1000
    if pause_s and not isinstance(address, QueueAddress | FileAddress):
        line = PacedLine(line, pause_s)
    deadlines = Deadlines(byte_s=byte_s)
    paper = _with_marks(manner.paper, byte_s)
    return LinePrinter(line, paper, asks=manner.asks, fact=manner.fact, memory=memory, deadlines=deadlines)


def _with_marks(paper: Paper, byte_s: float) -> Paper:
    """Return the paper in bands so low that a line of this speed has a pause for a question every `MARK_S`."""
    rows = int(MARK_S / byte_s) // -(-paper.width_dots // 8) if byte_s else paper.dialect.band_rows
    low = min(paper.dialect.band_rows, max(1, rows))
    return dataclasses.replace(paper, dialect=dataclasses.replace(paper.dialect, band_rows=low))


def build_line(address: Address) -> Line:
    """Return the line to this printer; raises `BadPrinterAddress` for a virtual one, which has none."""
    match address:
        case TcpAddress(host, port):
            return TcpLine(host, port)
        case DeviceAddress(path):
            return DeviceLine(path)
        case UsbAddress(vendor, product, place):
            return UsbLine(vendor, product, place)
        case SerialAddress(device, baud, flow):
            return SerialLine(device, baud, flow)
        case QueueAddress(system, name):
            return SpoolLine(_QUEUES[system](name))
        case FileAddress(path):
            return FileLine(path)
        case VirtualAddress():
            raise BadPrinterAddress(
                "a virtual printer has no line; there is nothing to find out about it", "printer_virtual_line"
            )


def is_on_trial(url: str) -> bool:
    """Say whether no printer has been tried at this kind of address yet, only simulated ones."""
    return urlsplit(url).scheme in _ON_TRIAL or isinstance(parse(url), UsbAddress)


def list_asks(url: str) -> frozenset[Ask]:
    """Return the ways to ask that this kind of address allows; raises `BadPrinterAddress`."""
    parse(url)
    return _SCHEMES[urlsplit(url.strip()).scheme].asks


def memory_name(url: str) -> str:
    """Return the name of the file that remembers the printer at this address, whatever its options."""
    return quote(url.strip().partition("?")[0], safe="")


def set_options(url: str, options: Mapping[str, str]) -> str:
    """Return the address with these options in place of those of the same name."""
    place, _, query = url.partition("?")
    joined = urlencode({**dict(parse_qsl(query, keep_blank_values=True)), **options}, safe=",")
    return f"{place}?{joined}" if joined else place


@dataclass(frozen=True, slots=True)
class _Place:
    """The part of an address before its options, and how it must look."""

    url: str
    form: str
    parts: SplitResult

    @property
    def text(self) -> str:
        return unquote(self.parts.netloc + self.parts.path)

    def refuse(self) -> BadPrinterAddress:
        message = f"the printer address {self.url!r} must look like {self.form}"
        return BadPrinterAddress(message, "printer_address_form", url=self.url, form=self.form)


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one kind of address looks, who reads it, what such printers may be asked, and options of its own."""

    form: str
    read: Callable[[_Place, Options, Manner], Address]
    asks: frozenset[Ask] = NOTHING
    options: frozenset[str] = frozenset()


def _read_tcp(place: _Place, _options: Options, manner: Manner) -> Address:
    host, port = _read_host(place, DEFAULT_PORT)
    return TcpAddress(host, port, manner)


def _read_rfc2217(place: _Place, options: Options, manner: Manner) -> Address:
    host, port = _read_host(place, None)
    return _read_port(f"rfc2217://{host}:{port}", place, options, manner)


def _read_serial(place: _Place, options: Options, manner: Manner) -> Address:
    return _read_port(_read_text(place), place, options, manner)


def _read_port(device: str, place: _Place, options: Options, manner: Manner) -> Address:
    baud = choose(place.url, options, "baud", BAUDS, str(DEFAULT_BAUD))
    flow = choose(place.url, options, "flow", FLOWS, "rtscts")
    return SerialAddress(device, int(baud), flow, manner)  # type: ignore[arg-type]  # flow is one of FLOWS


def _read_usb(place: _Place, options: Options, manner: Manner) -> Address:
    if place.text.startswith("/dev/") and "at" not in options:
        return DeviceAddress(place.text, manner)
    numbers = re.fullmatch(r"([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})/?", place.text)
    if numbers is None:
        raise place.refuse()
    vendor, product = (int(number, 16) for number in numbers.groups())
    return UsbAddress(vendor, product, options.get("at"), manner)


def _read_queue(place: _Place, _options: Options, manner: Manner) -> Address:
    return QueueAddress(place.parts.scheme, _read_text(place), manner)


def _read_file(place: _Place, _options: Options, manner: Manner) -> Address:
    if not place.text.startswith("/") or place.text.endswith("/"):
        raise place.refuse()
    return FileAddress(_read_text(place), manner)


def _read_virtual(place: _Place, _options: Options, manner: Manner) -> Address:
    return VirtualAddress(_read_text(place), manner)


def _read_text(place: _Place) -> str:
    if not place.text.strip("/") or place.text.startswith("-") or place.parts.fragment:
        raise place.refuse()
    return place.text


def _read_host(place: _Place, default_port: int | None) -> tuple[str, int]:
    try:
        port = default_port if place.parts.port is None else place.parts.port
    except ValueError:
        port = None
    if not place.parts.hostname or not port or place.parts.path.strip("/"):
        raise place.refuse()
    return place.parts.hostname, port


def _read_options(url: str, parts: SplitResult, scheme: _Scheme) -> Options:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = NAMES | scheme.options | ({"status", "ask"} if scheme.asks else set())
    if strange := sorted(set(options) - known):
        message = f"in {url!r} the option {strange[0]!r} is not known; there are {say_known(known)}"
        raise BadPrinterAddress(message, "printer_option", url=url, name=strange[0], known=say_known(known))
    return options


def _read_manner(url: str, options: Options, scheme: _Scheme) -> Manner:
    status = choose(url, options, "status", ("on", "off"), "on")
    asks = _read_asks(url, options, scheme.asks) if status == "on" else NOTHING
    stated = status == "off" or "ask" in options
    return Manner(read_paper(url, options), asks, state_fact(asks) if stated else None)


def _read_asks(url: str, options: Options, can: frozenset[Ask]) -> frozenset[Ask]:
    if "ask" not in options:
        return USUAL_ASKS & can
    wanted = options["ask"].split(",")
    if strange := sorted(set(wanted) - can):
        known = say_known(can)
        message = f"in {url!r} ask={strange[0]} is not known; there are {known}, joined by commas"
        raise BadPrinterAddress(message, "printer_value", url=url, name="ask", value=strange[0], known=known)
    return frozenset(map(Ask, wanted))


def quote_name(name: str) -> str:
    """Return a queue's name as it is written in an address."""
    return quote(name, safe="")


_QUEUES: Mapping[str, Callable[[str], CupsQueue | WindowsQueue]] = {"windows": WindowsQueue, "cups": CupsQueue}

_ON_TRIAL = frozenset({"windows", "rfc2217"})
_SERIAL_OPTIONS = frozenset({"baud", "flow"})
_SCHEMES: Mapping[str, _Scheme] = {
    "tcp": _Scheme("tcp://10.0.0.9:9100?model=TM-T82III", _read_tcp, _ANSWERING),
    "usb": _Scheme("usb:///dev/usb/lp0 or usb://0416:5011", _read_usb, _ANSWERING | _SHOWING, frozenset({"at"})),
    "serial": _Scheme(
        "serial:///dev/serial/by-id/NAME?baud=9600", _read_serial, _ANSWERING | _SHOWING, _SERIAL_OPTIONS
    ),
    "rfc2217": _Scheme("rfc2217://10.0.0.7:4001?baud=9600", _read_rfc2217, _ANSWERING | _SHOWING, _SERIAL_OPTIONS),
    "windows": _Scheme("windows://NAME", _read_queue, _SHOWING),
    "cups": _Scheme("cups://QUEUE", _read_queue, _SHOWING),
    "file": _Scheme("file:///FOLDER/FILE", _read_file),
    "virtual": _Scheme("virtual://FOLDER?model=XP-58", _read_virtual),
}
