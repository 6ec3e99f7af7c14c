"""A printer of Windows, by the name it has in the control panel; bytes go through its spooler as they are (RAW).

pywin32 does the calls. python-escpos's `Win32Raw` makes the same ones but hides how many bytes were taken. The driver's
word that all is well is not believed: most say so of a printer that is off.
"""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

from printer_drivers.printer import PrinterState, PrinterStopped, PrinterUnreachable
from printer_drivers.spooler import Progress

NO_LIBRARY = "Windows printers need pywin32, which is only there on Windows"
DOCUMENT = ("motcua", None, "RAW")

# PRINTER_STATUS_* of winspool.h: the first bit that is set is the state.
_STATES = (
    (0x00400000, PrinterState.COVER_OPEN),  # DOOR_OPEN
    (0x00000010, PrinterState.PAPER_OUT),  # PAPER_OUT
    (0x00000008, PrinterState.ERROR),  # PAPER_JAM
    (0x00000002, PrinterState.ERROR),  # ERROR
    (0x00000080, PrinterState.OFFLINE),  # OFFLINE
    (0x00001000, PrinterState.OFFLINE),  # NOT_AVAILABLE
    (0x00000001, PrinterState.OFFLINE),  # PAUSED
)
# JOB_STATUS_* of winspool.h: the first bits of which one is set are what becomes of the job.
_PROGRESS = (
    (0x00000104, Progress.CANCELLED),  # DELETING, DELETED
    (0x00001080, Progress.COMPLETED),  # PRINTED, COMPLETE
    (0x00000010, Progress.SENDING),  # PRINTING
)
_DELETE_JOB = 5  # JOB_CONTROL_DELETE
# EnumPrinters: those of this computer and those it is connected to.
_LOCAL_AND_CONNECTED = 2 | 4


class WindowsQueue:
    """One printer by its name; `api` is the module win32print, loaded when it is first needed."""

    def __init__(self, name: str, *, api: Any = None) -> None:
        self._name = name
        self._api = api
        self._deleted: set[str] = set()

    def check(self, by: float) -> None:
        """Open the printer and close it."""
        del by
        with self._open():
            pass

    def spool(self, data: bytes, by: float) -> str:
        """Write one raw document. The spooler takes it whole or says no; one that broke off is deleted."""
        del by
        api = self._load()
        with self._open() as printer:
            try:
                return str(_write(api, printer, data))
            except api.error as error:
                raise PrinterStopped(f"Windows refused the job: {error}") from error

    def follow(self, job: str, by: float) -> Progress:
        """Ask for the job; one that is gone has been printed, as far as Windows is concerned."""
        del by
        api = self._load()
        with self._open() as printer:
            try:
                status = int(api.GetJob(printer, int(job), 1)["Status"])
            except api.error:
                return Progress.CANCELLED if job in self._deleted else Progress.COMPLETED
        return next((progress for bits, progress in _PROGRESS if status & bits), Progress.WAITING)

    def cancel(self, job: str, by: float) -> None:
        """Delete it; a job that has ended meanwhile is not deleted."""
        del by
        api = self._load()
        with self._open() as printer, contextlib.suppress(api.error):
            api.SetJob(printer, int(job), 0, None, _DELETE_JOB)
            self._deleted.add(job)

    def look(self, by: float) -> PrinterState | None:
        """Return the trouble that the queue shows."""
        del by
        api = self._load()
        with self._open() as printer, contextlib.suppress(api.error):
            status = int(api.GetPrinter(printer, 2)["Status"])
            return next((state for bit, state in _STATES if status & bit), None)
        return None

    def _load(self) -> Any:
        self._api = self._api or _load_api()
        return self._api

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        api = self._load()
        try:
            printer = api.OpenPrinter(self._name)
        except api.error as error:
            raise PrinterUnreachable(f"Windows has no printer {self._name!r}; its name must be exact") from error
        try:
            yield printer
        finally:
            api.ClosePrinter(printer)


def list_printers(api: Any = None) -> list[str]:
    """Return the printers' names; none where this is not Windows."""
    try:
        found = (api or _load_api()).EnumPrinters(_LOCAL_AND_CONNECTED)
    except PrinterUnreachable:
        return []
    return [str(name) for _, _, name, _ in found]


def _write(api: Any, printer: Any, data: bytes) -> int:
    """Write the document and return the spooler's number for it."""
    job = int(api.StartDocPrinter(printer, 1, DOCUMENT))
    try:
        _write_page(api, printer, data)
    except BaseException:
        api.AbortPrinter(printer)
        raise
    api.EndDocPrinter(printer)
    return job


def _write_page(api: Any, printer: Any, data: bytes) -> None:
    api.StartPagePrinter(printer)
    written = api.WritePrinter(printer, data)
    if written != len(data):
        raise PrinterStopped(f"Windows took {written} of {len(data)} bytes; is its disk full?")
    api.EndPagePrinter(printer)


def _load_api() -> Any:
    try:
        return importlib.import_module("win32print")
    except ImportError as error:
        raise PrinterUnreachable(NO_LIBRARY) from error
