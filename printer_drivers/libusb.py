"""The line to a USB printer through libusb, for systems without the kernel's usblp driver; else use `/dev/usb/lp*`.

python-escpos's `Usb` guesses the end points, waits for ever, resets the device and leaves the kernel's driver detached.
Here the end points are read from the device, every transfer has a time-out, and the driver is given back.
"""

import contextlib
import errno
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import usb.core  # type: ignore[import-untyped]  # pyusb ships no types
import usb.util  # type: ignore[import-untyped]  # same

from printer_drivers import clock
from printer_drivers.answers import read_port
from printer_drivers.descriptor import STALLED
from printer_drivers.printer import Deadlines, PrinterStalled, PrinterState, PrinterStopped, PrinterUnreachable
from printer_drivers.rights import explain

PRINTER_CLASS = 7
# GET_PORT_STATUS of the USB printer class: direction in, class request, to an interface.
GET_PORT_STATUS = (0xA1, 1, 0)
# A multiple of every packet size, as reads must be; writes this small are gone within a printer's pause.
TRANSFER_BYTES = 512
LEAST_MS = 10

NO_LIBRARY = "libusb is missing on this computer; install libusb-1.0, or use usb:///dev/usb/lp0"

Find = Callable[..., Iterable[Any]]


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """One attached printer: who made it, its name (empty when it does not say) and the place where it is plugged in."""

    vendor: int
    product: int
    name: str
    place: str


class UsbLine:
    """A printer by its vendor and product number, and by its place (as `1-2.3`) where there are several alike."""

    def __init__(self, vendor: int, product: int, place: str | None = None, *, find: Find | None = None) -> None:
        self._vendor = vendor
        self._product = product
        self._place = place
        self._find = find or usb.core.find

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator["_UsbWire"]:
        """Take the printer from the kernel for one job, and give it back."""
        device = self._choose()
        with contextlib.ExitStack() as borrowed:
            with _as_unreachable(device):
                wire = _borrow(device, borrowed, deadlines)
            yield wire

    def _choose(self) -> Any:
        there = [
            device
            for device in _find_all(self._find, idVendor=self._vendor, idProduct=self._product)
            if self._place in {None, read_place(device)}
        ]
        if not there:
            raise PrinterUnreachable(f"no USB printer {self._vendor:04x}:{self._product:04x}; is it on and plugged in?")
        if len(there) > 1:
            places = " or ".join(sorted(f"at={read_place(device)}" for device in there))
            raise PrinterUnreachable(f"there are several such USB printers; add {places} to the address")
        return there[0]


def list_printers(find: Find | None = None) -> list[UsbPrinter]:
    """Return the attached printers; raises `PrinterUnreachable` where libusb is missing."""
    devices = _find_all(find or usb.core.find, custom_match=_has_printer)
    return [UsbPrinter(device.idVendor, device.idProduct, _read_name(device), read_place(device)) for device in devices]


def read_place(device: Any) -> str:
    """Return the bus and the ports that lead to a device, as sysfs names it: `1-2.3`."""
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or (0,)))}"


class _UsbWire:
    """A claimed printer, as `wire.Wire`. A transfer that failed without a count is taken for sent."""

    def __init__(self, device: Any, interface: Any, stall_s: float) -> None:
        self._device = device
        self._interface = interface
        self._out = _find_end_point(interface, usb.util.ENDPOINT_OUT)
        self._in = _find_end_point(interface, usb.util.ENDPOINT_IN)
        self._stall_s = stall_s
        self._sent = 0

    @property
    def sent(self) -> int:
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        at = 0
        until = min(by, clock.monotonic_s() + self._stall_s)
        while at < len(data):
            taken = self._write(data[at : at + TRANSFER_BYTES], until)
            if not taken and clock.monotonic_s() >= until:
                raise PrinterStalled(STALLED)
            at += taken
            self._sent += taken
            until = min(by, clock.monotonic_s() + self._stall_s) if taken else until

    def settle(self, by: float) -> None:
        """Do nothing: a transfer returns when the printer has its bytes."""

    def hear(self, by: float) -> bytes:
        heard = self._read(clock.monotonic_s())
        while not heard and self._in is not None and clock.monotonic_s() < by:
            heard = self._read(by)
        return heard

    def look(self) -> PrinterState | None:
        with contextlib.suppress(usb.core.USBError):
            number = self._interface.bInterfaceNumber
            (status,) = self._device.ctrl_transfer(*GET_PORT_STATUS, number, 1, timeout=LEAST_MS * 10)
            return read_port(status)
        return None

    def drop(self) -> None:
        """Nothing waits: a transfer that ran out of time was taken back."""

    def _write(self, data: bytes, until: float) -> int:
        try:
            return int(self._out.write(data, timeout=_ms_until(until)))
        except usb.core.USBTimeoutError:
            return 0
        except usb.core.USBError as error:
            self._sent += len(data)
            raise PrinterStopped(f"the USB printer went away: {error}") from error

    def _read(self, until: float) -> bytes:
        if self._in is None:
            return b""
        try:
            return bytes(self._in.read(TRANSFER_BYTES, timeout=_ms_until(until)))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            raise PrinterStopped(f"the USB printer went away: {error}") from error


def _borrow(device: Any, borrowed: contextlib.ExitStack, deadlines: Deadlines) -> _UsbWire:
    """Detach the kernel's driver, claim the printer's interface, and leave with `borrowed` how both are given back."""
    borrowed.callback(_give_back, usb.util.dispose_resources, device)
    interface = _find_interface(device)
    number = interface.bInterfaceNumber
    if _has_driver(device, number):
        device.detach_kernel_driver(number)
        borrowed.callback(_give_back, device.attach_kernel_driver, number)
    usb.util.claim_interface(device, number)
    borrowed.callback(_give_back, usb.util.release_interface, device, number)
    return _UsbWire(device, interface, deadlines.stall_s)


def _find_interface(device: Any) -> Any:
    """Return the printer's interface; a device that is not configured yet gets its first configuration."""
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    for interface in configuration:
        if interface.bInterfaceClass == PRINTER_CLASS and _find_end_point(interface, usb.util.ENDPOINT_OUT):
            return interface
    raise PrinterUnreachable("this USB device is no printer; look with: python -m printer_drivers list")


def _find_end_point(interface: Any, direction: int) -> Any:
    """Return the bulk end point of this direction; None where there is none, as on printers that only listen."""
    for point in interface:
        is_bulk = usb.util.endpoint_type(point.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        if is_bulk and usb.util.endpoint_direction(point.bEndpointAddress) == direction:
            return point
    return None


def _has_driver(device: Any, number: int) -> bool:
    with contextlib.suppress(NotImplementedError):  # only Linux has drivers to detach
        return bool(device.is_kernel_driver_active(number))
    return False


def _give_back(call: Callable[..., object], *what: object) -> None:
    with contextlib.suppress(usb.core.USBError):  # it may have been unplugged meanwhile
        call(*what)


@contextlib.contextmanager
def _as_unreachable(device: Any) -> Iterator[None]:
    try:
        yield
    except usb.core.USBError as error:
        number = error.errno or errno.EIO
        path = f"/dev/bus/usb/{device.bus or 0:03}/{device.address or 0:03}"
        raise explain(path, OSError(number, str(error))) from error


def _find_all(find: Find, **which: Any) -> list[Any]:
    try:
        return list(find(find_all=True, **which))
    except usb.core.NoBackendError as error:
        raise PrinterUnreachable(NO_LIBRARY) from error


def _has_printer(device: Any) -> bool:
    return any(interface.bInterfaceClass == PRINTER_CLASS for configuration in device for interface in configuration)


def _read_name(device: Any) -> str:
    """Return maker and product as the device tells them, which needs the right to open it."""
    with contextlib.suppress(usb.core.USBError, ValueError, NotImplementedError):
        return " ".join(filter(None, (device.manufacturer, device.product)))
    return ""


def _ms_until(instant: float) -> int:
    """Return the time left for libusb, to which 0 means for ever."""
    return max(LEAST_MS, int((instant - clock.monotonic_s()) * 1000))
