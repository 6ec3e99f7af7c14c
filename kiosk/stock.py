"""The kiosk's disk: the reserve, whole or not at all."""

import logging
from pathlib import Path

import msgspec

from kiosk.reserve import Reserve
from kiosk.shelf import write_whole

log = logging.getLogger(__name__)

FILE = "reserve.json"

_decoder: msgspec.json.Decoder[Reserve] = msgspec.json.Decoder(Reserve)


class Stock:
    """The reserve in `folder`, which is there."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def load(self) -> Reserve | None:
        """Return what was saved last; `None`: nothing that this version can read."""
        try:
            return _decoder.decode(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("the reserve in %s is not used: %s", self._file, error)
            return None

    def save(self, reserve: Reserve) -> None:
        """Put the reserve on the disk; when this returns, a power cut does not lose it.

        Raises `OSError` when the disk does not take it; then what was saved before is still there.
        """
        write_whole(self._file, msgspec.json.encode(reserve))
