"""The one door to pyserial: a serial port, or one in the network, whose every fault is an `OSError`."""

import contextlib
from collections.abc import Iterator
from typing import Any

import serial

from display.counter.plans import LinePlan, Parity

LOOK_S = 0.02
"""How long a read waits for a byte: a new number waits no longer than this for its turn."""

STALL_S = 1.0
"""A frame of 20 bytes leaves in 0.17 s also at 1200 baud: a write that takes longer goes nowhere."""

PARITIES: dict[Parity, str] = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}

try:
    import termios

    # pyserial lets these through from ports that went away in the middle of a call, or that know no such speed.
    _TROUBLE: tuple[type[Exception], ...] = (termios.error, ValueError)
except ImportError:  # Windows
    _TROUBLE = (ValueError,)


class Port:
    """An open port."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def write(self, data: bytes) -> None:
        """Hand bytes to the port. Raises `OSError`, also when they are not taken within `STALL_S`."""
        with _as_os_error():
            self._port.write(data)

    def read(self) -> bytes:
        """Return what has come, after `LOOK_S` at most. Raises `OSError` for a port that is gone."""
        with _as_os_error():
            first: bytes = self._port.read(1)  # pyserial waits in vain for as many as it is asked
            return first + self._port.read(self._port.in_waiting) if first else b""

    def drop(self) -> None:
        """Forget what was written and has not gone out: closing would wait half a minute for it."""
        with contextlib.suppress(OSError, *_TROUBLE):
            self._port.reset_output_buffer()

    def close(self) -> None:
        """Close it once all that was written is out."""
        with contextlib.suppress(OSError, *_TROUBLE):
            self._port.close()


@contextlib.contextmanager
def opened(plan: LinePlan) -> Iterator[Port]:
    """Lend the port of a line, which nobody else may have meanwhile. Raises `OSError`."""
    remote = "://" in plan.port
    with _as_os_error():
        port = Port(
            serial.serial_for_url(
                plan.port,
                plan.baud,
                parity=PARITIES[plan.parity],
                timeout=LOOK_S,
                # pyserial refuses one for RFC 2217, whose socket has a limit of its own.
                write_timeout=None if plan.port.startswith("rfc2217:") else STALL_S,
                exclusive=None if remote else True,
            )
        )
    try:
        yield port
    except OSError:
        port.drop()
        raise
    finally:
        port.close()


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise OSError(*error.args) from error
