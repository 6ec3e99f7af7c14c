"""Keeps on the disk what was learned of each printer: one small file in `DATA/printers`, named after its address.

The file is read before each job. Who takes it away, as the test print of `python -m printer_drivers` does, has the
kiosk learn the printer anew.
"""

import logging
from pathlib import Path

import msgspec

from device_runtime.durable_file import DurableFile
from printer_drivers.address import memory_name
from printer_drivers.fact import Fact, Known

log = logging.getLogger(__name__)

FOLDER = "printers"
"""Below the data folder of the kiosk."""


class PrinterMemory:
    """What is known of the printer at this address; see `printer_drivers.fact.Memory`."""

    def __init__(self, data: Path, url: str) -> None:
        self._file = DurableFile(data / FOLDER / memory_name(url), msgspec.json.encode, _decode)
        self._unsaved: Known | None = None

    def read(self) -> Known:
        """Return what was written last; of a damaged file nothing is believed."""
        found = self._unsaved or self._file.read()
        return found if isinstance(found, Known) else Known()

    def write(self, known: Known) -> None:
        """Save it; while the disk takes nothing this process remembers it."""
        try:
            self._file.path.parent.mkdir(parents=True, exist_ok=True)
            self._file.write(known)
            self._unsaved = None
        except OSError:
            log.exception("cannot save what is known of a printer; it is remembered until the next start")
            self._unsaved = known


def _decode(content: bytes) -> Known:
    stored = msgspec.json.decode(content, type=dict[str, object])
    fact, half_sent = stored["fact"], stored["half_sent"]
    return Known(None if fact is None else Fact(str(fact)), half_sent=half_sent is True)
