"""A queue of CUPS, used through its commands `lp` and `lpstat`.

python-escpos's `CupsPrinter` needs a compiled library of its own and tells no more. The queue must be a raw one: CUPS
passes the bytes on as they are.
"""

import shutil
import subprocess

from printer_drivers import clock
from printer_drivers.printer import PrinterState, PrinterStopped, PrinterUnreachable

# Answers in English, whatever the computer speaks.
_SPEECH = {"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"}
NO_CUPS = "the command {} is missing on this computer; install cups-client, or use another address"


class CupsQueue:
    """One queue by its name; `lp` and `lpstat` are where those commands are found."""

    def __init__(self, name: str, *, lp: str = "lp", lpstat: str = "lpstat") -> None:
        self._name = name
        self._lp = lp
        self._lpstat = lpstat

    def check(self, by: float) -> None:
        """Ask for the queue by name."""
        answer = self._ask_queue(by)
        if answer.returncode:
            raise PrinterUnreachable(f"CUPS has no queue {self._name}; see them with: lpstat -v")

    def spool(self, data: bytes, by: float) -> None:
        """Hand the job to `lp`, which sends it on only when it has all of it."""
        answer = _run([self._lp, "-d", self._name, "-o", "raw"], by, data)
        if answer.returncode:
            raise PrinterStopped(f"CUPS refused the job: {answer.stderr.decode(errors='replace').strip()}")

    def look(self, by: float) -> PrinterState | None:
        """Return `offline` for a queue that CUPS stopped, as it does after an error."""
        return PrinterState.OFFLINE if b"disabled" in self._ask_queue(by).stdout else None

    def _ask_queue(self, by: float) -> "subprocess.CompletedProcess[bytes]":
        return _run([self._lpstat, "-p", self._name], by)


def list_queues(by: float, lpstat: str = "lpstat") -> list[tuple[str, str]]:
    """Return each queue's name and device; none where CUPS is not installed."""
    if shutil.which(lpstat) is None:
        return []
    lines = _run([lpstat, "-v"], by).stdout.decode(errors="replace").splitlines()
    found = [line.removeprefix("device for ").partition(": ") for line in lines if line.startswith("device for ")]
    return [(name, device) for name, _, device in found]


def _run(command: list[str], by: float, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    left = max(0.001, by - clock.monotonic_s())
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=left, env=_SPEECH, check=False)  # noqa: S603 - no shell, and the queue's name is one argument
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    except OSError as error:
        raise PrinterUnreachable(NO_CUPS.format(command[0])) from error
