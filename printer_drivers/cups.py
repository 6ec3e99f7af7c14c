"""A queue of CUPS, used through its commands `lp` and `lpstat`.

python-escpos's `CupsPrinter` needs a compiled library of its own and tells no more. The queue must be a raw one: CUPS
passes the bytes on as they are.
"""

import re
import shutil
import subprocess

from printer_drivers import clock
from printer_drivers.printer import PrinterState, PrinterStopped, PrinterUnreachable
from printer_drivers.spooler import Progress

# Answers in English, whatever the computer speaks.
_SPEECH = {"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"}
# What `lpstat -p` says of a queue that prints before it has reached its printer, and of any other trouble.
_NOT_REACHED = re.compile(
    rb"unavailable|waiting for printer|not exist|unable to (?:locate|connect)|connecting|is busy|unreachable"
    rb"|turned off|not connected",
    re.IGNORECASE,
)
_TROUBLES = (
    (re.compile(rb"out of paper|media.empty|no paper", re.IGNORECASE), PrinterState.PAPER_OUT),
    (re.compile(rb"cover|door", re.IGNORECASE), PrinterState.COVER_OPEN),
    (re.compile(rb"not responding|off.?line", re.IGNORECASE), PrinterState.OFFLINE),
    (_NOT_REACHED, PrinterState.OFFLINE),
)
_IDLE = b"is idle"
NO_CUPS = "the command {} is missing on this computer; install cups-client, or use another address"


class CupsQueue:
    """One queue by its name; `lp`, `lpstat` and `cancel` are where those commands are found.

    `server` is the host or the socket of another CUPS than this computer's own.
    """

    def __init__(
        self, name: str, *, lp: str = "lp", lpstat: str = "lpstat", cancel: str = "cancel", server: str = ""
    ) -> None:
        self._name = name
        self._lp = lp
        self._lpstat = lpstat
        self._cancel = cancel
        self._server = server

    def check(self, by: float) -> None:
        """Ask for the queue by name."""
        answer = self._ask_queue(by)
        if answer.returncode:
            raise PrinterUnreachable(f"CUPS has no queue {self._name}; see them with: lpstat -v")

    def spool(self, data: bytes, by: float) -> str:
        """Hand the job to `lp`, which sends it on only when it has all of it."""
        answer = self._run([self._lp, "-d", self._name, "-o", "raw"], by, data)
        if answer.returncode:
            raise PrinterStopped(f"CUPS refused the job: {answer.stderr.decode(errors='replace').strip()}")
        named = re.search(rb"request id is (\S+)", answer.stdout)
        return named[1].decode() if named else ""

    def follow(self, job: str, by: float) -> Progress:
        """Ask for the jobs that are not completed; of one that is, CUPS remembers whether it was cancelled."""
        if self._lists(self._run([self._lpstat, "-W", "not-completed", "-o", self._name], by).stdout, job):
            queue = self._ask_queue(by).stdout
            reached = job.encode() in queue and b"\n\t" in queue and not _NOT_REACHED.search(queue)
            return Progress.SENDING if reached else Progress.WAITING
        ended = self._run([self._lpstat, "-W", "completed", "-l", "-o", self._name], by).stdout
        _, _, after = ended.partition(job.encode() + b" ")
        lines = after.partition(b"\n" + self._name.encode() + b"-")[0]
        return Progress.CANCELLED if b"canceled" in lines or b"aborted" in lines else Progress.COMPLETED

    def cancel(self, job: str, by: float) -> None:
        """Take it out."""
        self._run([self._cancel, job], by)

    def look(self, by: float) -> PrinterState | None:
        """Return `offline` for a queue that CUPS stopped, or the trouble that it has with the job it prints."""
        queue = self._ask_queue(by).stdout
        if b"disabled" in queue:
            return PrinterState.OFFLINE
        if _IDLE in queue:
            return None
        return next((state for words, state in _TROUBLES if words.search(queue)), None)

    @staticmethod
    def _lists(listing: bytes, job: str) -> bool:
        return any(line.split()[:1] == [job.encode()] for line in listing.splitlines())

    def _ask_queue(self, by: float) -> "subprocess.CompletedProcess[bytes]":
        return self._run([self._lpstat, "-p", self._name], by)

    def _run(self, command: list[str], by: float, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        return _run(command, by, data, self._server)


def list_queues(by: float, lpstat: str = "lpstat") -> list[tuple[str, str]]:
    """Return each queue's name and device; none where CUPS is not installed."""
    if shutil.which(lpstat) is None:
        return []
    lines = _run([lpstat, "-v"], by).stdout.decode(errors="replace").splitlines()
    found = [line.removeprefix("device for ").partition(": ") for line in lines if line.startswith("device for ")]
    return [(name, device) for name, _, device in found]


def _run(command: list[str], by: float, data: bytes = b"", server: str = "") -> "subprocess.CompletedProcess[bytes]":
    left = max(0.001, by - clock.monotonic_s())
    speech = _SPEECH | ({"CUPS_SERVER": server} if server else {})
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=left, env=speech, check=False)  # noqa: S603 - no shell, and the queue's name is one argument
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    except OSError as error:
        raise PrinterUnreachable(NO_CUPS.format(command[0])) from error
