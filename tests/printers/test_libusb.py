"""Printers through libusb: which one is meant, what is borrowed from the kernel, and transfers that fail."""

import errno
import time

import pytest
import usb.core  # type: ignore[import-untyped]  # pyusb ships no types

from printer_drivers.libusb import UsbLine, UsbPrinter, list_printers
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import (
    Deadlines,
    Evidence,
    PrinterForbidden,
    PrinterState,
    PrinterUnreachable,
    Source,
)
from tests.printers.fake_usb import PAPER_OUT, FakeBus, FakeUsbPrinter
from tests.printers.simulated_printer import Faults, slip_job
from tests.watching import SOON_S

SLIP = slip_job("slip A012", 100)
BRISK = Deadlines(connect_s=0.5, stall_s=0.2, answer_s=0.1, done_s=0.2)


def printer_on(*devices: FakeUsbPrinter, place: str | None = None) -> LinePrinter:
    """Return the driver for a bus with these devices."""
    return LinePrinter(UsbLine(0x0416, 0x5011, place, find=FakeBus(*devices)), PAPERS[576], deadlines=BRISK)


def test_printer_is_borrowed_and_given_back() -> None:
    """The kernel's driver is back, the interface released and the handle closed after a job."""
    device = FakeUsbPrinter()
    assert printer_on(device).print(SLIP).evidence is Evidence.ANSWERED
    assert device.mechanism.sheets == [b"slip A012\n" * 100]
    assert (device.kernel, device._ctx.claimed, device._ctx.disposed) == (True, set(), 1)


def test_printer_without_a_kernel_driver_gets_none() -> None:
    """Nothing is attached that was not detached."""
    device = FakeUsbPrinter(kernel=False)
    printer_on(device).print(SLIP)
    assert not device.kernel


def test_stall_is_counted_to_the_byte() -> None:
    """A printer that takes no more is cut off, and what it took is known."""
    device = FakeUsbPrinter(room=500)
    start = time.monotonic()
    end = printer_on(device).print(SLIP)
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.OFFLINE)
    assert end.bytes_accepted == 500 - 2 * 4 * 3 - 3, "asked when it was learned, with GS r, and before the job"
    assert time.monotonic() - start < SOON_S
    assert device.kernel


def test_unplugged_is_unreachable() -> None:
    """A device that goes away fails the job before its first byte, and leaves nothing to be printed twice."""
    device = FakeUsbPrinter(trouble=usb.core.USBError("No such device", errno=errno.ENODEV))
    end = printer_on(device).print(SLIP)
    assert (end.evidence, end.state) == (Evidence.NOTHING_SENT, PrinterState.UNREACHABLE)


def test_unplugged_midway_is_uncertain() -> None:
    """A device that goes away during a job leaves the job in doubt, and giving it back fails quietly."""
    device = FakeUsbPrinter(dies_after=100)
    long = slip_job("slip A012", 400)
    end = printer_on(device).print(long)
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.UNREACHABLE)
    assert 0 < end.bytes_accepted < sum(map(len, long))


def test_paper_bit_of_the_port_is_a_state() -> None:
    """A printer that is mute and yet reports "no paper" by its port gets no job."""
    device = FakeUsbPrinter(status=PAPER_OUT)
    device.mechanism.set_faults(Faults(mute=True))
    printer = printer_on(device)
    assert (printer.status().state, printer.status().source) == (PrinterState.PAPER_OUT, Source.CONNECTION)
    assert printer.print(SLIP).evidence is Evidence.NOTHING_SENT


def test_twins_need_a_place() -> None:
    """Of two alike none is guessed; the sentence names both places, and with one of them it is clear."""
    left, right = FakeUsbPrinter(port_numbers=(1,)), FakeUsbPrinter(port_numbers=(2, 4))
    with pytest.raises(PrinterUnreachable, match=r"at=1-1 or at=1-2\.4"):
        printer_on(left, right).open()
    printer_on(left, right, place="1-2.4").print(SLIP)
    assert (len(left.mechanism.sheets), len(right.mechanism.sheets)) == (0, 1)


def test_device_that_is_no_printer_is_refused() -> None:
    """A device without a printer's interface is named as that."""
    with pytest.raises(PrinterUnreachable, match="no printer"):
        printer_on(FakeUsbPrinter(interface_class=3)).open()


def test_denied_device_names_its_cause() -> None:
    """A device that this user may not open is forbidden, which is not the printer's fault."""
    device = FakeUsbPrinter(trouble=usb.core.USBError("Access denied", errno=errno.EACCES))
    with pytest.raises(PrinterForbidden, match="may not use /dev/bus/usb/001/007"):
        printer_on(device).open()


def test_missing_library_is_named() -> None:
    """A computer without libusb is told what to install."""

    def find(**_which: object) -> list[object]:
        raise usb.core.NoBackendError("No backend available")

    with pytest.raises(PrinterUnreachable, match=r"install libusb-1\.0"):
        UsbLine(1, 2, find=find).connect(BRISK).__enter__()


def test_printers_are_listed() -> None:
    """Only printers are listed, with what they say of themselves and where they are plugged in."""
    bus = FakeBus(FakeUsbPrinter(), FakeUsbPrinter(interface_class=3))
    assert list_printers(bus) == [UsbPrinter(0x0416, 0x5011, "Xprinter XP-80C", "1-2.3")]
