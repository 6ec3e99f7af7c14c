"""The display's disk: its key, and the last call it has spoken, so that a restart repeats nothing."""

import logging
import os
from pathlib import Path

import msgspec

from display.config import KEY
from queue_protocol.ids import Revision

log = logging.getLogger(__name__)

LAST_SPOKEN = "last_spoken"


def read_key(path: Path | None) -> str | None:
    """Return the key in this file; `None` when there is none that can be used.

    It is read at each connect: on the first start of a center the display may be there before its key.
    """
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        log.warning("the key in %s cannot be read: %s", path, error)
        return None
    if not KEY.fullmatch(text):
        log.warning("%s holds no key of 16 to 128 letters, digits, - and _; copy it from the server again", path)
        return None
    return text


def read_last_spoken(folder: Path | None) -> Revision | None:
    """Return the last call that was spoken; `None` when that is not known, also for a file that is broken."""
    if folder is None:
        return None
    try:
        return msgspec.json.decode((folder / LAST_SPOKEN).read_bytes(), type=Revision)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s cannot be read, calls of the last minutes may be repeated: %s", folder / LAST_SPOKEN, error)
        return None


def write_last_spoken(folder: Path | None, call: Revision) -> None:
    """Keep the last call that was spoken. A disk that cannot be written costs a repeated call, nothing more."""
    if folder is None:
        return
    path = folder / LAST_SPOKEN
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".new")
        written.write_bytes(msgspec.json.encode(call))
        os.replace(written, path)  # noqa: PTH105 - the name says that this is atomic
    except OSError as error:
        log.warning("%s cannot be written, a restart may repeat a call: %s", path, error)
