"""What the command line and the table say about the devices on the counters."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from display.config import DEFAULT_SERVER, BadSetting
from display.counter.table import BadTable, Table, read_table
from queue_protocol.client import socket_url
from queue_protocol.ids import DeviceId, Key

DEFAULT_DEVICE = "counters-1"


@dataclass(frozen=True, slots=True)
class Settings:
    """How this box is set up."""

    server: str
    device: DeviceId
    key: str | None
    """The key given on the command line; `None`: see `key_file`."""
    key_file: Path
    """Where a server on the same machine leaves the key, perhaps after this box has started."""
    table: Table


def read_settings(argv: list[str]) -> Settings:
    """Return the settings of a command line.

    Raises `BadSetting` for one, or a table, that cannot be used, `SystemExit` after printing the help asked for.
    """
    options = _parser().parse_args(argv)
    data: Path = options.data
    return Settings(
        server=options.server,
        device=options.device,
        key=options.key,
        key_file=data / "keys" / options.device,
        table=_read_table(options.table),
    )


class _Parser(argparse.ArgumentParser):
    """Reports a fault as one sentence instead of the usage and an exit from within."""

    def error(self, message: str) -> NoReturn:
        """Raise `BadSetting` with what is wrong."""
        raise BadSetting(f"{message}; python -m display.counter --help lists the options")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m display.counter", description="The signs and call pads of the counters.")
    option = parser.add_argument
    option("table", type=Path, help="TOML file that says what hangs where; docs/counter_devices.md explains it")
    option("--server", type=_server, default=DEFAULT_SERVER, help="address of the queue server (%(default)s)")
    option("--device", type=_device, default=DEFAULT_DEVICE, help="name of this box in the hall (%(default)s)")
    option("--key", type=_key, help="key of this box; else it is read from DATA/keys/DEVICE")
    option("--data", type=Path, default=Path("data"), help="where files are kept (%(default)s)")
    return parser


def _server(text: str) -> str:
    try:
        socket_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _device(text: str) -> DeviceId:
    if not _is(text, DeviceId):
        raise argparse.ArgumentTypeError(f"{text!r} is no device name; use lower case letters, digits and -")
    return DeviceId(text)


def _key(text: str) -> str:
    if not _is(text, Key):
        raise argparse.ArgumentTypeError("the key has 16 to 128 letters, digits, - and _; copy it whole")
    return text


def _is(text: str, kind: Any) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True


def _read_table(path: Path) -> Table:
    try:
        table = read_table(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSetting(f"the table {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"the table {path} is not written in UTF-8") from error
    except BadTable as error:
        raise BadSetting(f"the table {path} is not right: {error}") from error
    if table.number_pads and sys.platform != "linux":
        raise BadSetting(f"the table {path} is not right: number_pads: they are read on Linux only")
    return table
