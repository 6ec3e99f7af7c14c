"""The spooler of Windows, as pywin32's module win32print shows it."""

from typing import Any


class FakeWindows:
    """One printer, `XP-80C`; `documents` holds what was printed whole, `troubles` the calls that fail."""

    class error(Exception):  # noqa: N801 - pywin32's name
        """A call failed."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []
        self.status = 0
        self.room: int | None = None
        self.troubles: set[str] = set()
        self.open_handles = 0
        self._page = b""
        self.job_status: int | None = None
        self.deleted: list[int] = []

    def GetJob(self, _printer: str, job: int, level: int) -> dict[str, Any]:  # noqa: N802 - pywin32's name
        """Return JOB_INFO_1; a job that was printed or deleted is gone, while `job_status` is set it is there."""
        assert level == 1
        if self.job_status is None or job in self.deleted:
            raise self.error(87, "GetJob", "The parameter is incorrect.")
        return {"Status": self.job_status}

    def SetJob(self, _printer: str, job: int, level: int, info: None, command: int) -> None:  # noqa: N802 - pywin32's name
        """Delete a job that is still there."""
        assert (level, info, command) == (0, None, 5)
        if self.job_status is None:
            raise self.error(87, "SetJob", "The parameter is incorrect.")
        self.deleted.append(job)
        self.documents.pop()

    def OpenPrinter(self, name: str) -> str:  # noqa: N802 - pywin32's name
        """Open by exact name."""
        if name != "XP-80C":
            raise self.error(1801, "OpenPrinter", "The printer name is invalid.")
        self.open_handles += 1
        return name

    def ClosePrinter(self, _printer: str) -> None:  # noqa: N802 - pywin32's name
        """Close."""
        self.open_handles -= 1

    def GetPrinter(self, _printer: str, level: int) -> dict[str, Any]:  # noqa: N802 - pywin32's name
        """Return PRINTER_INFO_2."""
        assert level == 2
        self._check("GetPrinter")
        return {"Status": self.status}

    def EnumPrinters(self, flags: int) -> list[tuple[int, str, str, str]]:  # noqa: N802 - pywin32's name
        """Return PRINTER_INFO_1 of each."""
        assert flags == 6
        return [(0, "XP-80C,driver,", "XP-80C", "")]

    def StartDocPrinter(self, _printer: str, level: int, document: tuple[str, None, str]) -> int:  # noqa: N802 - pywin32's name
        """Begin a document, raw."""
        assert (level, document[2]) == (1, "RAW")
        self._check("StartDocPrinter")
        self._page = b""
        return 1

    def StartPagePrinter(self, _printer: str) -> None:  # noqa: N802 - pywin32's name
        """Begin a page."""

    def WritePrinter(self, _printer: str, data: bytes) -> int:  # noqa: N802 - pywin32's name
        """Take what there is room for."""
        self._check("WritePrinter")
        self._page = data[: self.room]
        return len(self._page)

    def EndPagePrinter(self, _printer: str) -> None:  # noqa: N802 - pywin32's name
        """End a page."""

    def EndDocPrinter(self, _printer: str) -> None:  # noqa: N802 - pywin32's name
        """Print the document."""
        self.documents.append(self._page)

    def AbortPrinter(self, _printer: str) -> None:  # noqa: N802 - pywin32's name
        """Delete the document."""
        self._page = b""

    def _check(self, call: str) -> None:
        if call in self.troubles:
            raise self.error(5, call, "failed")
