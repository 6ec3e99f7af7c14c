"""What the command line says about a display."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from queue_protocol.client import socket_url
from queue_protocol.ids import DeviceId, HallId

DEFAULT_SERVER = "http://127.0.0.1:8080"
DEFAULT_DEVICE = "display-1"

LEAST_SIZE = (640, 360)
"""Pixels of the smallest window in which the words of the board still fit."""

KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
"""What a device key looks like."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""What devices and halls are called."""


class BadSetting(Exception):
    """The command line cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this display is set up."""

    server: str
    device: DeviceId
    key: str | None
    """The key given on the command line; `None`: see `key_file`."""
    key_file: Path
    """Where a server on the same machine leaves the key, perhaps after this display has started."""
    folder: Path
    """Where this display keeps what it must not forget."""
    headless: bool
    """Voice only, no screen."""
    window: tuple[int, int] | None
    """Width and height in pixels; `None`: the whole screen."""
    hall: HallId | None
    """The room it hangs in; `None`: it shows the calls of all the center."""
    sound: str
    """`device`, `none`, or `file:` and a folder."""


def read_settings(argv: list[str]) -> Settings:
    """Return the settings of a command line.

    Raises `BadSetting` for one that cannot be used, `SystemExit` after printing the help that was asked for.
    """
    options = _parser().parse_args(argv)
    data: Path = options.data
    return Settings(
        server=options.server,
        device=options.device,
        key=options.key,
        key_file=data / "keys" / options.device,
        folder=data / "display" / options.device,
        headless=options.headless,
        window=options.windowed,
        hall=options.hall,
        sound=options.sound,
    )


class _Parser(argparse.ArgumentParser):
    """Reports a fault as one sentence instead of the usage and an exit from within."""

    def error(self, message: str) -> NoReturn:
        """Raise `BadSetting` with what is wrong."""
        raise BadSetting(f"{message}; python -m display --help lists the options")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m display", description="The board of the hall and its loudspeaker.")
    option = parser.add_argument
    option("--server", type=_server, default=DEFAULT_SERVER, help="address of the queue server (%(default)s)")
    option("--device", type=_device, default=DEFAULT_DEVICE, help="name of this display in the hall (%(default)s)")
    option("--key", type=_key, help="key of this display; else it is read from DATA/keys/DEVICE")
    option(
        "--data",
        type=Path,
        default=Path("data"),
        help="where files are kept; the display's own lie in DATA/display/DEVICE (%(default)s)",
    )
    option("--hall", type=_hall, help="the hall it hangs in; only its calls are shown and said (default: all)")
    option("--headless", action="store_true", help="voice only, no screen")
    option("--windowed", type=_size, metavar="WxH", help="a window of this many pixels instead of the whole screen")
    option("--sound", type=_sound, default="device", help="device, none, or file:FOLDER for one WAV per call")
    return parser


def _server(text: str) -> str:
    try:
        socket_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _device(text: str) -> DeviceId:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no device name; use lower case letters, digits and -")
    return DeviceId(text)


def _hall(text: str) -> HallId:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no hall; write it as in the catalogue, as ground-floor")
    return HallId(text)


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise argparse.ArgumentTypeError("the key has 16 to 128 letters, digits, - and _; copy it whole")
    return text


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if size[0] < LEAST_SIZE[0] or size[1] < LEAST_SIZE[1]:
        least = "x".join(map(str, LEAST_SIZE))
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1366x768, {least} at least")
    return size


def _sound(text: str) -> str:
    kind, _, folder = text.partition(":")
    if text in {"device", "none"} or (kind == "file" and folder):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no sound; write device, none or file:FOLDER")
