"""The reserve on the kiosk's disk, and whether numbers may have been given that it does not know of."""

import logging
from pathlib import Path

from msgspec.structs import replace

from device_runtime.durable_file import ASIDE, Damaged, json_file
from kiosk.reserve import Reserve

log = logging.getLogger(__name__)

FILE = "reserve.json"


class ReserveFile:
    """The reserve in `folder`, which is there."""

    def __init__(self, folder: Path) -> None:
        self._file = json_file(folder / FILE, Reserve)
        self.is_lost = False
        """Whether a reserve was here that cannot be read, and none was saved since."""

    def load(self) -> Reserve | None:
        """Return what was saved last; `None`: nothing, or it is damaged.

        One that was copied back is in doubt: the kiosk may have given more numbers than it says.
        """
        found = self._file.read()
        if isinstance(found, Damaged) or found is None:
            self.is_lost = any(self._file.path.parent.glob(f"{FILE}{ASIDE}*"))
            return None
        if self._file.lies_as_written():
            return found
        log.warning("%s was a copy: no number is given alone until the server was heard", self._file.path)
        return replace(found, in_doubt=True)

    def save(self, reserve: Reserve) -> None:
        """Put the reserve on the disk; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it; then what was saved before is still there.
        """
        self._file.write(reserve)
        self.is_lost = False
