"""Owns printer addresses: reads the URL of a configuration and makes the printer it means.

tcp://10.0.0.9:9100?width=576      a network printer; `&status=off` for one that cannot bear questions
virtual://FOLDER?width=576         PNG files in a folder; `virtual:///srv/paper` where it starts at the root
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from printer_drivers.network import NetworkPrinter
from printer_drivers.paper import PAPERS, Paper
from printer_drivers.printer import BadPrinterAddress, Printer
from printer_drivers.virtual import VirtualPrinter

# What raw printing listens on everywhere.
DEFAULT_PORT = 9100
# 80 mm paper at 203 dpi, by far the most common.
DEFAULT_WIDTH = 576


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A network printer: host name or number, port, width in dots, and whether it may be asked for its state."""

    host: str
    port: int
    width_dots: int
    asks: bool = True


@dataclass(frozen=True, slots=True)
class VirtualAddress:
    """A virtual printer: its folder and width in dots."""

    folder: str
    width_dots: int


Address = TcpAddress | VirtualAddress


def parse(url: str) -> Address:
    """Read the address; raises `BadPrinterAddress` with a sentence that says what to change."""
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise BadPrinterAddress(f"the printer address {url!r} cannot be read: {error}") from error
    read = _SCHEMES.get(parts.scheme)
    if read is None:
        raise BadPrinterAddress(f"the printer address {url!r} must begin with {_known(_SCHEMES, '://')}")
    return read(url, parts)


def build_printer(url: str) -> Printer:
    """Return the printer at this address without reaching for it yet; raises `BadPrinterAddress`."""
    match parse(url):
        case TcpAddress(host, port, width_dots, asks):
            return NetworkPrinter(host, port, _paper(width_dots), asks=asks)
        case VirtualAddress(folder, width_dots):
            return VirtualPrinter(Path(folder), _paper(width_dots))


def _read_tcp(url: str, parts: SplitResult) -> TcpAddress:
    options = _options(url, parts, {"width", "status"})
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not parts.hostname or not port or parts.path.strip("/"):
        raise BadPrinterAddress(f"the printer address {url!r} must look like tcp://10.0.0.9:9100?width=576")
    status = options.get("status", "on")
    if status not in {"on", "off"}:
        raise BadPrinterAddress(f"in {url!r} status must be on or off, not {status!r}")
    return TcpAddress(parts.hostname, port, _width(url, options), asks=status == "on")


def _read_virtual(url: str, parts: SplitResult) -> VirtualAddress:
    folder = unquote(parts.netloc + parts.path)
    if not folder or parts.fragment:
        raise BadPrinterAddress(f"the printer address {url!r} must name a folder: virtual://FOLDER?width=576")
    return VirtualAddress(folder, _width(url, _options(url, parts, {"width"})))


def _options(url: str, parts: SplitResult, known: set[str]) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if strange := sorted(set(options) - known):
        raise BadPrinterAddress(f"in {url!r} the option {strange[0]!r} is not known; there are {_known(known)}")
    return options


def _width(url: str, options: dict[str, str]) -> int:
    width = options.get("width", str(DEFAULT_WIDTH))
    if width not in {str(dots) for dots in PAPERS}:
        raise BadPrinterAddress(f"in {url!r} the width {width!r} is not known; there are {_known(PAPERS)} dots")
    return int(width)


def _paper(width_dots: int) -> Paper:
    return PAPERS[width_dots]


def _known(names: Iterable[object], end: str = "") -> str:
    return " or ".join(sorted(f"{name}{end}" for name in names))


_SCHEMES: dict[str, Callable[[str, SplitResult], Address]] = {"tcp": _read_tcp, "virtual": _read_virtual}
