"""Finds printers: what is plugged in, what the operating system prints on, and what listens in the network.

Only the search of a network touches anything, and only when someone asks for it: it knocks on port 9100 and hangs up.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from zeroconf import ServiceBrowser, ServiceListener, Zeroconf

from printer_drivers import clock, cups, libusb, windows
from printer_drivers.address import DEFAULT_PORT, quote_name
from printer_drivers.printer import BadPrinterAddress, PrinterUnreachable

# Raw printing, and LPD, whose printers mostly know raw too.
SERVICES = ("_pdl-datastream._tcp.local.", "_printer._tcp.local.")
# Printers answer a question by multicast within a second.
ANNOUNCED_WITHIN_S = 2.0
# A printer in the same hall takes a call within 20 ms; one that sleeps, within half a second.
KNOCK_S = 0.7
# So many calls at once are no load for a cheap switch, and 254 hosts take 3 s.
KNOCKS_AT_ONCE = 64
# A hall is one /24; more is a search of other people's networks.
MOST_HOSTS = 256


@dataclass(frozen=True, slots=True)
class Found:
    """One printer, or what may be one: its address without options, what it says of itself, and what hangs there.

    `kind` completes the text key `printer_found_`; empty where the address says enough.
    """

    url: str
    name: str
    kind: str = ""


def find_attached(root: Path = Path("/")) -> list[Found]:
    """Return what is plugged in or set up on this computer; `root` is where /dev and /sys are."""
    finders = (_find_device_files(root), _find_usb(), _find_serial(root), _find_queues())
    return [found for finder in finders for found in finder]


def find_announced(wait_s: float = ANNOUNCED_WITHIN_S, zeroconf: Zeroconf | None = None) -> list[Found]:
    """Return the printers that announce themselves in this network by mDNS; takes `wait_s`."""
    listener = _Listener()
    try:
        listening = zeroconf or Zeroconf()
    except OSError:  # no network at all
        return []
    with contextlib.closing(listening) if zeroconf is None else contextlib.nullcontext():
        browser = ServiceBrowser(listening, list(SERVICES), listener)
        clock.pause_s(wait_s)
        browser.cancel()
        return sorted(listener.read(listening), key=lambda found: found.url)


def read_network(text: str) -> ipaddress.IPv4Network:
    """Read a network like 10.0.0.0/24; raises `BadPrinterAddress` for one that is wrong or too large."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError as error:
        message = f"{text!r} is no network; write it like 192.168.1.0/24"
        raise BadPrinterAddress(message, "printer_network", text=text) from error
    if network.num_addresses > MOST_HOSTS:
        message = f"{text!r} is too large to search; at most a /24, like 192.168.1.0/24"
        raise BadPrinterAddress(message, "printer_network_large", text=text)
    return network


def find_listening(
    network: ipaddress.IPv4Network, show_progress: Callable[[int, int], None], port: int = DEFAULT_PORT
) -> list[Found]:
    """Return the hosts that take a call on the port; `show_progress(done, of)` is called after each knock."""
    hosts = [str(host) for host in network.hosts()]

    async def search() -> list[Found]:
        found: list[Found] = []
        done = 0
        async for host, is_there in _knock_on_all(hosts, port):
            done += 1
            show_progress(done, len(hosts))
            if is_there:
                found.append(Found(f"tcp://{host}:{port}", "", "listener"))
        return sorted(found, key=lambda one: hosts.index(one.url.removeprefix("tcp://").split(":")[0]))

    return asyncio.run(search())


async def _knock_on_all(hosts: list[str], port: int) -> AsyncIterator[tuple[str, bool]]:
    turns = asyncio.Semaphore(KNOCKS_AT_ONCE)

    async def knock(host: str) -> tuple[str, bool]:
        async with turns:
            return host, await _knock(host, port)

    for knocked in asyncio.as_completed([knock(host) for host in hosts]):
        yield await knocked


async def _knock(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(KNOCK_S):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


class _Listener(ServiceListener):
    """Collects what is announced; zeroconf calls it on a thread of its own."""

    def __init__(self) -> None:
        self._heard: set[tuple[str, str]] = set()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Note an announcement; it is looked up later, because looking up waits."""
        del zc
        self._heard.add((type_, name))

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Do nothing: what changes keeps its name."""

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Forget what has gone."""
        del zc
        self._heard.discard((type_, name))

    def read(self, zeroconf: Zeroconf) -> set[Found]:
        """Return each announced printer once, however many ways it announced."""
        found = set()
        for kind, name in sorted(self._heard):
            service = zeroconf.get_service_info(kind, name, timeout=500)
            for address in service.parsed_addresses() if service else ():
                host = f"[{address}]" if ":" in address else address
                found.add(Found(f"tcp://{host}:{DEFAULT_PORT}", name.removesuffix(f".{kind}")))
        return found


def _find_device_files(root: Path) -> Iterator[Found]:
    for device in sorted((root / "dev/usb").glob("lp*")):
        about = root / "sys/class/usbmisc" / device.name / "device"
        yield Found(f"usb:///dev/usb/{device.name}", _read_name(about))


def _read_name(about: Path) -> str:
    """Return what a printer says of itself: by its IEEE 1284 id, else by the names of its USB device."""
    fields = dict(field.split(":", 1) for field in _read(about / "ieee1284_id").split(";") if ":" in field)
    told = [fields.get("MFG", fields.get("MANUFACTURER", "")), fields.get("MDL", fields.get("MODEL", ""))]
    usb = about.resolve().parent
    names = told if any(told) else [_read(usb / "manufacturer"), _read(usb / "product")]
    numbers = ":".join(filter(None, (_read(usb / "idVendor"), _read(usb / "idProduct"))))
    return " ".join(filter(None, (*names, f"({numbers})" if numbers else "")))


def _read(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_text(errors="replace").strip()
    return ""


def _find_usb() -> Iterator[Found]:
    with contextlib.suppress(PrinterUnreachable):  # no libusb: then there are none to find by it
        for printer in libusb.list_printers():
            url = f"usb://{printer.vendor:04x}:{printer.product:04x}?at={printer.place}"
            yield Found(url, printer.name, "libusb")


def _find_serial(root: Path) -> Iterator[Found]:
    """Ports by the name that stays the same when others are plugged in; those without one as pyserial lists them."""
    named = sorted((root / "dev/serial/by-id").glob("*"))
    for port in named:
        yield Found(f"serial:///dev/serial/by-id/{port.name}", "", "serial")
    told = {port.resolve() for port in named}
    for listed in sorted(list_ports.comports()):
        if Path(listed.device).resolve() not in told:
            yield Found(f"serial://{listed.device}", listed.description, "serial")


def _find_queues() -> Iterator[Found]:
    with contextlib.suppress(PrinterUnreachable, TimeoutError):
        for name, device in cups.list_queues(clock.monotonic_s() + ANNOUNCED_WITHIN_S):
            yield Found(f"cups://{quote_name(name)}", device, "cups")
    for name in windows.list_printers():
        yield Found(f"windows://{quote_name(name)}", "", "windows")
