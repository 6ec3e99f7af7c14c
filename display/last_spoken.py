"""The last call that this display has spoken, on its disk, so that a restart repeats nothing."""

import logging
from pathlib import Path

from device_runtime.durable_file import Damaged, DurableFile, json_file
from queue_protocol.ids import Revision

log = logging.getLogger(__name__)

FILE = "last_spoken"


def read_last_spoken(folder: Path | None) -> Revision | None:
    """Return the last call that was spoken; `None` when that is not known, also for a file that is damaged."""
    if folder is None:
        return None
    found = _file(folder).read()
    if isinstance(found, Damaged):
        log.warning("calls of the last minutes may be repeated")
        return None
    return found


def write_last_spoken(folder: Path | None, call: Revision) -> None:
    """Keep the last call that was spoken. A disk that cannot be written costs a repeated call, nothing more."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _file(folder).write(call)
    except OSError as error:
        log.warning("%s cannot be written, a restart may repeat a call: %s", folder / FILE, error)


def _file(folder: Path) -> DurableFile[Revision]:
    return json_file(folder / FILE, Revision)
