"""A USB printer and its bus, as pyusb shows them, around a simulated mechanism."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import usb.core  # type: ignore[import-untyped]  # pyusb ships no types

from tests.printers.simulated_printer import Mechanism

BULK = 2
PAPER_OUT, FINE = 0x38, 0x18


@dataclass
class FakeEndPoint:
    """One end of a pipe; `room` is how many bytes the printer still takes, None without end."""

    bEndpointAddress: int  # noqa: N815 - pyusb's name
    device: "FakeUsbPrinter"
    bmAttributes: int = BULK  # noqa: N815 - pyusb's name

    def write(self, data: bytes, timeout: int) -> int:
        """Take what there is room for, and time out when there is none."""
        assert timeout > 0, "libusb takes 0 for ever"
        device = self.device.check()
        taken = data if device.room is None else data[: device.room]
        if not taken:
            raise usb.core.USBTimeoutError("timed out", errno=110)
        if device.room is not None:
            device.room -= len(taken)
        if device.dies_after is not None and len(device.mechanism.paper) > device.dies_after:
            device.trouble = usb.core.USBError("No such device", errno=19)
        device.inbox += device.mechanism.take(taken)
        return len(taken)

    def read(self, size: int, timeout: int) -> bytes:
        """Return what was answered, or time out."""
        assert size % 64 == 0, "a read smaller than a packet overflows"
        assert timeout > 0, "libusb takes 0 for ever"
        device = self.device.check()
        if not device.inbox:
            raise usb.core.USBTimeoutError("timed out", errno=110)
        heard, device.inbox = device.inbox[:size], device.inbox[size:]
        return heard


@dataclass
class FakeInterface:
    """The printer's interface, with its pipes at the addresses that clones use."""

    device: "FakeUsbPrinter"
    bInterfaceClass: int = 7  # noqa: N815 - pyusb's name
    bInterfaceNumber: int = 0  # noqa: N815 - pyusb's name

    def __iter__(self) -> Iterator[FakeEndPoint]:
        return iter([FakeEndPoint(0x81, self.device), FakeEndPoint(0x03, self.device)])


@dataclass
class FakeContext:
    """What pyusb keeps of an open device: which interfaces are claimed."""

    claimed: set[int] = field(default_factory=set)
    disposed: int = 0

    def managed_claim_interface(self, _device: object, number: int) -> None:
        """Claim."""
        self.claimed.add(number)

    def managed_release_interface(self, device: "FakeUsbPrinter", number: int) -> None:
        """Release, which fails on a device that is gone."""
        self.claimed.remove(number)
        device.check()

    def dispose(self, _device: object) -> None:
        """Let go of everything."""
        assert not self.claimed, "released before it is disposed of"
        self.disposed += 1


@dataclass
class FakeUsbPrinter:
    """One device; `kernel` says whether the kernel's driver holds it."""

    mechanism: Mechanism = field(default_factory=Mechanism)
    idVendor: int = 0x0416  # noqa: N815 - pyusb's name
    idProduct: int = 0x5011  # noqa: N815 - pyusb's name
    bus: int = 1
    address: int = 7
    port_numbers: Sequence[int] = (2, 3)
    manufacturer: str = "Xprinter"
    product: str = "XP-80C"
    kernel: bool = True
    trouble: usb.core.USBError | None = None
    room: int | None = None
    dies_after: int | None = None
    status: int = FINE
    inbox: bytes = b""
    interface_class: int = 7
    _ctx: FakeContext = field(default_factory=FakeContext)

    def check(self) -> "FakeUsbPrinter":
        """Fail as the test wants it."""
        if self.trouble is not None:
            raise self.trouble
        return self

    def __iter__(self) -> Iterator[list[FakeInterface]]:
        return iter([self.get_active_configuration()])

    def get_active_configuration(self) -> list[FakeInterface]:
        """Return the interfaces."""
        return [FakeInterface(self.check(), self.interface_class)]

    def set_configuration(self) -> None:
        """Configure."""
        self.check()

    def is_kernel_driver_active(self, _number: int) -> bool:
        """Say who holds it."""
        return self.kernel

    def detach_kernel_driver(self, _number: int) -> None:
        """Take it from the kernel."""
        self.kernel = False

    def attach_kernel_driver(self, _number: int) -> None:
        """Give it back, which fails on a device that is gone."""
        self.check().kernel = True

    def ctrl_transfer(self, *_request: int, timeout: int) -> list[int]:
        """Answer GET_PORT_STATUS."""
        assert timeout > 0
        return [self.check().status]


class FakeBus:
    """All that is plugged in, as `usb.core.find` finds it."""

    def __init__(self, *devices: FakeUsbPrinter) -> None:
        self._devices = devices

    def __call__(self, *, find_all: bool, custom_match: Any = None, **which: int) -> list[FakeUsbPrinter]:
        """Return the devices that match."""
        assert find_all
        return [
            device
            for device in self._devices
            if all(getattr(device, name) == value for name, value in which.items())
            and (custom_match is None or custom_match(device))
        ]
