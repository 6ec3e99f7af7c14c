"""The key file of a box: the server writes it in `DATA/keys/NAME`, a box beside it or on another PC reads it."""

import logging
from pathlib import Path

import msgspec

from device_runtime.durable_file import Damaged, DurableFile
from queue_protocol.ids import Key

log = logging.getLogger(__name__)


def key_file(path: Path) -> DurableFile[str]:
    """Return the file of a key. One that a person wrote, with a line of the key and nothing else, serves too."""
    return DurableFile(path, lambda key: f"{key}\n".encode("ascii"), _decode)


def read_key(path: Path | None) -> str | None:
    """Return the key in this file; `None`, with a line in the log: there is none yet, or none that can be used.

    Read it at each connect: on the first start of a center a box may be there before its key. The file belongs to
    the server, so a damaged one stays where it is.
    """
    if path is None:
        return None
    found = key_file(path).look()
    if isinstance(found, str):
        return found
    trouble = f"{found}; it holds no key" if isinstance(found, Damaged) else f"no key in {path}: there is no such file"
    log.warning("%s; start the server on this folder, copy the file again, or give the key with --key", trouble)
    return None


def _decode(content: bytes) -> str:
    key: str = msgspec.convert(content.decode("utf-8").strip(), Key)
    return key
